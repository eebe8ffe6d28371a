import { tensor, type Picture, type Rng, type Tensor } from '@bioscan/core';
import { adjustBrightness, adjustContrast, adjustHue, adjustSaturation, greyPicture } from '../pixels/adjust-colour.js';
import { blurPicture } from '../pixels/blur-picture.js';
import { checkPicture } from '../pixels/check-picture.js';
import { flipPicture } from '../pixels/flip-picture.js';
import { pixelTable, writePlanes } from '../pixels/pixel-planes.js';
import { resizePicture } from '../pixels/resize-picture.js';
import { rotatePicture } from '../pixels/rotate-picture.js';
import { augmentedSize, type Augmentation, type AugmentationStep } from './augmentation.js';
import { randomCropBox } from './random-crop-box.js';

/**
 * A varied picture as a network sees it: (3, height, width). The same random stream gives the same bytes;
 * each step draws from a stream of its own, so that changing one leaves the others as they were.
 */
export function augment(picture: Picture, augmentation: Augmentation, rng: Rng): Tensor<'float32'> {
  const { width, height } = augmentedSize(augmentation);
  const data = new Float32Array(3 * height * width);
  augmentInto(data, 0, picture, augmentation, rng);
  return tensor('float32', [3, height, width], data);
}

/** A batch of varied pictures, picture i from stream i of `rng`: (n, 3, height, width). */
export function augmentBatch(pictures: readonly Picture[], augmentation: Augmentation, rng: Rng): Tensor<'float32'> {
  const { width, height } = augmentedSize(augmentation);
  const size = 3 * height * width;
  const data = new Float32Array(pictures.length * size);
  for (const [i, picture] of pictures.entries()) augmentInto(data, i * size, picture, augmentation, rng.split(i));
  return tensor('float32', [pictures.length, 3, height, width], data);
}

/** Writes the planes of one varied picture at `offset`. */
export function augmentInto(
  target: Float32Array,
  offset: number,
  picture: Picture,
  augmentation: Augmentation,
  rng: Rng,
): void {
  writePlanes(target, offset, augmentPicture(picture, augmentation, rng), pixelTable(augmentation.normalise));
}

/** The varied picture itself, to look at. */
export function augmentPicture(picture: Picture, { steps }: Pick<Augmentation, 'steps'>, rng: Rng): Picture {
  checkPicture(picture);
  return steps.reduce((changed, step, i) => applyStep(changed, step, rng.split(i)), picture);
}

function applyStep(picture: Picture, step: AugmentationStep, rng: Rng): Picture {
  if ('probability' in step && rng.uniform() >= step.probability) return picture;
  switch (step.kind) {
    case 'resize':
      return resizePicture(picture, step.size, interpolationOf(step));
    case 'random-resized-crop':
      return resizePicture(
        picture,
        { width: step.size, height: step.size },
        { ...interpolationOf(step), source: randomCropBox(picture, step, rng) },
      );
    case 'flip':
      return flipPicture(picture, step.axis);
    case 'rotate':
      return rotatePicture(picture, between(rng, -step.degrees, step.degrees), step);
    case 'colour-jitter':
      return jitterColour(picture, step, rng);
    case 'grey':
      return greyPicture(picture);
    case 'blur':
      return blurPicture(picture, { size: step.size, sigma: between(rng, ...step.sigma) });
    default:
      return step satisfies never;
  }
}

function jitterColour(picture: Picture, step: Extract<AugmentationStep, { kind: 'colour-jitter' }>, rng: Rng): Picture {
  const factor = (spread: number): number => between(rng, Math.max(0, 1 - spread), 1 + spread);
  const [brightness, contrast, saturation] = [factor(step.brightness), factor(step.contrast), factor(step.saturation)];
  const hue = between(rng, -step.hue, step.hue);
  const changes = [
    (changed: Picture): Picture => adjustBrightness(changed, brightness),
    (changed: Picture): Picture => adjustContrast(changed, contrast),
    (changed: Picture): Picture => adjustSaturation(changed, saturation),
    (changed: Picture): Picture => adjustHue(changed, hue),
  ];
  return rng.shuffle(changes).reduce((changed, change) => change(changed), picture);
}

function between(rng: Rng, low: number, high: number): number {
  return low + (high - low) * rng.uniform();
}

function interpolationOf<Name>({ interpolation }: { readonly interpolation?: Name }): { interpolation?: Name } {
  return interpolation === undefined ? {} : { interpolation };
}
