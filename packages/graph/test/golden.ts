import { readFileSync } from 'node:fs';
import { tensor, type Tensor } from '@bioscan/core';

/** A tensor as the oracle writes it. */
export interface Described {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

/** The oracle's values; the caller says what they are. */
export function readGolden(name: string): unknown {
  return JSON.parse(readBytes(name).toString());
}

export function readBytes(name: string): Buffer {
  return readFileSync(new URL(`../../../fixtures/graph/${name}`, import.meta.url));
}

export function floats({ shape, data }: Described): Tensor<'float32'> {
  return tensor('float32', shape, Float32Array.from(data));
}

export function integers(shape: readonly number[], data: readonly number[]): Tensor<'int64'> {
  return tensor('int64', shape, BigInt64Array.from(data, BigInt));
}

/** ‖actual - expected‖ / ‖expected‖. */
export function relativeError(actual: Tensor, expected: Described): number {
  let difference = 0;
  let size = 0;
  expected.data.forEach((value, i) => {
    difference += (Number(actual.data[i]) - value) ** 2;
    size += value ** 2;
  });
  return Math.sqrt(difference) / Math.max(Math.sqrt(size), 1e-6);
}
