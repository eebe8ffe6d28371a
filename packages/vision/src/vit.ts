import type { Picture } from '@bioscan/core';
import {
  add,
  batchSymbol,
  concat,
  expand,
  gelu,
  layerNormalization,
  linear,
  mean,
  mul,
  reshape,
  scaledAttention,
  slice,
  split,
  tower,
  transpose,
  type Graph,
  type Tower,
  type Value,
} from '@bioscan/graph';
import { augmentBatch } from './augmentation/augment.js';
import { augmentedSize, type Augmentation } from './augmentation/augmentation.js';
import { preprocessBatch, preprocessedSize } from './pixels/preprocess.js';
import type { Preprocessing } from './pixels/preprocessing.js';

/** Everything that fixes a ViT's function. */
export interface VitConfig {
  /** Side of the square picture in pixels, a multiple of `patch`. */
  readonly image: number;
  readonly patch: number;
  readonly layers: number;
  readonly heads: number;
  readonly width: number;
  readonly feedForward: number;
  /** The class token, or the mean of the patch tokens. */
  readonly pooling: VitPooling;
  /** Whether the last normalisation comes `before` pooling (parameters `norm`) or `after` (`fc_norm`, as timm does with a mean). */
  readonly normalise: 'before' | 'after';
  /** Outputs of a linear layer `head` after pooling. Absent: none. */
  readonly head?: number;
}

export type VitPooling = 'cls' | 'mean';

export interface VitOptions {
  /** Default 224. */
  readonly image?: number;
  /** Default 16. */
  readonly patch?: number;
  readonly layers: number;
  readonly heads: number;
  readonly width: number;
  /** Default 4 · width. */
  readonly feedForward?: number;
  /** Default `cls`. */
  readonly pooling?: VitPooling;
  /** Default: none, the embedding is the pooled token. */
  readonly head?: number;
}

/** How pictures become the tower's input: at inference by the preprocessing, in training by the augmentation. */
export interface VitInput {
  readonly preprocessing: Preprocessing;
  /** Default: the preprocessing. */
  readonly augmentation?: Augmentation;
}

/** A ViT as a tower of pictures. Its input is `pixel_values` (batch, 3, image, image). */
export interface Vit extends Tower<Picture> {
  readonly config: VitConfig;
  readonly input: VitInput;
}

const epsilon = 1e-6;
const normal = { initial: { normal: 0.02 } };

/**
 * Vision transformer (Dosovitskiy et al. 2021) as timm builds it: normalisation before each part (1e-6), one matrix for queries, keys and
 * values, a class token, learned positions. Parameters have timm's names; weights of linear layers are (inputs, outputs).
 * @example
 * const tiny = vit({ layers: 12, heads: 3, width: 192 }, { preprocessing: presets.imagenet });
 */
export function vit(options: VitOptions, input: VitInput): Vit {
  const { image = 224, patch = 16, feedForward = 4 * options.width, pooling = 'cls', head, ...rest } = options;
  const sizes = { image, patch, feedForward, pooling, normalise: 'before', ...rest } as const;
  return vitOf(head === undefined ? sizes : { ...sizes, head }, input);
}

/** A ViT from a stored config. */
export function vitOf(config: VitConfig, input: VitInput): Vit {
  const { image, width, head } = config;
  const { preprocessing, augmentation } = input;
  checkConfig(config);
  checkInput(image, 'preprocessing', preprocessedSize(preprocessing));
  if (augmentation !== undefined) checkInput(image, 'augmentation', augmentedSize(augmentation));
  const built = tower<Picture>({
    dimension: head ?? width,
    inputs: [{ name: 'pixel_values', dtype: 'float32', shape: [batchSymbol, 3, image, image] }],
    notes: { ...config, preprocessing },
    collate: (batch, rng) => ({
      pixel_values:
        rng === undefined || augmentation === undefined
          ? preprocessBatch(batch, preprocessing)
          : augmentBatch(batch, augmentation, rng),
    }),
    build: (graph, values) => pooledOutput(graph, values['pixel_values'] as Value, config),
  });
  return { ...built, config, input };
}

function pooledOutput(graph: Graph, pixels: Value, config: VitConfig): Value {
  const { layers, width, pooling, normalise, head } = config;
  let x = embeddedPatches(graph, pixels, config);
  for (let layer = 0; layer < layers; layer++) x = block(x, `blocks.${layer}`, config);
  const states = normalise === 'before' ? layerNormalization(x, 'norm', epsilon) : x;
  const pooled =
    pooling === 'cls'
      ? reshape(slice(states, 1, 0, 1), [-1, width])
      : mean(slice(states, 1, 1, states.shape[1] as number), { axes: [1] });
  const settled = normalise === 'after' ? layerNormalization(pooled, 'fc_norm', epsilon) : pooled;
  return head === undefined ? settled : linear(settled, 'head', head, normal);
}

/** (n, 3, image, image) to (n, 1 + patches, width): the convolution of non-overlapping patches is one matrix product. */
function embeddedPatches(graph: Graph, pixels: Value, { image, patch, width }: VitConfig): Value {
  const grid = image / patch;
  const [rows] = pixels.shape as [number];
  const cells = reshape(pixels, [rows, 3, grid, patch, grid, patch]);
  const patches = reshape(transpose(cells, [0, 2, 4, 1, 3, 5]), [rows, grid * grid, 3 * patch * patch]);
  const tokens = linear(patches, 'patch_embed.proj', width, normal);
  const cls = graph.parameter('cls_token', [1, 1, width], { ...normal, decay: false });
  const positions = graph.parameter('pos_embed', [1, 1 + grid * grid, width], { ...normal, decay: false });
  return add(concat([repeated(cls, tokens), tokens], 1), positions);
}

/** One class token a row; where the number of rows is a symbol it is taken from the tokens, whose own values count for nothing. */
function repeated(cls: Value, tokens: Value): Value {
  const [rows, , width] = tokens.shape as [number | string, number, number];
  return typeof rows === 'number' ? expand(cls, [rows, 1, width]) : add(mul(slice(tokens, 1, 0, 1), 0), cls);
}

function block(x: Value, name: string, { heads, width, feedForward }: VitConfig): Value {
  const fused = linear(layerNormalization(x, `${name}.norm1`, epsilon), `${name}.attn.qkv`, 3 * width, normal);
  const [query, key, value] = split(fused, 2, [width, width, width]) as [Value, Value, Value];
  const context = linear(scaledAttention(query, key, value, { heads }), `${name}.attn.proj`, width, normal);
  const middle = add(x, context);
  const inner = gelu(
    linear(layerNormalization(middle, `${name}.norm2`, epsilon), `${name}.mlp.fc1`, feedForward, normal),
  );
  return add(middle, linear(inner, `${name}.mlp.fc2`, width, normal));
}

function checkConfig({ image, patch, layers, heads, width }: VitConfig): void {
  if (image % patch !== 0) throw new RangeError(`vision: image ${image} is no multiple of patch ${patch}`);
  if (width % heads !== 0) throw new RangeError(`vision: width ${width} is no multiple of ${heads} heads`);
  if (!Number.isInteger(layers) || layers < 1) throw new RangeError(`vision: layers must be 1 or more, got ${layers}`);
}

function checkInput(image: number, what: string, { width, height }: { width: number; height: number }): void {
  if (width === image && height === image) return;
  throw new RangeError(`vision: ${what} gives ${width} x ${height} pixels, expected ${image} x ${image}, the ViT's`);
}
