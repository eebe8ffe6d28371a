import type { BoundingBox, Picture, Rng } from '@bioscan/core';
import {
  add,
  batchSymbol,
  concat,
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
import {
  augmentPicture,
  cropSpecimen,
  resizePicture,
  preprocessBatch,
  presets,
  sized,
  type Augmentation,
} from '@bioscan/vision';

/** A specimen's photo at training size, and augmented views of it that were made once: augmenting costs as much as a small network's step. */
export interface SmallPhoto {
  readonly plain: Picture;
  /** Empty: training sees the plain picture. */
  readonly views: readonly Picture[];
}

/** The specimen in a square, with a tenth of its size around it, at so many pixels a side. */
export function squareCrop(picture: Picture, box: BoundingBox, size: number): Picture {
  const side = Math.max(8, Math.round(1.1 * Math.max(box.x1 - box.x0, box.y1 - box.y0)));
  const x0 = Math.round((box.x0 + box.x1 - side) / 2);
  const y0 = Math.round((box.y0 + box.y1 - side) / 2);
  const cut = cropSpecimen(picture, { x0, y0, x1: x0 + side, y1: y0 + side });
  return resizePicture(cut, { width: size, height: size });
}

/** Augmented views, each from a stream of its own. */
export function photoViews(plain: Picture, count: number, random: Rng): Picture[] {
  return Array.from({ length: count }, (_, i) =>
    augmentPicture(plain, smallAugmentation(plain.width), random.split(i)),
  );
}

/** Part, mirror, turn, and a little light: colour is what tells look-alikes apart, so that it is changed less than usual. */
function smallAugmentation(size: number): Pick<Augmentation, 'steps'> {
  return {
    steps: [
      { kind: 'random-resized-crop', size, scale: [0.7, 1] },
      { kind: 'flip', axis: 'horizontal', probability: 0.5 },
      { kind: 'flip', axis: 'vertical', probability: 0.5 },
      { kind: 'rotate', degrees: 45, fill: [234, 242, 245] },
      { kind: 'colour-jitter', brightness: 0.1, contrast: 0.1, saturation: 0.1, hue: 0.01, probability: 0.8 },
    ],
  };
}

/**
 * A small residual network of small photos that also keeps what is common to all places: the means of a layer of colours and of every stage
 * stand side by side before the head. In training it draws one of each photo's views. Group normalisation: no picture sees its batch.
 */
export function smallPhotoTower({ size, widths, groups }: SmallPhotoNetwork): Tower<SmallPhoto> {
  const preprocessing = sized(presets.bioscan5m, size);
  const dimension = widths.at(-1) ?? 0;
  return tower<SmallPhoto>({
    dimension,
    inputs: [{ name: 'pixels', dtype: 'float32', shape: [batchSymbol, 3, size, size] }],
    collate: (batch, random) => ({
      pixels: preprocessBatch(
        batch.map((photo) => viewOf(photo, random)),
        preprocessing,
      ),
    }),
    build: (_graph, { pixels }) => {
      const means: Value[] = [meanOf(relu(colours(pixels as Value, 32)))];
      let x = pixels as Value;
      for (const [i, width] of widths.entries()) {
        x = stage(x, `stages.${i}`, width, groups);
        means.push(meanOf(x));
      }
      return linear(concat(means, 1), 'head', dimension);
    },
  });
}

export interface SmallPhotoNetwork {
  /** Side of the photos in pixels. */
  readonly size: number;
  /** Channels of the stages; each halves the picture. The last is the width of the vectors. */
  readonly widths: readonly number[];
  /** Of the group normalisations. */
  readonly groups: number;
}

function viewOf({ plain, views }: SmallPhoto, random: Rng | undefined): Picture {
  return random === undefined || views.length === 0 ? plain : (views[random.integer(views.length)] as Picture);
}

/** Every second pixel by itself, against learnt colours. */
function colours(x: Value, width: number): Value {
  const weight = x.graph.parameter('colours.weight', [width, 3, 1, 1], { initial: { normal: 1 } });
  const bias = x.graph.parameter('colours.bias', [width], { initial: { uniform: 1 } });
  return conv(x, weight, bias, { strides: 2, padding: 0 });
}

function stage(x: Value, name: string, width: number, groups: number): Value {
  const half = relu(groupNormalization(convolution(x, `${name}.reduce`, width, 2), `${name}.reduce.norm`, groups));
  const change = groupNormalization(convolution(half, `${name}.refine`, width, 1), `${name}.refine.norm`, groups);
  return relu(add(half, change));
}

/** 3 x 3, without a bias: a normalisation follows. */
function convolution(x: Value, name: string, width: number, strides: number): Value {
  const channels = x.shape[1] as number;
  const weight = x.graph.parameter(`${name}.weight`, [width, channels, 3, 3], {
    initial: { normal: Math.sqrt(2 / (9 * channels)) },
  });
  return conv(x, weight, undefined, { strides, padding: 1 });
}

function meanOf(x: Value): Value {
  return reshape(globalAveragePool(x), [x.shape[0] ?? batchSymbol, x.shape[1] as number]);
}
