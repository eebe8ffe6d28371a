import type { OperatorAttributes, OperatorName } from '../../src/attributes.js';
import { at, axisOf, fill, offset, type Dense } from './dense.js';

const total = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

export const reducers = {
  ReduceSum: total,
  ReduceMean: (values) => total(values) / values.length,
  ReduceMax: (values) => Math.max(...values),
  ReduceMin: (values) => Math.min(...values),
  ReduceProd: (values) => values.reduce((a, b) => a * b, 1),
  ReduceL1: (values) => total(values.map(Math.abs)),
  ReduceL2: (values) => Math.sqrt(total(values.map((a) => a * a))),
  ReduceLogSum: (values) => Math.log(total(values)),
  ReduceLogSumExp: (values) => Math.log(total(values.map(Math.exp))),
  ReduceSumSquare: (values) => total(values.map((a) => a * a)),
} as const satisfies Partial<Record<OperatorName, (values: readonly number[]) => number>>;

export function reduce(
  x: Dense,
  axes: Dense | undefined,
  { noop_with_empty_axes: noop }: OperatorAttributes['ReduceSum'],
  shape: readonly number[],
  apply: (values: readonly number[]) => number,
): Dense {
  const named = axes === undefined ? [] : [...axes.data].map((axis) => axisOf(x, axis));
  const reduced = new Set(named.length === 0 && noop !== 1 ? x.shape.keys() : named);
  const kept = x.shape.map((size, axis) => (reduced.has(axis) ? 1 : size));
  const groups: number[][] = Array.from({ length: kept.reduce((a, b) => a * b, 1) }, () => []);
  fill(x.shape, (place) => {
    const to = offset(
      kept,
      place.map((c, axis) => (reduced.has(axis) ? 0 : c)),
    );
    groups[to]!.push(at(x, place));
    return 0;
  });
  return { shape, data: Float64Array.from(groups, apply) };
}

/** Place of the extreme: the largest of `direction` · x, the first or last of equals. */
export function argument(x: Dense, axis: number, shape: readonly number[], last: boolean, direction: 1 | -1): Dense {
  const kept = x.shape.map((size, i) => (i === axis ? 1 : size));
  const best = fill(kept, (place) => {
    const values = line(x, axis, place).map((value) => direction * value);
    const extreme = Math.max(...values);
    return last ? values.lastIndexOf(extreme) : values.indexOf(extreme);
  });
  return { shape, data: best.data };
}

export function cumSum(x: Dense, axis: number, exclusive: boolean, reverse: boolean): Dense {
  return fill(x.shape, (place) => {
    const own = place[axis]!;
    const values = line(x, axis, place);
    const before = reverse ? values.slice(own + 1) : values.slice(0, own);
    return total(before) + (exclusive ? 0 : values[own]!);
  });
}

export function topK(x: Dense, k: number, axis: number, largest: boolean): Dense[] {
  const shape = x.shape.map((size, i) => (i === axis ? k : size));
  const ranked = (place: readonly number[]): readonly (readonly [number, number])[] =>
    line(x, axis, place)
      .map((value, i) => [value, i] as const)
      .sort(([a, i], [b, j]) => (largest ? b - a : a - b) || i - j);
  return [0, 1].map((part) => fill(shape, (place) => ranked(place)[place[axis]!]![part]!));
}

/** All elements along an axis through a place. */
function line(x: Dense, axis: number, place: readonly number[]): number[] {
  return Array.from({ length: x.shape[axis]! }, (_, c) =>
    at(
      x,
      place.map((old, i) => (i === axis ? c : old)),
    ),
  );
}
