export { clusterBarcodes, type BarcodeClusters } from './barcode-clusters.js';
export { namedBarcodes, type NamedBarcode, type NamedBarcodes } from './named-barcodes.js';
export { nearestBarcodes, type NearestBarcodes, type NearestOptions } from './nearest-barcodes.js';
export { windowDistance, type WindowDistance } from './window-distance.js';
export { stopCounts, type StopCounts } from './stop-counts.js';
export { checkMarker, checkReadingFrame } from './check-reading-frame.js';
export { checkLetters, type LetterLimits } from './check-letters.js';
export { checkSharedBarcodes } from './check-shared-barcodes.js';
export { checkConsensus, type ConsensusOptions } from './check-consensus.js';
export {
  checkBarcodeGap,
  checkSpeciesGap,
  type BarcodeGapOptions,
  gapsOfSpecies,
  type GapOfSpecies,
} from './check-barcode-gap.js';
export { checkCodonPositions, type CodonPositionOptions } from './check-codon-positions.js';
export { checkChimeras, type ChimeraOptions } from './check-chimeras.js';
export { checkContaminants, type ContaminantOptions, type ContaminantReference } from './check-contaminants.js';
export { speciesLineages, type SpeciesLineage } from './lineages.js';
export { checkDetachedLineages, type DetachedLineageOptions } from './check-detached-lineages.js';
export { checkOtus, otus, type Otu } from './otus.js';
