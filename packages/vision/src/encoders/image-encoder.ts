import {
  BioscanError,
  sha256,
  tensor,
  type Encoder,
  type EncoderProvenance,
  type ModelSource,
  type Picture,
  type PretrainingCorpus,
  type Runtime,
  type Session,
  type Tensor,
  type ValueSpec,
} from '@bioscan/core';
import { preprocessBatch, preprocessedSize } from '../pixels/preprocess.js';
import type { Preprocessing } from '../pixels/preprocessing.js';
import { pooled, type ImagePooling } from './image-pooling.js';

export interface ImageEncoderOptions {
  /** Name of the model, as it shall stand in embedding files. */
  readonly id: string;
  readonly preprocessing: Preprocessing;
  /** Default: the model's first input. */
  readonly input?: string;
  /** Default: the model's first output. */
  readonly output?: string;
  /** What becomes of an output with tokens or a grid. Default: `mean`. */
  readonly pooling?: ImagePooling;
  /** Largest batch of a call. Default 32. */
  readonly batchSize?: number;
  /** Photos that the model was trained on, for audits. Default: unknown. */
  readonly corpus?: PretrainingCorpus;
}

/** An encoder that holds a session of the engine until it is closed. */
export interface ImageEncoder extends Encoder<Picture> {
  close(): Promise<void>;
}

/**
 * Opens an ONNX vision model as an encoder of pictures: one float32 input (n, 3, height, width); an output (n, d), or (n, tokens, d) and
 * (n, d, h, w) which are pooled. Fixed batch sizes are padded. One black picture is run to learn the dimension.
 * The provenance holds the preprocessing as JSON, the pooling, and the SHA-256 of the weights where the model came as bytes.
 * @throws BioscanError `mismatch` when input or output are not of these shapes or of another size than the preprocessing's
 */
export async function imageEncoder(
  runtime: Pick<Runtime, 'open'>,
  model: ModelSource,
  options: ImageEncoderOptions,
): Promise<ImageEncoder> {
  const { id, preprocessing, pooling = 'mean', batchSize = 32, corpus } = options;
  const weights = model instanceof Uint8Array ? sha256(model) : undefined;
  const session = await runtime.open(model);
  try {
    const run = runner(session, options);
    const { width, height } = preprocessedSize(preprocessing);
    const black: Picture = { width, height, data: new Uint8Array(width * height * 3) };
    const dimension = (await run([black])).shape[1] as number;
    const provenance: EncoderProvenance = {
      id,
      modality: 'image',
      dimension,
      ...(weights === undefined ? {} : { weights }),
      settings: { preprocessing: JSON.stringify(preprocessing), pooling, output: outputOf(session, options).name },
      ...(corpus === undefined ? {} : { corpus }),
    };
    const encode = (batch: readonly Picture[]): Promise<Tensor<'float32'>> => encodeBatch(run, batch, dimension);
    return { id, modality: 'image', dimension, maxBatch: batchSize, provenance, encode, close: () => session.close() };
  } catch (error) {
    await session.close();
    throw error;
  }
}

type Run = (batch: readonly Picture[]) => Promise<Tensor<'float32'>>;

async function encodeBatch(run: Run, batch: readonly Picture[], dimension: number): Promise<Tensor<'float32'>> {
  if (batch.length === 0) return tensor('float32', [0, dimension], new Float32Array());
  return run(batch);
}

function runner(session: Session, options: ImageEncoderOptions): Run {
  const { id, preprocessing, pooling = 'mean' } = options;
  const input = inputOf(session, options);
  const output = outputOf(session, options);
  const fixed = input.shape[0];
  return async (batch) => {
    const rows: Tensor<'float32'>[] = [];
    const step = typeof fixed === 'number' ? fixed : batch.length;
    for (let first = 0; first < batch.length; first += step) {
      const part = batch.slice(first, first + step);
      const pixels = padded(preprocessBatch(part, preprocessing), step);
      const results = await session.run({ [input.name]: pixels });
      rows.push(pooled(id, results[output.name], part.length, pooling));
    }
    return stacked(rows);
  };
}

function padded(pixels: Tensor<'float32'>, rows: number): Tensor<'float32'> {
  const [n, ...rest] = pixels.shape as [number, ...number[]];
  if (n === rows) return pixels;
  const data = new Float32Array((pixels.data.length / n) * rows);
  data.set(pixels.data);
  return tensor('float32', [rows, ...rest], data);
}

function stacked(parts: readonly Tensor<'float32'>[]): Tensor<'float32'> {
  const [first] = parts as [Tensor<'float32'>];
  if (parts.length === 1) return first;
  const width = first.shape[1] as number;
  const rows = parts.reduce((sum, part) => sum + (part.shape[0] as number), 0);
  const data = new Float32Array(rows * width);
  let at = 0;
  for (const part of parts) {
    data.set(part.data, at);
    at += part.data.length;
  }
  return tensor('float32', [rows, width], data);
}

function inputOf(session: Session, { id, input, preprocessing }: ImageEncoderOptions): ValueSpec {
  const spec = named('input', session.inputs, id, input);
  const { width, height } = preprocessedSize(preprocessing);
  const wanted = [undefined, 3, height, width];
  const fits = spec.shape.every(
    (size, axis) => typeof size === 'string' || wanted[axis] === undefined || size === wanted[axis],
  );
  if (spec.dtype === 'float32' && spec.shape.length === 4 && fits) return spec;
  throw new BioscanError(
    'mismatch',
    `vision: ${id}, got input '${spec.name}' of ${spec.dtype} (${spec.shape.join(', ')}), expected float32 (n, 3, ${height}, ${width}) as preprocessing '${preprocessing.id}' makes; choose the input or another preprocessing`,
    { id, input: spec.name },
  );
}

function outputOf(session: Session, { id, output }: ImageEncoderOptions): ValueSpec {
  return named('output', session.outputs, id, output);
}

function named(what: string, specs: readonly ValueSpec[], id: string, name: string | undefined): ValueSpec {
  const spec = name === undefined ? specs[0] : specs.find((one) => one.name === name);
  if (spec !== undefined) return spec;
  const known = specs.map((one) => one.name).join(', ');
  throw new BioscanError('mismatch', `vision: ${id} has no ${what} '${name ?? ''}', expected one of ${known}`, { id });
}
