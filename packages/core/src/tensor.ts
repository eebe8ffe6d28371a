/** Element types of a {@link Tensor}. Booleans are bytes of 0 and 1; float16 holds raw bits. */
export type DType = 'float32' | 'float64' | 'float16' | 'int32' | 'int64' | 'uint8' | 'int8' | 'bool';

interface ValuesByDType {
  float32: Float32Array;
  float64: Float64Array;
  float16: Uint16Array;
  int32: Int32Array;
  int64: BigInt64Array;
  uint8: Uint8Array;
  int8: Int8Array;
  bool: Uint8Array;
}

/** The typed array behind a tensor of element type `D`. */
export type Values<D extends DType = DType> = ValuesByDType[D];

/** A row-major view over a typed array. Making one never copies. */
export interface Tensor<D extends DType = DType> {
  readonly dtype: D;
  readonly shape: readonly number[];
  readonly data: Values<D>;
}

/** Tensors by name: the feeds and results of a session. */
export type Tensors = Readonly<Record<string, Tensor>>;

/**
 * Views `data` as a tensor.
 * @throws RangeError when the shape does not hold exactly `data.length` elements.
 */
export function tensor<D extends DType>(dtype: D, shape: readonly number[], data: Values<D>): Tensor<D> {
  const size = elementCount(shape);
  if (size !== data.length) {
    throw new RangeError(
      `core: tensor of shape [${shape.join(', ')}] holds ${size} elements, got ${data.length.toString()}`,
    );
  }
  return { dtype, shape, data };
}

/** Number of elements of a shape; 1 for a scalar (`[]`). */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, dimension) => product * dimension, 1);
}

/** A new zero-filled array for `length` elements of `dtype`. */
export function allocate<D extends DType>(dtype: D, length: number): Values<D> {
  return new arrays[dtype](length) as Values<D>;
}

const arrays = {
  float32: Float32Array,
  float64: Float64Array,
  float16: Uint16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
  int8: Int8Array,
  bool: Uint8Array,
} as const;

/** Row `index` of a matrix `(n, d)`, as a view. */
export function row(matrix: Tensor<'float32'>, index: number): Float32Array {
  const width = matrix.shape[1] ?? 1;
  return matrix.data.subarray(index * width, (index + 1) * width);
}
