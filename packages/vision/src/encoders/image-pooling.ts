import { BioscanError, tensor, type Tensor } from '@bioscan/core';

/** `first`: the first token (a class token). `mean`: all tokens, or all places of a grid. Vectors stay as they are under both. */
export type ImagePooling = 'first' | 'mean';

/**
 * The first `rows` vectors of a model's output (n, d), (n, tokens, d) or (n, d, h, w).
 * @throws BioscanError `mismatch` for other outputs
 */
export function pooled(id: string, output: Tensor | undefined, rows: number, pooling: ImagePooling): Tensor<'float32'> {
  const { shape, data } = output ?? { shape: [], data: undefined };
  if (!(data instanceof Float32Array) || shape.length < 2 || shape.length > 4 || (shape[0] as number) < rows) {
    throw new BioscanError(
      'mismatch',
      `vision: ${id}, got an output of (${shape.join(', ')}), expected float32 (n, d), (n, tokens, d) or (n, d, h, w) for ${rows} pictures; choose another output`,
      { id },
    );
  }
  const width = (shape.length === 3 ? shape[2] : shape[1]) as number;
  const places = data.length / ((shape[0] as number) * width);
  if (shape.length === 2) return tensor('float32', [rows, width], data.slice(0, rows * width));
  // A token is `width` numbers in a row, a channel is `places` numbers in a row.
  const [alongWidth, alongPlaces] = shape.length === 3 ? [1, width] : [places, 1];
  const taken = pooling === 'first' ? 1 : places;
  const vectors = new Float32Array(rows * width);
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < width; i++) {
      let sum = 0;
      for (let place = 0; place < taken; place++) {
        sum += data[row * width * places + i * alongWidth + place * alongPlaces] as number;
      }
      vectors[row * width + i] = sum / taken;
    }
  }
  return tensor('float32', [rows, width], vectors);
}
