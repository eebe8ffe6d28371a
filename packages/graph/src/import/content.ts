import { BioscanError, elementCount, type DType, type Tensor, type Values } from '@bioscan/core';
import type { Dimension } from '../shape.js';

/**
 * A tensor whose elements are known while the graph is built: shapes, axes, constants. Sizes that are symbols stay symbols, so that
 * `[batch, 12, -1]` can be computed from the shape of an input as the file does it.
 */
export interface Content {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly elements: readonly Dimension[];
}

/** Larger tensors are left to the engine. */
export const largestContent: number = 1 << 16;

export function content(dtype: DType, shape: readonly number[], elements: readonly Dimension[]): Content {
  return { dtype, shape, elements };
}

export function contentOf({ dtype, shape, data }: Tensor): Content | undefined {
  if (dtype === 'float16' || data.length > largestContent) return undefined;
  return { dtype, shape, elements: Array.from(data as ArrayLike<number | bigint>, Number) };
}

/** The tensor, unless an element is a symbol. */
export function tensorOf({ dtype, shape, elements }: Content): Tensor | undefined {
  if (elements.some((element) => typeof element === 'string')) return undefined;
  return { dtype, shape, data: valuesOf(dtype, elements as readonly number[]) };
}

/** Known numbers. @throws BioscanError `unsupported` when they depend on a symbol */
export function numbersOf(what: string, { elements }: Content): readonly number[] {
  return elements.map((element) => {
    if (typeof element === 'number') return element;
    throw new BioscanError('unsupported', `graph: ${what}, got ${element}, expected a fixed number`);
  });
}

function valuesOf(dtype: DType, numbers: readonly number[]): Values {
  switch (dtype) {
    case 'float32':
      return Float32Array.from(numbers);
    case 'float64':
      return Float64Array.from(numbers);
    case 'int64':
      return BigInt64Array.from(numbers, saturated);
    case 'int32':
      return Int32Array.from(numbers);
    case 'int8':
      return Int8Array.from(numbers);
    case 'uint8':
    case 'bool':
      return Uint8Array.from(numbers);
    case 'float16':
      throw new TypeError('graph: float16 is widened when a file is read');
    default:
      return dtype satisfies never;
  }
}

/** "To the end" is written as the largest int64, which is no exact double. */
function saturated(value: number): bigint {
  if (value >= 2 ** 63) return 2n ** 63n - 1n;
  return BigInt(Math.trunc(value));
}

/** Offset of each element of `shape` inside a broadcast source. */
export function broadcastOffsets(source: readonly number[], shape: readonly number[]): readonly number[] {
  const padded = [...Array.from({ length: shape.length - source.length }, () => 1), ...source];
  let stride = 1;
  const strides = padded.map(() => 0);
  for (let axis = padded.length - 1; axis >= 0; axis--) {
    const size = padded[axis] as number;
    strides[axis] = size === 1 ? 0 : stride;
    stride *= size;
  }
  return Array.from({ length: elementCount(shape) }, (_, index) => {
    let rest = index;
    let offset = 0;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const size = shape[axis] as number;
      offset += (rest % size) * (strides[axis] as number);
      rest = Math.floor(rest / size);
    }
    return offset;
  });
}
