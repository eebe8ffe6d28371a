export { writeIdentifier, type IdentifierParts, type WriteIdentifierOptions } from './write-identifier.js';
export { openIdentifier, type Identifier, type OpenIdentifierOptions } from './open-identifier.js';
export { readIdentifier, type IdentifierContents, type IdentifierSource } from './open-folder.js';
export { identifyVectors } from './identification.js';
export type {
  AssertedTaxon,
  Identification,
  IdentificationOptions,
  NearReference,
  RankedTaxon,
  RankIdentification,
} from './identification.js';
export { isSetAside } from './identify-photos.js';
export type { IdentifiedPhoto, IdentifyAllOptions, PhotoInput, PhotoResult, PhotoSetAside } from './identify-photos.js';
export { formatVersion, identifierFiles } from './manifest.js';
export type {
  CardEvidence,
  CardFacts,
  CardFigure,
  EncoderPrecision,
  FigureMeasure,
  FileRecord,
  IdentifierFile,
  IdentifierManifest,
  KeyModality,
  KeyRecord,
  PhotoCount,
  PhotoSet,
} from './manifest.js';
export type { IdentifierCalibration, PhotoLikeness } from './calibration-file.js';
export { storedVectors, type IdentifierKeys, type OpenedKeys } from './key-file.js';
export type { ReferenceSpecimen } from './reference-file.js';
export { evidenceLimits } from './cautions.js';
export { modelCard } from './model-card.js';
