export { runChecks, type CheckRun, type RunOptions, type TriageInputs } from './run-checks.js';
export { rankCases, type ProposedChange, type RankOptions, type TriageCase } from './rank-cases.js';
export {
  fitSuspicion,
  suspicion,
  suspicionsOf,
  type SuspicionExample,
  type SuspicionModel,
  type Suspicions,
} from './suspicion-model.js';
export { fittedSuspicion } from './fitted-suspicion.js';
export { reportCategories, reportCategory, type ReportCategory } from './report-categories.js';
export { caseColumns, casesAsCsv } from './export-cases.js';
export { checkTiers, tierOfCheck, type CheckTier } from './check-tiers.js';
export { reportColumns, reportsAsCsv } from './export-reports.js';
export { caseView, type CaseTip, type CaseView, type CaseViewOptions } from './case-view.js';
export { neighbourJoining, type TreeNode } from './neighbour-joining.js';
