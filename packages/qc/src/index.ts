export { checkLeakage, type LeakageAudit, type LeakageOptions } from './leakage/check-leakage.js';
export type { LeakCount } from './leakage/leak-count.js';
export type { AuditRecord } from './leakage/audit-record.js';
export type { LeakClass, LeakExample } from './leakage/links.js';
export type { HeldOutBins } from './leakage/held-out-bins.js';
export type { CorpusCheck } from './leakage/encoder-corpus.js';
export { library, type Library, type LibraryOptions } from './library/library.js';
export * from './tier1/index.js';
export * from './sequences/index.js';
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
