import { checkSide } from '../pixels/check-picture.js';
import type { Interpolation, Normalisation, PictureSize } from '../pixels/preprocessing.js';
import type { Colour } from '../pixels/rotate-picture.js';

/** How a picture is varied for training, as a JSON value; what is drawn comes from an Rng. */
export interface Augmentation {
  readonly id: string;
  /** Applied in this order. */
  readonly steps: readonly AugmentationStep[];
  /** Absent: values stay in [0, 1]. */
  readonly normalise?: Normalisation;
}

/** One random change. Probabilities are those of applying it at all. */
export type AugmentationStep =
  | {
      readonly kind: 'resize';
      /** Shorter side, or the exact size. */
      readonly size: number | PictureSize;
      readonly interpolation?: Interpolation;
    }
  | {
      /** A part of random area and aspect, resized to a square (Szegedy et al. 2014). */
      readonly kind: 'random-resized-crop';
      readonly size: number;
      /** Share of the area. Default: 0.08 to 1. */
      readonly scale?: readonly [number, number];
      /** Width by height. Default: 3/4 to 4/3. */
      readonly ratio?: readonly [number, number];
      readonly interpolation?: Interpolation;
    }
  | { readonly kind: 'flip'; readonly axis: 'horizontal' | 'vertical'; readonly probability: number }
  | {
      readonly kind: 'rotate';
      /** Largest angle to either side. */
      readonly degrees: number;
      readonly interpolation?: 'nearest' | 'bilinear';
      readonly fill?: Colour;
    }
  | {
      /** In random order: factors from 1 - x to 1 + x, hue shifts from -x to x of the circle. */
      readonly kind: 'colour-jitter';
      readonly brightness: number;
      readonly contrast: number;
      readonly saturation: number;
      readonly hue: number;
      readonly probability: number;
    }
  | { readonly kind: 'grey'; readonly probability: number }
  | {
      readonly kind: 'blur';
      readonly size: number;
      readonly sigma: readonly [number, number];
      readonly probability: number;
    };

/**
 * An augmentation whose steps were checked.
 * @throws RangeError for a step that cannot be, or when the steps leave the size open
 * @example
 * augmentation({ id: 'mirror', steps: [{ kind: 'random-resized-crop', size: 64 }, { kind: 'flip', axis: 'horizontal', probability: 0.5 }] });
 */
export function augmentation(value: Augmentation): Augmentation {
  for (const step of value.steps) checkStep(value.id, step);
  augmentedSize(value);
  return value;
}

/** Width and height of every picture that an augmentation makes: those of the last step that sets them. */
export function augmentedSize({ id, steps }: Augmentation): PictureSize {
  for (const step of steps.toReversed()) {
    if (step.kind === 'random-resized-crop') return { width: step.size, height: step.size };
    if (step.kind === 'resize' && typeof step.size !== 'number') return step.size;
    if (step.kind === 'resize') break;
  }
  throw new RangeError(
    `vision: augmentation '${id}' leaves the size open; add a random-resized-crop or a resize to an exact size`,
  );
}

function checkStep(id: string, step: AugmentationStep): void {
  if ('probability' in step) checkRange(id, step.kind, [0, step.probability, 1]);
  switch (step.kind) {
    case 'resize':
      checkSide('width', typeof step.size === 'number' ? step.size : step.size.width);
      checkSide('height', typeof step.size === 'number' ? step.size : step.size.height);
      return;
    case 'random-resized-crop':
      checkSide('random-resized-crop', step.size);
      checkRange(id, step.kind, [1e-6, ...(step.scale ?? []), 1]);
      checkRange(id, step.kind, [1e-6, ...(step.ratio ?? []), 1e6]);
      return;
    case 'rotate':
      checkRange(id, step.kind, [0, step.degrees, 180]);
      return;
    case 'colour-jitter':
      for (const factor of [step.brightness, step.contrast, step.saturation])
        checkRange(id, step.kind, [0, factor, 1e6]);
      checkRange(id, step.kind, [0, step.hue, 0.5]);
      return;
    case 'blur':
      checkRange(id, step.kind, [1e-6, ...step.sigma, 1e6]);
      if (step.size % 2 !== 1) throw new RangeError(`vision: augmentation '${id}': blur of an even size ${step.size}`);
      return;
    case 'flip':
    case 'grey':
      return;
    default:
      step satisfies never;
  }
}

function checkRange(id: string, kind: string, ascending: readonly number[]): void {
  if (ascending.every((value, i) => i === 0 || value >= (ascending[i - 1] as number))) return;
  const low = ascending[0] as number;
  throw new RangeError(
    `vision: augmentation '${id}': ${kind}, got ${ascending.slice(1, -1).join(' to ')}, expected ascending from ${low} to ${ascending.at(-1) as number}`,
  );
}

/**
 * Augmentations by name. `clibd` is that of CLIBD's ViT: no normalisation, black corners, nearest pixels when turning.
 * `simclr` is that of its image-only control.
 */
export const augmentations: Readonly<Record<'clibd' | 'simclr', Augmentation>> = {
  clibd: {
    id: 'clibd',
    steps: [
      { kind: 'resize', size: 256 },
      { kind: 'random-resized-crop', size: 224 },
      { kind: 'flip', axis: 'horizontal', probability: 0.5 },
      { kind: 'flip', axis: 'vertical', probability: 0.5 },
      { kind: 'rotate', degrees: 45, interpolation: 'nearest' },
    ],
  },
  simclr: {
    id: 'simclr',
    steps: [
      { kind: 'random-resized-crop', size: 224 },
      { kind: 'flip', axis: 'horizontal', probability: 0.5 },
      { kind: 'colour-jitter', brightness: 0.8, contrast: 0.8, saturation: 0.8, hue: 0.2, probability: 0.8 },
      { kind: 'grey', probability: 0.2 },
      { kind: 'blur', size: 21, sigma: [0.1, 2], probability: 1 },
    ],
  },
};
