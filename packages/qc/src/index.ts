export { checkLeakage, type LeakageAudit, type LeakageOptions } from './check-leakage.js';
export type { LeakCount } from './leak-count.js';
export type { AuditRecord } from './audit-record.js';
export type { LeakClass, LeakExample } from './links.js';
export type { HeldOutBins } from './held-out-bins.js';
export type { CorpusCheck } from './encoder-corpus.js';
export {
  binSpeciesTable,
  discordantBins,
  speciesInSeveralBins,
  type BinSpeciesCell,
  type BinSpeciesTable,
  type Discordance,
} from './bin-species-table.js';
export { haplotypes, type Haplotype, type HaplotypeOptions, type HaplotypeRecord } from './distances/haplotypes.js';
export {
  barcodeGaps,
  type BarcodeGaps,
  type HaplotypeGap,
  type HaplotypePair,
  type Neighbouring,
  type SpeciesGap,
} from './distances/barcode-gap.js';
export { globalThreshold, thresholdCount, type ThresholdCount } from './distances/gap-threshold.js';
export { geographicSpan, type GeographicSpan } from './distances/geographic-span.js';
