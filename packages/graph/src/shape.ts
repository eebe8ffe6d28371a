import { BioscanError } from '@bioscan/core';

/** A size, a symbol such as `batch`, or a product of both such as `82*batch`. */
export type Dimension = number | string;
export type Shape = readonly Dimension[];

/** `(16, 82, 768)`: how shapes read in messages. */
export function showShape(shape: Shape): string {
  return `(${shape.join(', ')})`;
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((dimension, axis) => dimension === b[axis]);
}

/** Axis counted from the front. @throws BioscanError `mismatch` when the shape has no such axis. */
export function normalAxis(what: string, axis: number, rank: number): number {
  if (!Number.isInteger(axis) || axis < -rank || axis >= rank) {
    throw new BioscanError('mismatch', `graph: ${what}, got axis ${axis}, expected ${-rank} to ${rank - 1}`);
  }
  return axis < 0 ? axis + rank : axis;
}

/** Shape of an elementwise result under numpy's broadcasting. */
export function broadcastShapes(what: string, a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const left = a[axis - rank + a.length] ?? 1;
    const right = b[axis - rank + b.length] ?? 1;
    if (left === right || right === 1) return left;
    if (left === 1) return right;
    throw new BioscanError(
      'mismatch',
      `graph: ${what}, got ${showShape(a)} and ${showShape(b)}, expected equal or 1 on axis ${axis - rank}`,
    );
  });
}

/** The shape as plain sizes. @throws BioscanError `mismatch` when a dimension is symbolic. */
export function concreteShape(what: string, shape: Shape): readonly number[] {
  return shape.map((dimension) => {
    if (typeof dimension === 'number') return dimension;
    throw new BioscanError(
      'mismatch',
      `graph: ${what}, got ${showShape(shape)}, expected fixed sizes; symbolic dimensions are for inference graphs`,
    );
  });
}

/** Product of dimensions, symbols kept: `[16, 82]` is 1312, `['batch', 82]` is `82*batch`. */
export function productOf(shape: Shape): Dimension {
  const { factor, symbols } = monomial(shape);
  return print(factor, symbols);
}

/** `total / divisor` when it is exact, else undefined. */
export function quotientOf(total: Dimension, divisor: Dimension): Dimension | undefined {
  const numerator = monomial([total]);
  const denominator = monomial([divisor]);
  const symbols = [...numerator.symbols];
  for (const symbol of denominator.symbols) {
    const at = symbols.indexOf(symbol);
    if (at < 0) return undefined;
    symbols.splice(at, 1);
  }
  if (denominator.factor === 0) return undefined;
  const factor = numerator.factor / denominator.factor;
  return Number.isInteger(factor) ? print(factor, symbols) : undefined;
}

function monomial(shape: Shape): { factor: number; symbols: string[] } {
  let factor = 1;
  const symbols: string[] = [];
  for (const dimension of shape) {
    for (const part of typeof dimension === 'number' ? [dimension] : dimension.split('*')) {
      const size = Number(part);
      if (Number.isNaN(size)) symbols.push(String(part));
      else factor *= size;
    }
  }
  return { factor, symbols: symbols.sort() };
}

function print(factor: number, symbols: readonly string[]): Dimension {
  if (symbols.length === 0 || factor === 0) return factor;
  return (factor === 1 ? symbols : [factor, ...symbols]).join('*');
}
