import type { Picture, ValueSpec } from '@bioscan/core';
import {
  add,
  conv,
  globalAveragePool,
  groupNormalization,
  linear,
  relu,
  reshape,
  tower,
  type Tower,
  type Value,
} from '@bioscan/graph';
import { augmentBatch } from '../augmentation/augment.js';
import { augmentation as checked, augmentedSize, type Augmentation } from '../augmentation/augmentation.js';
import { preprocessBatch, preprocessedSize } from '../pixels/preprocess.js';
import { presets, sized, type Preprocessing } from '../pixels/preprocessing.js';

export interface ConvolutionalEncoderOptions {
  /** Side of the pictures in pixels. Default 64. */
  readonly size?: number;
  /** Channels of the stages; each halves the picture. Default: 32, 64, 128, 256. */
  readonly widths?: readonly number[];
  /** Width of the vectors. Default: the last stage's. */
  readonly dimension?: number;
  /** Groups of the normalisations; divides every width. Default 8. */
  readonly groups?: number;
  /** Default: `bioscan5m` at the size. */
  readonly preprocessing?: Preprocessing;
  /** How pictures vary in training. Default: {@link specimenAugmentation} at the size, normalised as the preprocessing. */
  readonly augmentation?: Augmentation;
}

/**
 * A small residual network for training on a CPU at 64 to 128 pixels. Group normalisation, so that a picture's vector does not depend on its
 * batch and gradients may be cached. Each stage: a 3 x 3 convolution that halves, then a residual one; last the mean over all places.
 */
export function convolutionalEncoder(options: ConvolutionalEncoderOptions = {}): Tower<Picture> {
  const { size = 64, widths = [32, 64, 128, 256], groups = 8 } = options;
  const { preprocessing = sized(presets.bioscan5m, size) } = options;
  const { augmentation = specimenAugmentation(size, preprocessing) } = options;
  checkSettings(size, widths, groups, preprocessing, augmentation);
  const dimension = options.dimension ?? widths.at(-1) ?? 0;
  const pixels: ValueSpec = { name: 'pixels', dtype: 'float32', shape: ['batch', 3, size, size] };
  return tower<Picture>({
    dimension,
    inputs: [pixels],
    notes: { widths, groups, preprocessing },
    collate: (batch, rng) => ({
      pixels: rng === undefined ? preprocessBatch(batch, preprocessing) : augmentBatch(batch, augmentation, rng),
    }),
    build: (_graph, { pixels: x }) => {
      const last = widths.reduce((value, width, i) => stage(value, `stages.${i}`, width, groups), x as Value);
      const means = reshape(globalAveragePool(last), [last.shape[0] ?? 'batch', widths.at(-1) as number]);
      return linear(means, 'head', dimension);
    },
  });
}

function stage(x: Value, name: string, width: number, groups: number): Value {
  const half = relu(groupNormalization(convolution(x, `${name}.reduce`, width, 2), `${name}.reduce.norm`, groups));
  const change = groupNormalization(convolution(half, `${name}.refine`, width, 1), `${name}.refine.norm`, groups);
  return relu(add(half, change));
}

/** 3 x 3, without a bias: a normalisation follows. He et al. 2015 initial values. */
function convolution(x: Value, name: string, width: number, strides: number): Value {
  const channels = x.shape[1] as number;
  const initial = { normal: Math.sqrt(2 / (9 * channels)) };
  const weight = x.graph.parameter(`${name}.weight`, [width, channels, 3, 3], { initial });
  return conv(x, weight, undefined, { strides, padding: 1 });
}

/** How a specimen photo may vary without becoming another: part, mirror, turn and light; insects lie as they fall. */
export function specimenAugmentation(size: number, { id, normalise }: Preprocessing): Augmentation {
  return checked({
    id: `specimen-${id}`,
    steps: [
      { kind: 'random-resized-crop', size, scale: [0.5, 1] },
      { kind: 'flip', axis: 'horizontal', probability: 0.5 },
      { kind: 'flip', axis: 'vertical', probability: 0.5 },
      { kind: 'rotate', degrees: 45, fill: [234, 242, 245] },
      { kind: 'colour-jitter', brightness: 0.2, contrast: 0.2, saturation: 0.2, hue: 0.02, probability: 0.8 },
    ],
    ...(normalise === undefined ? {} : { normalise }),
  });
}

function checkSettings(
  size: number,
  widths: readonly number[],
  groups: number,
  preprocessing: Preprocessing,
  augmentation: Augmentation,
): void {
  if (widths.length === 0 || widths.some((width) => width < 1 || width % groups !== 0)) {
    throw new RangeError(`vision: widths ${widths.join(', ')}, expected one or more that ${groups} groups divide`);
  }
  for (const made of [preprocessedSize(preprocessing), augmentedSize(augmentation)]) {
    if (made.width === size && made.height === size) continue;
    throw new RangeError(`vision: pictures of ${made.width} x ${made.height}, expected ${size} x ${size}`);
  }
}
