import {
  BioscanError,
  isBioscanError,
  sha256,
  tensor,
  type EncoderProvenance,
  type ModelSource,
  type Runtime,
  type Session,
  type Tensor,
} from '@bioscan/core';
import type { BarcodeEncoder } from '../barcode-encoder.js';
import { cleanBarcode, type CleaningPolicy } from '../clean-barcode.js';
import type { DnaTokens } from './dna-tokens.js';
import { modelSignature, paddedBatch, type ModelSignature, type PaddedBatch } from './model-signature.js';
import { onnxPoolings, poolStates, type OnnxPooling } from './pool-states.js';

export interface OnnxEncoderOptions {
  readonly tokens: DnaTokens;
  /** Default `masked-mean`. */
  readonly pooling?: OnnxPooling;
  /** Longest row, specials included; the rest of a barcode is cut off. Default: what the model fixes, else no bound. */
  readonly maxTokens?: number;
  /**
   * Side on which shorter rows are filled up. `none`: rows of a call have one length, so that nothing is padded, and where the model fixes the length, shorter
   * rows are refused; the default where a model takes no `attention_mask` and would read padding as letters. Otherwise `right`.
   */
  readonly padding?: 'right' | 'left' | 'none';
  /** Output to read. Default `last_hidden_state`, or the only one. */
  readonly output?: string;
  /** Default `clean`. */
  readonly policy?: CleaningPolicy;
  /** Name in tables and files. Default: `onnx-dna-` and the first letters of the weights' hash. */
  readonly id?: string;
  /** Largest batch of a call. Default 32, or what the model fixes. */
  readonly batchSize?: number;
}

/**
 * Opens an ONNX model of anyone as an encoder of barcodes: its inputs are `input_ids` and, if it has them, `attention_mask`, `token_type_ids`,
 * `position_ids` (rows, tokens); its output (rows, tokens, width) is pooled, or (rows, width) taken as it is. One barcode is encoded on opening, so that a model
 * and a tokenizer that do not fit are found then. The corpus is unknown, and audits say so.
 * @throws BioscanError `unsupported`, `not-found` or `mismatch` for a model that cannot be read so; from `encode` `bad-input` for a barcode without a token, or too short
 * for a model of fixed length that cannot be told what is padding
 * @example
 * const encoder = await onnxEncoder({ path: 'model.onnx' }, runtime, { tokens: huggingFaceTokens(json), maxTokens: 512 });
 */
export async function onnxEncoder(
  model: ModelSource,
  runtime: Pick<Runtime, 'open'>,
  options: OnnxEncoderOptions,
): Promise<BarcodeEncoder> {
  const session = await runtime.open(model);
  try {
    return await opened(session, model instanceof Uint8Array ? sha256(model) : undefined, options);
  } catch (error) {
    await session.close();
    throw error;
  }
}

/** What encoding needs, settled. */
interface Reader extends Required<Pick<OnnxEncoderOptions, 'tokens' | 'pooling' | 'padding' | 'policy'>> {
  readonly session: Session;
  readonly signature: ModelSignature;
  readonly maxTokens: number;
}

async function opened(
  session: Session,
  weights: string | undefined,
  options: OnnxEncoderOptions,
): Promise<BarcodeEncoder> {
  const {
    tokens,
    pooling = 'masked-mean',
    policy = 'clean',
    id = `onnx-dna-${(weights ?? 'file').slice(0, 8)}`,
  } = options;
  if (!onnxPoolings.includes(pooling)) throw new RangeError(`dna: unknown pooling '${pooling}'`);
  const signature = modelSignature(session, options.output);
  const { padding = signature.masked ? 'right' : 'none' } = options;
  const maxTokens = Math.min(options.maxTokens ?? Infinity, signature.tokens ?? Infinity);
  const reader: Reader = { session, signature, tokens, pooling, padding, policy, maxTokens };
  // Of the sample only the shape is looked at, so padding does no harm.
  const [, dimension = 0] = (await encodeRows({ ...reader, padding: 'right' }, [sample], undefined)).shape;
  const provenance: EncoderProvenance = {
    id,
    modality: 'dna',
    dimension,
    ...(weights === undefined ? {} : { weights }),
    settings: {
      ...{ tokenizer: tokens.name, ...tokens.settings, pooling, padding, policy, output: signature.output },
      ...(Number.isFinite(maxTokens) ? { maxTokens } : {}),
    },
  };
  return {
    ...{ id, modality: 'dna', dimension, provenance },
    maxBatch: Math.min(options.batchSize ?? 32, signature.rows ?? Infinity),
    encode: (batch) => encodeRows(reader, batch, dimension),
    close: () => session.close(),
  };
}

/** Any barcode will do to see the width of the vectors. */
const sample = 'ACGTTGCAACGTTGCAACGTTGCA';

async function encodeRows(
  reader: Reader,
  batch: readonly string[],
  width: number | undefined,
): Promise<Tensor<'float32'>> {
  const rows = batch.map((barcode, index) => rowOf(reader, barcode, index));
  const parts: { readonly members: readonly number[]; readonly vectors: Tensor<'float32'> }[] = [];
  for (const members of groupsOf(rows, reader.padding)) {
    const side = reader.padding === 'left' ? 'left' : 'right';
    const padded = paddedBatch(
      members.map((at) => rows[at] as readonly number[]),
      reader.signature,
      { padId: reader.tokens.padId, side },
    );
    parts.push({ members, vectors: await vectorsOf(reader, padded) });
  }
  const dimension = width ?? parts[0]?.vectors.shape[1] ?? 0;
  const data = new Float32Array(batch.length * dimension);
  for (const { members, vectors } of parts) {
    members.forEach((to, from) => {
      data.set(vectors.data.subarray(from * dimension, (from + 1) * dimension), to * dimension);
    });
  }
  return tensor('float32', [batch.length, dimension], data);
}

function rowOf(
  { tokens, policy, maxTokens, padding, signature }: Reader,
  barcode: string,
  index: number,
): readonly number[] {
  const { before, content, after } = tokens.tokenize(cleanBarcode(barcode, policy).sequence);
  const room = maxTokens - before.length - after.length;
  if (room < 1) throw new RangeError(`dna: maxTokens ${maxTokens} leaves no room beside the specials, expected more`);
  if (content.length === 0) {
    throw new BioscanError(
      'bad-input',
      `dna: barcode ${index} of the batch, got no token of ${tokens.name}, expected at least one; leave it out`,
      { index },
    );
  }
  const row = [...before, ...(content.length > room ? content.slice(0, room) : content), ...after];
  if (padding === 'none' && row.length < (signature.tokens ?? 0)) {
    throw new BioscanError(
      'bad-input',
      `dna: barcode ${index} of the batch, got ${row.length} tokens, expected the ${signature.tokens ?? 0} that the model fixes, which would read padding as letters; leave it out, export the model with a dynamic axis or an attention_mask, or set padding to 'right' or 'left'`,
      { index },
    );
  }
  return row;
}

/** Places of rows that are run together. */
function groupsOf(rows: readonly (readonly number[])[], padding: Reader['padding']): Iterable<readonly number[]> {
  if (rows.length === 0) return [];
  if (padding !== 'none') return [[...rows.keys()]];
  const byLength = new Map<number, number[]>();
  rows.forEach(({ length }, at) => byLength.set(length, [...(byLength.get(length) ?? []), at]));
  return byLength.values();
}

async function vectorsOf(reader: Reader, { feeds, ranges }: PaddedBatch): Promise<Tensor<'float32'>> {
  const { session, signature, tokens, pooling } = reader;
  const outputs = await session.run(feeds).catch((cause: unknown) => {
    if (!isBioscanError(cause) || cause.code !== 'engine') throw cause;
    throw new BioscanError(
      'engine',
      `dna: the model refused tokens of ${tokens.name} (${cause.message}); is the tokenizer the model's own, and are rows as long as it allows (maxTokens)?`,
      cause.details,
      { cause },
    );
  });
  const states = outputs[signature.output];
  if (!(states?.data instanceof Float32Array)) {
    throw new BioscanError(
      'unsupported',
      `dna: output '${signature.output}', got ${states?.dtype ?? 'nothing'}, expected float32`,
    );
  }
  const fed = (Object.values(feeds)[0] as Tensor).shape as readonly [number, number];
  const width = checkedWidth(states.shape, fed, pooling, signature.output);
  const data = new Float32Array(ranges.length * width);
  ranges.forEach((range, i) => {
    const into = data.subarray(i * width, (i + 1) * width);
    const [from, length] = pooling === 'pooled' ? [i * width, width] : [i * fed[1] * width, fed[1] * width];
    const own = (states.data as Float32Array).subarray(from, from + length);
    if (pooling === 'pooled') into.set(own);
    else poolStates(own, range, pooling, into);
  });
  return tensor('float32', [ranges.length, width], data);
}

function checkedWidth(
  shape: readonly number[],
  [rows, tokens]: readonly [number, number],
  pooling: OnnxPooling,
  output: string,
): number {
  const wanted = pooling === 'pooled' ? [rows] : [rows, tokens];
  const width = shape.at(-1);
  if (width !== undefined && shape.length === wanted.length + 1 && wanted.every((size, i) => shape[i] === size))
    return width;
  const fix =
    pooling === 'pooled'
      ? "name another pooling than 'pooled'"
      : "vectors that the model pooled itself need pooling 'pooled'";
  throw new BioscanError(
    'mismatch',
    `dna: output '${output}', got (${shape.join(', ')}), expected (${wanted.join(', ')}, width) for pooling '${pooling}'; ${fix}`,
    { output },
  );
}
