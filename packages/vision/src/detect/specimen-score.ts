import type { Picture } from '@bioscan/core';
import { backgroundRow, type BackgroundSurface } from './background-surface.js';
import { blackHat } from './black-hat.js';
import { boxMean } from './box-mean.js';

export interface ScoreWeights {
  /** Weight of a change of colour against darkness. */
  readonly chroma: number;
  /** Weight of thin dark lines, and how thin (pixels, odd). */
  readonly line: number;
  readonly lineWidth: number;
  /** How much of the glare around a pixel is taken off, and how far around (pixels). */
  readonly glare: number;
  readonly glareReach: number;
}

/** Levels above the background from which brightness counts as glare. */
const glareFloor = 4;

/**
 * How much a pixel differs from the background in the way a specimen does, in levels: darker, otherwise coloured, or a thin dark line.
 * (height, width), at least 0. Glare (brighter than the background) is damped: only its colour counts, and half.
 */
export function specimenScore(picture: Picture, background: BackgroundSurface, weights: ScoreWeights): Float32Array {
  const { width, height, data } = picture;
  const light = new Float32Array(width * height);
  const score = new Float32Array(width * height);
  const glare = new Float32Array(width * height);
  const { chroma } = weights;
  const row = new Float32Array(3 * width);
  for (let y = 0; y < height; y++) {
    backgroundRow(background, y, width, height, row);
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      const r = data[3 * i] as number;
      const g = data[3 * i + 1] as number;
      const b = data[3 * i + 2] as number;
      const red = (row[3 * x] as number) - r;
      const green = (row[3 * x + 1] as number) - g;
      const blue = (row[3 * x + 2] as number) - b;
      const mean = (red + green + blue) / 3;
      const high = red > green ? (red > blue ? red : blue) : green > blue ? green : blue;
      const low = red < green ? (red < blue ? red : blue) : green < blue ? green : blue;
      const change = high - mean > mean - low ? high - mean : mean - low;
      const dark = ((red > 0 ? red : 0) + (green > 0 ? green : 0) + (blue > 0 ? blue : 0)) / 3;
      light[i] = (r + g + b) / 3;
      glare[i] = mean < -glareFloor ? -mean - glareFloor : 0;
      score[i] = dark + (mean < 0 ? chroma / 2 : chroma) * change;
    }
  }
  const lines = blackHat(light, width, height, weights.lineWidth);
  const around = boxMean(glare, width, height, weights.glareReach);
  for (let i = 0; i < score.length; i++) {
    const value = (score[i] as number) + weights.line * (lines[i] as number) - weights.glare * (around[i] as number);
    score[i] = value > 0 ? value : 0;
  }
  return score;
}
