export { ambiguityCount, reverseComplement } from './alphabet.js';
export { cleanBarcode, type CleanedBarcode, type CleaningPolicy } from './clean-barcode.js';
export {
  kmerVocabulary,
  type VocabularyDescriptor,
  type VocabularyName,
  type VocabularyOptions,
} from './vocabulary.js';
export { kmerTokenizer, type EncodedBarcode, type EncodedBarcodes, type KmerTokenizer } from './kmer-tokenizer.js';
export { augmentedTower, frameShift, hiddenLetters, type BarcodeChange } from './augmented-tower.js';
export { noAugmentation, type Augmentation } from './augment.js';
export {
  barcodeBert,
  barcodeBertOf,
  type BarcodeBert,
  type BarcodeBertConfig,
  type BarcodeBertOptions,
  type ReadOut,
} from './barcode-bert.js';
export {
  decodeBarcodeCheckpoint,
  encodeBarcodeCheckpoint,
  untrainedCheckpoint,
  type BarcodeCheckpoint,
  type TrainingRecord,
} from './barcode-checkpoint.js';
export {
  importBarcodeBert,
  type BarcodeBertLayout,
  type ImportBarcodeBertOptions,
  type ImportedBarcodeBert,
} from './import-barcode-bert.js';
export { clibdDna, importClibdDna, type ClibdDna, type ImportedClibdDna } from './clibd-dna.js';
export { barcodeCnn, settleStatistics, type BarcodeCnn, type BarcodeCnnOptions } from './barcode-cnn.js';
export { barcodeCorpus } from './barcode-corpus.js';
export { barcodeEncoder, type BarcodeEncoder, type BarcodeEncoderOptions } from './barcode-encoder.js';
export { contrastiveObjective, type ContrastiveObjective, type ContrastiveOptions } from './contrastive-objective.js';
export { fragments, type FragmentOptions } from './fragments.js';
export { heldOutScores, type HeldOutOptions, type HeldOutScores } from './held-out.js';
export { maskedObjectives, type MaskedObjective } from './masked-objective.js';
export { poolings, type Pooling } from './pooling.js';
export { positionalMajority, type PositionalMajority } from './positional-majority.js';
export {
  pretrain,
  pretrainingFiles,
  type PretrainingHost,
  type PretrainingProgress,
  type PretrainingResult,
} from './pretrain.js';
export { pretrainingTask, type PretrainingObjective } from './pretraining-objective.js';
export {
  planPretraining,
  type PretrainingBudget,
  type PretrainingPlan,
  type SettledBudget,
} from './pretraining-plan.js';
export { profileTower, type ProfileTowerOptions } from './profile-tower.js';
export { pretrainingJob, type PretrainingJob, type PretrainingRun } from './pretraining-job.js';
export type { PretrainingTask, Ratio, TaskOutputs } from './pretraining-task.js';
export { perturbBarcode, type Perturbation } from './perturb-barcode.js';
