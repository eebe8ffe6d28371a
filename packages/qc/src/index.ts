export { checkLeakage, type LeakageAudit, type LeakageOptions } from './leakage/check-leakage.js';
export { checkSplits } from './leakage/check-splits.js';
export type { LeakCount } from './leakage/leak-count.js';
export type { AuditRecord } from './leakage/audit-record.js';
export type { LeakClass, LeakExample } from './leakage/links.js';
export type { HeldOutBins } from './leakage/held-out-bins.js';
export type { CorpusCheck } from './leakage/encoder-corpus.js';
export type { CheckFinding, CheckName } from './library/check-finding.js';
export { library, type Library, type LibraryOptions } from './library/library.js';
export * from './tier1/index.js';
export * from './sequences/index.js';
export * from './neighbourhood/index.js';
export * from './plates/index.js';
export * from './place/index.js';
export * from './names/index.js';
export * from './triage/index.js';
export { checkImages, type PhotoLimits, type PhotoMeasure } from './images/check-images.js';
export { haplotypes, type Haplotype, type HaplotypeOptions, type HaplotypeRecord } from './distances/haplotypes.js';
export {
  barcodeGaps,
  type BarcodeGaps,
  type HaplotypeGap,
  type HaplotypePair,
  type Neighbouring,
  type SpeciesGap,
} from './distances/barcode-gap.js';
export { nearestPairs, type NearestPairsOptions } from './distances/nearest-pairs.js';
export { globalThreshold, thresholdCount, type ThresholdCount } from './distances/gap-threshold.js';
export { geographicSpan, type GeographicSpan } from './distances/geographic-span.js';
export {
  planDistances,
  type DistanceGroup,
  type DistanceOptions,
  type DistancePlan,
  type PlannedWork,
} from './distances/distance-plan.js';
export {
  distancesByRank,
  distanceTask,
  type DistanceHost,
  type GroupDistances,
} from './distances/distances-by-rank.js';
export {
  distanceMeasures,
  measurePairs,
  type DistanceMeasure,
  type PairResult,
  type PairTask,
  type PairWork,
} from './distances/measure-pairs.js';
export type { BoxStatistics, Moments, Tally } from './distances/tally.js';
export { boxStatistics, quantile, tallyOf } from './distances/tally.js';
export {
  rankSummaries,
  shannonBits,
  speciesCurve,
  type CurvePoint,
  type RankSummary,
} from './distances/rank-summary.js';
export { publishedCurve, publishedDistances, type PublishedRank } from './distances/published-distances.js';
export { distanceReport, type DistanceReport } from './distances/distance-report.js';
