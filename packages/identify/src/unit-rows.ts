import { tensor, type Tensor } from '@bioscan/core';

/** Rows scaled to length 1; zero rows stay. */
export function unitRows(vectors: Tensor<'float32'>): Tensor<'float32'> {
  const width = vectors.shape[1] ?? 1;
  const data = Float32Array.from(vectors.data);
  for (let at = 0; at < data.length; at += width) {
    const row = data.subarray(at, at + width);
    const length = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0));
    if (length > 0) for (let i = 0; i < width; i++) row[i] = (row[i] as number) / length;
  }
  return tensor('float32', vectors.shape, data);
}
