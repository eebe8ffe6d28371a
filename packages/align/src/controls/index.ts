export type { Arm } from './arm.js';
export { allArms, arms, type PermutedWithin } from './arms.js';
export { changeData, selectRows, type DataChange } from './data-change.js';
export type { QuerySets, Subject, SubjectSource } from './subject.js';
export type { ArmBudget, ArmCost, ArmJob, ArmOutcome, ArmRun, GridPoint, Retrieval, RunArm } from './arm-run.js';
export { trainArm, type TrainArmOptions } from './train-arm.js';
export { tallyOf, type Tally } from './tally.js';
export { measures, type MeasureName, type Measures } from './measures.js';
export { runJobs, type JobHost, type JobProgress } from './run-jobs.js';
export { completed, curve, type Curve, type CurveOptions, type CurvePoint, type CurveRow } from './curve.js';
export { spreadOrder, withSpread } from './spread-order.js';
export {
  choosePoints,
  gridPoints,
  planTuning,
  type ChosenPoint,
  type Grid,
  type TriedPoint,
  type TuningPlan,
} from './choose-points.js';
export { checkRoles } from './check-roles.js';
export { marginLines, marginVerdict, type MarginVerdict } from './margins.js';
export { trainerVersion } from './trainer-version.js';
export { comparer, type Comparer, type Comparison } from './compare.js';
export { powerFor, powerText, type PowerStatement } from './power-statement.js';
export {
  attribution,
  planReported,
  type Attribution,
  type AttributionHost,
  type AttributionOptions,
  type ComparisonOptions,
} from './attribution.js';
export { attributionReport, type AttributionText } from './attribution-report.js';
export { differenceText, verdict, type NamedComparison, type VerdictInput } from './verdict.js';
export { detectableGain, pairedPower, pairsNeeded, type PairedDesign } from './power.js';
export { pairedInterval, type PairedInterval } from './paired-interval.js';
export {
  price,
  priceReport,
  type Price,
  type PriceHost,
  type PriceOptions,
  type PricePoint,
  type SequencingOrder,
} from './price.js';
