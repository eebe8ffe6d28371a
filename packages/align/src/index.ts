export { alignment, type Alignment } from './alignment.js';
export type {
  AlignmentFeeds,
  AlignmentOptions,
  AlignmentStep,
  AlignmentStepOptions,
  LogitScaleOptions,
} from './alignment-options.js';
export type { Modality, Projection, TowerTraining } from './modality.js';
export {
  classify,
  contrast,
  identity,
  infoNce,
  ntXent,
  sameLabel,
  siglip,
  type ClassifyTerm,
  type ContrastLoss,
  type ContrastOptions,
  type ContrastTerm,
  type Objective,
  type Pairs,
  type Targets,
  type Term,
} from './objective.js';
export { inMemory, type AlignmentData, type ModalityRows } from './alignment-data.js';
export type { Stream } from './model/streams.js';
export type { AlignmentRecord, ModalityRecord } from './model/describe-alignment.js';
export { exportModality, type ExportModalityOptions } from './export-modality.js';
export {
  embedModality,
  modalityEncoder,
  type EmbedModalityOptions,
  type ModalityEncoder,
  type ModalityEncoderOptions,
} from './embed-modality.js';
export { alignmentRecord, decodeAlignment, encodeAlignment, type AlignmentCheckpoint } from './alignment-checkpoint.js';
export {
  classesOf,
  permuteWithin,
  withModality,
  withoutModality,
  withShare,
  type PermuteOptions,
  type ShareOptions,
} from './change-data.js';
export { embedFrozen, type EmbedFrozenOptions, type FrozenTower } from './embed-frozen.js';
export { vectorRows, vectors, type VectorViews } from './vectors.js';
export * from './run/index.js';
export * from './text/index.js';
export * from './losses/index.js';
export * from './recipes/index.js';
