export { isotonicRegression } from './isotonic-regression.js';
export { properScores, reliability } from './calibration-scores.js';
export type { ProperScores, Reliability, ReliabilityBin, ScoredDistribution } from './calibration-scores.js';
export { voteExamples, type VoteExample, type VoteExamplesOptions } from './vote-examples.js';
export { fitVotes, priorWeights, type FitVotesOptions } from './fit-votes.js';
export {
  heldOutReport,
  judgeVotes,
  leadingTaxa,
  voteReport,
  type LeadingTaxon,
  type RankReport,
} from './vote-report.js';
export { abstentionCurve, assertionThresholds, type AbstentionPoint, type AssertionThresholds } from './abstention.js';
export { abstentionFigure, reliabilityFigure } from './calibration-figures.js';
export { auroc, noveltyScores, type NoveltyScore } from './open-set.js';
export { openSetReport, type OpenSetTask } from './open-set-report.js';
export { fitUnlikeGate, type FitUnlikeGateOptions } from './fit-unlike-gate.js';
export { fitHeldOutGate, unitsNeeded, type HeldOutGate, type HeldOutPhotos } from './fit-held-out-gate.js';
export type { PhotoGroups } from './gate-places.js';
export { shareByUnit } from './share-by-unit.js';
export { detectableShift, kolmogorovSmirnovTest, type TwoSampleTest } from './two-sample.js';
export { wilsonInterval } from './wilson-interval.js';
