import { at, axisOf, fill, filled, offset, type Dense } from './dense.js';

export function reduce(kind: string, x: Dense, axes: Dense | undefined, shape: readonly number[]): Dense {
  const reduced = new Set(axes === undefined ? x.shape.keys() : [...axes.data].map((axis) => axisOf(x, axis)));
  const kept = x.shape.map((size, axis) => (reduced.has(axis) ? 1 : size));
  const result = filled(kept, kind === 'ReduceMax' ? -Infinity : 0).data;
  const count = x.data.length / result.length;
  fill(x.shape, (at_) => {
    const to = offset(
      kept,
      at_.map((c, axis) => (reduced.has(axis) ? 0 : c)),
    );
    const value = at(x, at_);
    result[to] =
      kind === 'ReduceMax'
        ? Math.max(result[to]!, value)
        : result[to]! + (kind === 'ReduceMean' ? value / count : value);
    return 0;
  });
  return { shape, data: result };
}

export function argmax(x: Dense, axis: number, shape: readonly number[]): Dense {
  const kept = x.shape.map((size, i) => (i === axis ? 1 : size));
  const best = fill(kept, (at_) => {
    let top = 0;
    const value = (c: number): number =>
      at(
        x,
        at_.map((old, i) => (i === axis ? c : old)),
      );
    for (let c = 1; c < x.shape[axis]!; c++) if (value(c) > value(top)) top = c;
    return top;
  });
  return { shape, data: best.data };
}
