import { BioscanError } from '@bioscan/core';
import type { Value } from '../graph.js';
import { showShape } from '../shape.js';

/** The required inputs of an operator. @throws BioscanError `mismatch` when one is absent. */
export function required(operator: string, inputs: readonly (Value | undefined)[], count: number): readonly Value[] {
  return Array.from({ length: count }, (_, i) => {
    const input = inputs[i];
    if (input === undefined) {
      throw new BioscanError('mismatch', `graph: ${operator}, got no input ${i}, expected ${count} inputs`);
    }
    return input;
  });
}

/** @throws BioscanError `mismatch` when two operands differ in element type. */
export function sameType(operator: string, x: Value, y: Value): void {
  if (x.dtype === y.dtype) return;
  throw new BioscanError(
    'mismatch',
    `graph: ${operator}, got ${x.dtype} ${showShape(x.shape)} and ${y.dtype} ${showShape(y.shape)}, expected one element type; cast() one of them`,
  );
}

/** The numbers of an input that must be known while building, such as axes or a shape. */
export function known(operator: string, what: string, input: Value | undefined): readonly number[] {
  if (input?.constant === undefined) {
    throw new BioscanError('unsupported', `graph: ${operator}, got computed ${what}, expected a constant`);
  }
  return Array.from(input.constant.data as ArrayLike<number | bigint>, Number);
}

export function isFloating(value: Value): boolean {
  return value.dtype === 'float32' || value.dtype === 'float64' || value.dtype === 'float16';
}
