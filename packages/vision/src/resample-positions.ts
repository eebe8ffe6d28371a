import { tensor, type Tensor } from '@bioscan/core';
import { fixedBits, resampleWeights } from './pixels/resample-weights.js';

/**
 * Learned positions (1, 1 + side², width) of a square grid for a grid of another side, by the bicubic kernel with antialias that timm uses.
 * The class token's position stays.
 */
export function resamplePositions(positions: Tensor<'float32'>, side: number): Tensor<'float32'> {
  const [, count, width] = positions.shape as [number, number, number];
  const from = Math.sqrt(count - 1);
  if (!Number.isInteger(from)) throw new RangeError(`vision: ${count} positions are no class token and a square grid`);
  if (from === side) return positions;
  const grid = positions.data.subarray(width);
  // Along x the rows are (from · side) cells; then along y, whole rows of cells at a time.
  const wide = resampleAxis(grid, from, from, side, width);
  const both = resampleAxis(wide, 1, from, side, side * width);
  const data = new Float32Array((1 + side * side) * width);
  data.set(positions.data.subarray(0, width));
  data.set(both, width);
  return tensor('float32', [1, 1 + side * side, width], data);
}

/** (rows, source, width) to (rows, target, width). */
function resampleAxis(data: Float32Array, rows: number, source: number, target: number, width: number): Float32Array {
  const { start, count, weight, width: taps } = resampleWeights(source, target, 'bicubic');
  const result = new Float32Array(rows * target * width);
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < target; i++) {
      const into = (row * target + i) * width;
      for (let k = 0; k < (count[i] as number); k++) {
        const share = (weight[i * taps + k] as number) / (1 << fixedBits);
        const base = (row * source + (start[i] as number) + k) * width;
        for (let c = 0; c < width; c++)
          result[into + c] = (result[into + c] as number) + share * (data[base + c] as number);
      }
    }
  }
  return result;
}
