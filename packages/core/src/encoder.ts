import type { Tensor } from './tensor.js';

export type Modality = 'dna' | 'image' | 'text';

/** Which data an encoder has seen, so that an audit can compare it with a test set. */
export interface PretrainingCorpus {
  /** What was seen: hashes of N-stripped barcodes, or process ids. */
  readonly kind: 'barcode-hashes' | 'process-ids';
  readonly members: readonly string[];
}

/** Everything needed to say where a vector came from. Stored with each embedding file. */
export interface EncoderProvenance {
  readonly id: string;
  readonly modality: Modality;
  readonly dimension: number;
  /** SHA-256 of the weights or of the settings; absent for encoders without state. */
  readonly weights?: string;
  /** Named pooling, preprocessing, vocabulary: as the encoder calls them. */
  readonly settings: Readonly<Record<string, string | number | boolean>>;
  /** Absent: unknown, and audits warn. Empty members: trained on nothing. */
  readonly corpus?: PretrainingCorpus;
}

/** Turns inputs into vectors. Batching, order, progress and cancellation belong to {@link embed}, not to the encoder. */
export interface Encoder<Input> {
  readonly id: string;
  readonly modality: Modality;
  readonly dimension: number;
  readonly maxBatch: number;
  readonly provenance: EncoderProvenance;
  /** `(batch.length, dimension)`, row i for input i. */
  encode(batch: readonly Input[]): Promise<Tensor<'float32'>>;
}
