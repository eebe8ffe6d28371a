/** How a picture becomes a tensor, as a JSON value that is stored with each checkpoint and each embedding file. */
export interface Preprocessing {
  readonly id: string;
  /** Shorter side in pixels (the other keeps the proportions, cut to a whole pixel), or the exact size. */
  readonly resize: number | PictureSize;
  /** Side of the centred square that the network sees. Absent: all of an exact size. */
  readonly crop?: number;
  readonly interpolation: Interpolation;
  /** Absent: values stay in [0, 1]. */
  readonly normalise?: Normalisation;
}

export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** Kernels of 2 and 4 pixels, widened when shrinking (antialias), as Pillow has them. */
export type Interpolation = 'bilinear' | 'bicubic';

/** (value - mean) / deviation per channel R, G, B on [0, 1]. */
export interface Normalisation {
  readonly mean: readonly [number, number, number];
  readonly deviation: readonly [number, number, number];
}

/** ImageNet statistics, as torchvision's weights expect them. */
const imagenet: Normalisation = { mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225] };

/**
 * Preprocessing by name. `bioscan5m` and `bioscan1m` carry the RGB statistics of their data sets; `clibd` leaves values in [0, 1], as its code
 * does; `zero-shot` is that of the clustering protocol of Lowe et al. 2024.
 */
export const presets: Readonly<
  Record<'bioscan5m' | 'bioscan1m' | 'imagenet' | 'clip' | 'clibd' | 'zero-shot', Preprocessing>
> = {
  bioscan5m: {
    id: 'bioscan5m',
    resize: 256,
    crop: 224,
    interpolation: 'bilinear',
    normalise: {
      mean: [0.76281859, 0.76503749, 0.76373138],
      deviation: [0.14205404, 0.15642502, 0.1730947],
    },
  },
  bioscan1m: {
    id: 'bioscan1m',
    resize: 256,
    crop: 224,
    interpolation: 'bilinear',
    normalise: {
      mean: [0.72510918, 0.7289155, 0.72956181],
      deviation: [0.12654378, 0.14301962, 0.16103319],
    },
  },
  imagenet: { id: 'imagenet', resize: 256, crop: 224, interpolation: 'bilinear', normalise: imagenet },
  clip: {
    id: 'clip',
    resize: 224,
    crop: 224,
    interpolation: 'bicubic',
    normalise: {
      mean: [0.48145466, 0.4578275, 0.40821073],
      deviation: [0.26862954, 0.26130258, 0.27577711],
    },
  },
  clibd: { id: 'clibd', resize: 256, crop: 224, interpolation: 'bilinear' },
  'zero-shot': { id: 'zero-shot', resize: 224, crop: 224, interpolation: 'bilinear', normalise: imagenet },
};

/** A preprocessing for another size: the shorter side is resized to `size` and its centred square taken. */
export function sized(preprocessing: Preprocessing, size: number): Preprocessing {
  return { ...preprocessing, id: `${preprocessing.id}-${size}`, resize: size, crop: size };
}
