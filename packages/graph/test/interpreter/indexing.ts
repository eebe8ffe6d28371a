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
