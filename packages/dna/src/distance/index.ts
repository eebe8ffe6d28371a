export { alignedSites } from './aligned-sites.js';
export { baseCodes, type BaseCodes } from './base-codes.js';
export {
  semiGlobalDistance,
  type BarcodeComparison,
  type BarcodeOverlap,
  type SemiGlobalOptions,
} from './semi-global-distance.js';
export { kimuraDistance, type KimuraDistance } from './kimura.js';
export { levenshtein } from './levenshtein.js';
export {
  damerauRestricted,
  damerauRestrictedPairs,
  damerauRestrictedToAll,
  type SequenceRows,
} from './damerau-restricted.js';
export { paperDistances, type PaperDistanceOptions } from './paper-distance.js';
