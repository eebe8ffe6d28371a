import { BioscanError, type TrainingState } from '@bioscan/core';
import {
  checkedHeads,
  floatsOf,
  importParameters,
  layerCount,
  mergeLora,
  type StateDict,
  type StateTensor,
} from '@bioscan/graph';
import { presets, type Preprocessing } from './pixels/preprocessing.js';
import { resamplePositions } from './resample-positions.js';
import { vitOf, type Vit, type VitConfig, type VitPooling } from './vit.js';

/** A ViT and its weights. */
export interface ImportedVit {
  readonly tower: Vit;
  readonly state: TrainingState;
  /** Low-rank additions that were merged. */
  readonly merged: number;
  /** Tensors without a use here: a classifier, the normalisation of another pooling. */
  readonly dropped: readonly string[];
  /** Side in pixels of the pictures that it was trained on; positions are resampled where this is not the tower's. */
  readonly trainedOn: number;
}

export interface ImportVitOptions {
  /** From the name that timm gives the architecture, see {@link timmHeads}; never guessed. */
  readonly heads: number | undefined;
  /** Side of the pictures. Default: what it was trained on. */
  readonly image?: number;
  /** Default: `mean` where the file has `fc_norm`, else `cls`. */
  readonly pooling?: VitPooling;
  /** Whether the linear layer `head` is part of the encoder. Default false. */
  readonly head?: boolean;
  /** Default: that of timm's ViTs for this size. */
  readonly preprocessing?: Preprocessing;
}

/** Heads of the plain ViTs of timm by their name, such as `vit_tiny_patch16_224`; undefined for another name. */
export function timmHeads(name: string): number | undefined {
  const size = /^vit_(tiny|small|base|large|huge)_patch\d+(_clip)?_\d+(\.|$)/.exec(name)?.[1];
  return size === undefined ? undefined : { tiny: 3, small: 6, base: 12, large: 16, huge: 16 }[size];
}

/** How timm prepares pictures for its plain ViTs: bicubic, nine tenths of the shorter side, values in [-1, 1]. */
export function timmVitPreprocessing(image: number): Preprocessing {
  const half = [0.5, 0.5, 0.5] as const;
  const resize = Math.floor(image / 0.9);
  return {
    id: `timm-vit-${image}`,
    resize,
    crop: image,
    interpolation: 'bicubic',
    normalise: { mean: half, deviation: half },
  };
}

/**
 * A ViT from timm's weights; undefined when there are none. Low-rank additions of CLIBD are merged; positions are resampled for another size.
 * @throws BioscanError `bad-input` without heads; `unsupported` for a part that the plain ViT lacks (LayerScale, registers);
 * `not-found` or `mismatch` naming a tensor
 */
export function importVit(file: StateDict, options: ImportVitOptions): ImportedVit | undefined {
  if (!file.has('patch_embed.proj.weight')) return undefined;
  const { state, merged } = mergeLora(file);
  const found = sizesOf(state);
  const { heads: given, image = found.image, preprocessing = timmVitPreprocessing(image) } = options;
  if (!Number.isInteger(image) || image < found.patch || image % found.patch !== 0) {
    throw new BioscanError(
      'bad-input',
      `vision: ViT, got pictures of ${image} pixels, expected a multiple of the patch ${found.patch}`,
    );
  }
  const normalise = state.has('fc_norm.weight') ? 'after' : 'before';
  const pooling = options.pooling ?? (normalise === 'after' ? 'mean' : 'cls');
  const classes = options.head === true ? state.get('head.weight')?.shape[0] : undefined;
  const config: VitConfig = {
    ...{ image, patch: found.patch, layers: found.layers, heads: checkedHeads('vision: ViT', found.width, given) },
    ...{ width: found.width, feedForward: found.feedForward, pooling, normalise },
    ...(classes === undefined ? {} : { head: classes }),
  };
  const built = vitOf(config, { preprocessing });
  const { tensors, used } = importParameters(built.parameters, withPositions(state, image / found.patch));
  const dropped = [...state.keys()].filter((name) => !used.has(name));
  for (const name of dropped) refuseUnknownPart(name);
  return { tower: built, state: { step: 0, tensors }, merged, dropped, trainedOn: found.image };
}

/** CLIBD's image encoder: ViT-B/16 (12 heads), its linear layer instead of a classifier, pixels left in [0, 1]; see `clibdParts`. */
export function importClibdImage(part: StateDict, options: Pick<ImportVitOptions, 'heads'>): ImportedVit | undefined {
  if (!part.has('patch_embed.proj.weight')) return undefined;
  const { image } = sizesOf(part);
  const resize = Math.round((image * 256) / 224);
  const preprocessing = image === 224 ? presets.clibd : { ...presets.clibd, id: `clibd-${image}`, resize, crop: image };
  return importVit(part, { ...options, head: true, pooling: 'cls', preprocessing });
}

function sizesOf(state: StateDict): {
  image: number;
  patch: number;
  layers: number;
  width: number;
  feedForward: number;
} {
  const [width = 0, channels, patch = 0, other] = state.get('patch_embed.proj.weight')?.shape ?? [];
  const [, positions = 0] = state.get('pos_embed')?.shape ?? [];
  const grid = Math.sqrt(positions - 1);
  if (channels !== 3 || patch < 1 || patch !== other || !Number.isInteger(grid) || !state.has('cls_token')) {
    throw new BioscanError(
      'unsupported',
      `vision: ViT, got patches (${[channels, patch, other].join(', ')}) and ${positions} positions, expected square patches of 3 channels, a class token and a square grid`,
    );
  }
  const layers = layerCount(state, 'blocks.');
  const [feedForward] = state.get('blocks.0.mlp.fc1.weight')?.shape ?? [];
  if (feedForward === undefined) {
    throw new BioscanError(
      'not-found',
      "vision: ViT, got no tensor 'blocks.0.mlp.fc1.weight', expected at least one block",
    );
  }
  return { image: grid * patch, patch, layers, width, feedForward };
}

function withPositions(state: StateDict, side: number): StateDict {
  const stored = state.get('pos_embed') as StateTensor;
  const shape = [1, 1 + side * side, stored.shape[2] ?? 0];
  const read = (): ReturnType<StateTensor['read']> => resamplePositions(floatsOf('pos_embed', stored), side);
  return new Map(state).set('pos_embed', { dtype: 'float32', shape, read });
}

function refuseUnknownPart(name: string): void {
  if (/^(head|norm|fc_norm)\./.test(name)) return;
  throw new BioscanError(
    'unsupported',
    `vision: tensor '${name}' of the checkpoint belongs to a ViT of another kind, expected patches, blocks of attention and feed-forward, and norms`,
    { name },
  );
}
