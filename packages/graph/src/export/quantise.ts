import { elementCount, tensor, type Tensor } from '@bioscan/core';

/** A weight in 8 bits and the steps that bring it back: `value ≈ step · code`, one step a slice along `axis`. */
export interface QuantisedWeight {
  readonly codes: Tensor<'int8'>;
  /** (slices). */
  readonly steps: Tensor<'float32'>;
}

/**
 * Rounds a weight to symmetric integers of `bits` bits with a step of its own for each slice along `axis`
 * (each output of a linear layer, each row of a table). A slice of zeros gets step 1.
 */
export function quantiseWeight(weight: Tensor, axis: number, bits: 7 | 8): QuantisedWeight {
  const largest = 2 ** (bits - 1) - 1;
  const values = weight.data as Float32Array;
  const slices = weight.shape[axis] ?? 1;
  const inner = elementCount(weight.shape.slice(axis + 1));
  const peaks = new Float64Array(slices);
  for (let i = 0; i < values.length; i++) {
    const slice = Math.floor(i / inner) % slices;
    peaks[slice] = Math.max(peaks[slice] as number, Math.abs(values[i] as number));
  }
  const steps = Float32Array.from(peaks, (peak) => (peak === 0 ? 1 : peak / largest));
  const codes = new Int8Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const step = steps[Math.floor(i / inner) % slices] as number;
    codes[i] = Math.max(-largest, Math.min(largest, Math.round((values[i] as number) / step)));
  }
  return { codes: tensor('int8', weight.shape, codes), steps: tensor('float32', [slices], steps) };
}
