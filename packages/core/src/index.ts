export {
  BioscanError,
  isBioscanError,
  nearestName,
  throwIfCancelled,
  isNotFinite,
  type ErrorCode,
  type ErrorDetails,
} from './errors.js';
export { allocate, elementCount, row, tensor, type DType, type Tensor, type Tensors, type Values } from './tensor.js';
export type {
  AdamWPlan,
  AveragePlan,
  CachedBatch,
  CachedFeeds,
  CachedVectors,
  DropoutMask,
  GradientRows,
  LambPlan,
  LionPlan,
  ModelSource,
  ModelUpdate,
  OptimizerPlan,
  Runtime,
  Session,
  SgdPlan,
  StatefulSession,
  StepControls,
  StepOptions,
  TrainableParameter,
  TrainingState,
  TrainingStep,
  ValueSpec,
} from './session.js';
export { momentNames, updateRule } from './update-rule.js';
export {
  splitNames,
  type Curation,
  type ImageRef,
  type Place,
  type Size,
  type Specimen,
  type SplitName,
} from './specimen.js';
export { boxSize, type BoundingBox, type ImageSource, type Picture } from './picture.js';
export {
  labelAt,
  ranks,
  taxonomy,
  treeSums,
  type LabelRank,
  type Lineage,
  type Rank,
  type Taxon,
  type Taxonomy,
} from './taxonomy.js';
export type { Encoder, EncoderProvenance, Modality, PretrainingCorpus } from './encoder.js';
export { collect, embeddingsOf, type EmbeddingBlock, type Embeddings } from './embeddings.js';
export { embed, type EmbedOptions, type Identified, type Progress } from './embed.js';
export type { Neighbours } from './neighbours.js';
export { topK, type TopK } from './top-k.js';
export { nearestKeys, type KeyMatrix, type NearestKeys } from './nearest-keys.js';
export { curveAt, type MonotoneCurve } from './monotone-curve.js';
export {
  childProbabilities,
  childVotes,
  knownShare,
  taxaAt,
  voteTree,
  type ChildVotes,
  type RankCalibration,
  type Vote,
  type VotedTaxon,
} from './vote-tree.js';
export { distanceTo, likenessOfScores, likenessPValues, placed, type UnlikeGate } from './unlike-gate.js';
export { memoryStore, type Store } from './store.js';
export type { Pool } from './pool.js';
export type {
  Interval,
  Metric,
  Report,
  ReportFigure,
  ReportGrid,
  ReportGridCell,
  ReportMap,
  ReportTable,
  ReportTree,
  ReportTreeRow,
} from './report.js';
export type { Finding } from './finding.js';
export { fromFloat16, toFloat16 } from './float16.js';
export { barcodeHash, barcodeKey } from './barcode-hash.js';
export { basesOf, isUnambiguous } from './iupac.js';
export { sha256 } from './sha256.js';
export { philox4x32, rng, type Rng } from './rng.js';
