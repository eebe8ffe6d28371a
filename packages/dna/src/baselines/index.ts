export { barcodeProfile, type BarcodeProfile } from './barcode-profile.js';
export { kmerEncoder, type KmerEncoderOptions, type KmerWeighting } from './kmer-encoder.js';
export { alignmentNeighbours, type AlignmentNeighboursOptions } from './alignment-neighbours.js';
export {
  sintax,
  type Sintax,
  type SintaxName,
  type SintaxOptions,
  type SintaxReference,
  type SintaxResult,
} from './sintax.js';
export { profileEncoder } from './profile-encoder.js';
export type { LongWorkOptions } from './long-work.js';
