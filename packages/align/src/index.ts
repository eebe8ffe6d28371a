export {
  alignment,
  type Alignment,
  type AlignmentOptions,
  type AlignmentStep,
  type AlignmentStepOptions,
  type LogitScaleOptions,
} from './alignment.js';
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
export { infoNceLoss, type SoftmaxLossOptions } from './losses/info-nce-loss.js';
export { ntXentLoss, type OwnScores } from './losses/nt-xent-loss.js';
export { sigmoidLoss } from './losses/sigmoid-loss.js';
export type { Scores } from './losses/present.js';
export { exportModality, type ExportModalityOptions } from './export-modality.js';
export {
  embedModality,
  modalityEncoder,
  type EmbedModalityOptions,
  type ModalityEncoder,
  type ModalityEncoderOptions,
} from './embed-modality.js';
export { planBatches, type BatchPlan, type BatchPlanOptions } from './run/plan-batches.js';
export type { Sampler } from './run/sampler.js';
export { usableRows, type UsableRows } from './run/usable-rows.js';
export { alignmentRecord, decodeAlignment, encodeAlignment, type AlignmentCheckpoint } from './alignment-checkpoint.js';
export { classesOf, permuteWithin, withModality, withoutModality, withShare } from './change-data.js';
export { embedFrozen, type EmbedFrozenOptions, type FrozenTower } from './embed-frozen.js';
export { vectorRows, vectors, type VectorViews } from './vectors.js';
export type { AlignmentBudget, ScheduleChoice, SettledAlignmentBudget } from './run/alignment-budget.js';
export { alignmentJob, type AlignmentJob, type AlignmentPlan, type AlignmentRun } from './run/alignment-job.js';
export { alignmentFiles } from './run/run-files.js';
export type { Evaluation } from './run/run-state.js';
export { retrievalScore, type RetrievalScoreOptions } from './run/retrieval-score.js';
export type { AlignmentValidation, ValidationScore } from './run/validation.js';
export { decodeAlignmentWeights } from './run/weights-file.js';
export {
  trainAlignment,
  type AlignmentHost,
  type AlignmentProgress,
  type AlignmentResult,
} from './run/train-alignment.js';
