import type { BoundingBox, Rng } from '@bioscan/core';
import type { PictureSize } from '../pixels/preprocessing.js';

export interface RandomCrop {
  /** Share of the area. Default: 0.08 to 1. */
  readonly scale?: readonly [number, number];
  /** Width by height, drawn on a logarithmic scale. Default: 3/4 to 4/3. */
  readonly ratio?: readonly [number, number];
}

/**
 * A box of random area, aspect and place inside a picture. Ten draws; when none fits, the largest centred box of a permitted aspect
 * (the rule of torchvision's RandomResizedCrop).
 */
export function randomCropBox({ width, height }: PictureSize, crop: RandomCrop, rng: Rng): BoundingBox {
  const { scale = [0.08, 1], ratio = [3 / 4, 4 / 3] } = crop;
  for (let attempt = 0; attempt < 10; attempt++) {
    const area = width * height * (scale[0] + (scale[1] - scale[0]) * rng.uniform());
    const aspect = Math.exp(Math.log(ratio[0]) + Math.log(ratio[1] / ratio[0]) * rng.uniform());
    const w = Math.round(Math.sqrt(area * aspect));
    const h = Math.round(Math.sqrt(area / aspect));
    if (w < 1 || h < 1 || w > width || h > height) continue;
    const x0 = rng.integer(width - w + 1);
    const y0 = rng.integer(height - h + 1);
    return { x0, y0, x1: x0 + w, y1: y0 + h };
  }
  const w = Math.max(1, Math.min(width, Math.round(height * ratio[1])));
  const h = Math.max(1, Math.min(height, Math.round(width / ratio[0])));
  const x0 = Math.floor((width - w) / 2);
  const y0 = Math.floor((height - h) / 2);
  return { x0, y0, x1: x0 + w, y1: y0 + h };
}
