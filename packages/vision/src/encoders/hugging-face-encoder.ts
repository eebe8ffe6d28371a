import { BioscanError, tensor, type Encoder, type EncoderProvenance, type Picture, type Tensor } from '@bioscan/core';
import { checkPicture } from '../pixels/check-picture.js';
import { pooled, type ImagePooling } from './image-pooling.js';

/** A tensor of @huggingface/transformers, as far as it is read here. */
export interface HuggingFaceTensor {
  readonly dims: readonly number[];
  readonly data: unknown;
}

/** The `RawImage` class of @huggingface/transformers. */
export type HuggingFaceImage<Image> = new (data: Uint8Array, width: number, height: number, channels: 3) => Image;

/** What the caller made with @huggingface/transformers: its `RawImage`, and a feature-extraction pipeline or a processor with its model. */
export type HuggingFaceModel<Image> = { readonly RawImage: HuggingFaceImage<Image> } & (
  | { readonly pipeline: (images: Image[]) => Promise<HuggingFaceTensor> }
  | {
      readonly processor: (images: Image[]) => Promise<Readonly<Record<string, unknown>>>;
      readonly model: (inputs: Readonly<Record<string, unknown>>) => Promise<Readonly<Record<string, unknown>>>;
    }
);

export interface HuggingFaceEncoderOptions {
  /** Name and revision of the model, as they shall stand in embedding files. */
  readonly id: string;
  readonly dimension: number;
  /** What becomes of tokens. Default: `first`, the class token of a ViT. */
  readonly pooling?: ImagePooling;
  /** Which result of a model is read. Default: the first of `image_embeds`, `pooler_output`, `last_hidden_state`. */
  readonly output?: string;
  /** Largest batch of a call. Default 16. */
  readonly batchSize?: number;
}

/**
 * A model of @huggingface/transformers as an encoder of pictures. The package is the caller's: it resizes and normalises by the model's own
 * processor, which the provenance says.
 * @throws BioscanError `mismatch` from `encode` when the vectors are not of the dimension
 */
export function huggingFaceEncoder<Image>(
  from: HuggingFaceModel<Image>,
  options: HuggingFaceEncoderOptions,
): Encoder<Picture> {
  const { id, dimension, pooling = 'first', output, batchSize = 16 } = options;
  const provenance: EncoderProvenance = {
    id,
    modality: 'image',
    dimension,
    settings: { preprocessing: 'its own processor', pooling, ...(output === undefined ? {} : { output }) },
  };
  return { id, modality: 'image', dimension, maxBatch: batchSize, provenance, encode };

  async function encode(batch: readonly Picture[]): Promise<Tensor<'float32'>> {
    if (batch.length === 0) return tensor('float32', [0, dimension], new Float32Array());
    const images = batch.map((picture) => {
      checkPicture(picture);
      return new from.RawImage(picture.data, picture.width, picture.height, 3);
    });
    const { dims, data } = await extract(from, images, id, output);
    if (!(data instanceof Float32Array)) {
      throw new BioscanError(
        'mismatch',
        `vision: ${id}, expected float32 features; load the model with dtype 'fp32' or 'q8'`,
        { id },
      );
    }
    const vectors = pooled(id, tensor('float32', dims, data), batch.length, pooling);
    if (vectors.shape[1] === dimension) return vectors;
    throw new BioscanError(
      'mismatch',
      `vision: ${id}, got vectors of ${vectors.shape[1] ?? 0}, expected ${dimension}; set the dimension or choose another output`,
      { id },
    );
  }
}

async function extract<Image>(
  from: HuggingFaceModel<Image>,
  images: Image[],
  id: string,
  output: string | undefined,
): Promise<HuggingFaceTensor> {
  if ('pipeline' in from) return from.pipeline(images);
  const results = await from.model(await from.processor(images));
  const names = output === undefined ? ['image_embeds', 'pooler_output', 'last_hidden_state'] : [output];
  for (const name of names) {
    const result = results[name];
    if (isTensor(result)) return result;
  }
  throw new BioscanError(
    'mismatch',
    `vision: ${id}, got results ${Object.keys(results).join(', ')}, expected ${names.join(' or ')}; name the output`,
    { id },
  );
}

function isTensor(value: unknown): value is HuggingFaceTensor {
  return typeof value === 'object' && value !== null && 'dims' in value && 'data' in value;
}
