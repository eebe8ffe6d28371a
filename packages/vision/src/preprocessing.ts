/** How a picture becomes a tensor, as a named value that is stored with each checkpoint and each embedding file. */
export interface Preprocessing {
  readonly id: string;
  /** Shorter side in pixels before the crop. */
  readonly resize: number;
  /** Side of the centred square that the network sees. */
  readonly crop: number;
  readonly interpolation: 'bilinear' | 'bicubic';
  /** Per channel R, G, B on [0, 1]; absent: values stay in [0, 1]. */
  readonly normalise?: {
    readonly mean: readonly [number, number, number];
    readonly deviation: readonly [number, number, number];
  };
}

/** ImageNet statistics, as torchvision's weights expect them. */
const imagenet: NonNullable<Preprocessing['normalise']> = {
  mean: [0.485, 0.456, 0.406],
  deviation: [0.229, 0.224, 0.225],
};

export const presets: { readonly imagenet: Preprocessing } = {
  imagenet: { id: 'imagenet', resize: 256, crop: 224, interpolation: 'bilinear', normalise: imagenet },
};
