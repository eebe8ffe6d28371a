import { at, fill, joined, offset, type Dense } from './dense.js';

export function gather(x: Dense, indices: Dense, axis: number): Dense {
  const shape = [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)];
  return fill(shape, (at_) => {
    const chosen = at(indices, at_.slice(axis, axis + indices.shape.length));
    return at(x, [...at_.slice(0, axis), chosen, ...at_.slice(axis + indices.shape.length)]);
  });
}

export function gatherElements(x: Dense, indices: Dense, axis: number): Dense {
  return fill(
    indices.shape,
    (at_) =>
      x.data[
        offset(
          x.shape,
          at_.map((c, i) => (i === axis ? at(indices, at_) : c)),
        )
      ]!,
  );
}

export function scatter(x: Dense, indices: Dense, updates: Dense, axis: number, adds: boolean): Dense {
  const data = x.data.slice();
  fill(indices.shape, (at_) => {
    const to = offset(
      x.shape,
      at_.map((c, i) => (i === axis ? at(indices, at_) : c)),
    );
    data[to] = (adds ? data[to]! : 0) + at(updates, at_);
    return 0;
  });
  return { shape: x.shape, data };
}

export function where(condition: Dense, x: Dense, y: Dense): Dense {
  return fill(joined(condition.shape, joined(x.shape, y.shape)), (at_) =>
    at(condition, at_) !== 0 ? at(x, at_) : at(y, at_),
  );
}

export function gatherNd(x: Dense, indices: Dense, batch: number, shape: readonly number[]): Dense {
  const depth = indices.shape.at(-1)!;
  const rank = indices.shape.length - 1;
  return fill(shape, (place) => {
    const chosen = coordinatesAt(indices, place.slice(0, rank), depth).map((c, i) =>
      c < 0 ? c + x.shape[batch + i]! : c,
    );
    return at(x, [...place.slice(0, batch), ...chosen, ...place.slice(rank)]);
  });
}

export function scatterNd(x: Dense, indices: Dense, updates: Dense): Dense {
  const data = x.data.slice();
  const depth = indices.shape.at(-1)!;
  const rank = indices.shape.length - 1;
  fill(updates.shape, (place) => {
    data[offset(x.shape, [...coordinatesAt(indices, place.slice(0, rank), depth), ...place.slice(rank)])] = at(
      updates,
      place,
    );
    return 0;
  });
  return { shape: x.shape, data };
}

function coordinatesAt(indices: Dense, place: readonly number[], depth: number): number[] {
  return Array.from({ length: depth }, (_, i) => at(indices, [...place, i]));
}

export function oneHot(indices: Dense, depth: number, values: Dense, axis: number): Dense {
  const where_ = axis < 0 ? axis + indices.shape.length + 1 : axis;
  return fill(indices.shape.toSpliced(where_, 0, depth), (place) => {
    const chosen = at(indices, place.toSpliced(where_, 1));
    return values.data[Number((chosen < 0 ? chosen + depth : chosen) === place[where_])]!;
  });
}

export function nonZero(x: Dense): Dense {
  const found: number[][] = [];
  fill(x.shape, (place) => {
    if (at(x, place) !== 0) found.push([...place]);
    return 0;
  });
  return fill([x.shape.length, found.length], ([axis, i]) => found[i!]![axis!]!);
}
