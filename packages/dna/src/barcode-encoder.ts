import {
  BioscanError,
  tensor,
  type Encoder,
  type EncoderProvenance,
  type Runtime,
  type Session,
  type Tensor,
} from '@bioscan/core';
import { exportEncoder, exportPasses, type Precision, type Tower } from '@bioscan/graph';
import { barcodeBertOf, type BarcodeBert, type ReadOut } from './barcode-bert.js';
import { weightsHash, type BarcodeCheckpoint } from './barcode-checkpoint.js';
import { cleanBarcode, type CleaningPolicy } from './clean-barcode.js';

export interface BarcodeEncoderOptions extends ReadOut {
  /** Default: the checkpoint's. */
  readonly policy?: CleaningPolicy;
  /** Largest batch of a call. Default 32. */
  readonly batchSize?: number;
  /** Default `float32`. */
  readonly precision?: Precision;
}

/** An encoder that holds a session of the engine until it is closed. */
export interface BarcodeEncoder extends Encoder<string> {
  close(): Promise<void>;
}

/**
 * Opens a checkpoint as an encoder of barcodes. Pooling and layer default to what the checkpoint recommends and stand in the provenance,
 * with the vocabulary, the cleaning policy, the SHA-256 of the weights and the corpus.
 * @throws BioscanError `bad-input` from `encode` for a barcode without one whole k-mer.
 */
export async function barcodeEncoder(
  checkpoint: BarcodeCheckpoint,
  runtime: Runtime,
  options: BarcodeEncoderOptions = {},
): Promise<BarcodeEncoder> {
  const { pooling, layer, policy, batchSize, precision } = {
    ...checkpoint.recommended,
    policy: checkpoint.policy,
    batchSize: 32,
    precision: 'float32' as const,
    ...options,
  };
  const bert = barcodeBertOf(checkpoint.config);
  const tower = bert.readOut({ pooling, layer });
  const provenance = await provenanceOf(checkpoint, { pooling, layer, precision }, policy);
  const state = { step: 0, tensors: checkpoint.parameters };
  const session = await runtime.open(exportEncoder(tower, state, { passes: exportPasses(precision) }));
  return {
    id: provenance.id,
    modality: 'dna',
    dimension: tower.dimension,
    maxBatch: batchSize,
    provenance,
    encode: (batch) =>
      encodeBatch(
        bert,
        tower,
        session,
        batch.map((barcode) => cleanBarcode(barcode, policy).sequence),
      ),
    close: () => session.close(),
  };
}

async function encodeBatch(
  { tokenizer }: BarcodeBert,
  tower: Tower<string>,
  session: Session,
  batch: readonly string[],
): Promise<Tensor<'float32'>> {
  const { k } = tokenizer.descriptor;
  const short = batch.findIndex((barcode) => barcode.length < k);
  if (short >= 0) {
    throw new BioscanError(
      'bad-input',
      `dna: barcode ${short} of the batch, got ${batch[short]?.length ?? 0} letters after cleaning, expected at least ${k}; leave it out`,
      { index: short },
    );
  }
  if (batch.length === 0) return tensor('float32', [0, tower.dimension], new Float32Array());
  const { embedding } = await session.run(tower.collate(batch));
  if (!(embedding?.data instanceof Float32Array))
    throw new BioscanError('engine', "dna: the model has no output 'embedding'");
  return tensor('float32', [batch.length, tower.dimension], embedding.data);
}

async function provenanceOf(
  checkpoint: BarcodeCheckpoint,
  { pooling, layer, precision }: Required<ReadOut> & { readonly precision: Precision },
  policy: CleaningPolicy,
): Promise<EncoderProvenance> {
  const { vocabulary, layers, heads, width } = checkpoint.config;
  const { k, stride, maxLen, name } = vocabulary;
  const weights = await weightsHash(checkpoint);
  const objective = checkpoint.training?.objective.name ?? checkpoint.imported ?? 'untrained';
  return {
    id: `barcodebert-${k}-${layers}-${heads}-${width}-${objective}-${weights.slice(0, 8)}${precision === 'float32' ? '' : `-${precision}`}`,
    modality: 'dna',
    dimension: width,
    weights,
    settings: {
      pooling,
      layer,
      policy,
      vocabulary: name,
      k,
      stride,
      maxLen,
      objective,
      steps: checkpoint.steps,
      ...(precision === 'float32' ? {} : { precision }),
    },
    ...(checkpoint.corpus === undefined ? {} : { corpus: checkpoint.corpus }),
  };
}
