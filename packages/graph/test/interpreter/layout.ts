import { at, axisOf, fill, type Dense } from './dense.js';

export function transpose(x: Dense, order: readonly number[]): Dense {
  return fill(
    order.map((axis) => x.shape[axis]!),
    (at_) =>
      at(
        x,
        x.shape.map((_, axis) => at_[order.indexOf(axis)]!),
      ),
  );
}

export function concat(parts: readonly Dense[], axis: number): Dense {
  const shape = parts[0]!.shape.map((size, i) =>
    i === axis ? parts.reduce((sum, part) => sum + part.shape[axis]!, 0) : size,
  );
  return fill(shape, (at_) => {
    let rest = at_[axis]!;
    for (const part of parts) {
      if (rest < part.shape[axis]!)
        return at(
          part,
          at_.map((c, i) => (i === axis ? rest : c)),
        );
      rest -= part.shape[axis]!;
    }
    throw new Error('beyond the parts');
  });
}

export function split(x: Dense, axis: number, sizes: readonly number[]): Dense[] {
  let start = 0;
  return sizes.map((size) => {
    const from = start;
    start += size;
    return fill(
      x.shape.map((old, i) => (i === axis ? size : old)),
      (at_) =>
        at(
          x,
          at_.map((c, i) => (i === axis ? c + from : c)),
        ),
    );
  });
}

export function slice(x: Dense, inputs: readonly Dense[]): Dense {
  const picks = x.shape.map((size) => [...Array(size).keys()]);
  inputs[3]!.data.forEach((axis, i) => {
    const at_ = axis < 0 ? axis + x.shape.length : axis;
    const step = inputs[4]!.data[i]!;
    const size = x.shape[at_]!;
    const [first, last] = [inputs[1]!.data[i]!, inputs[2]!.data[i]!].map((c) => (c < 0 ? c + size : c)) as [
      number,
      number,
    ];
    picks[at_] = picks[at_]!.filter((c) =>
      step > 0 ? c >= first && c < last && (c - Math.max(first, 0)) % step === 0 : false,
    );
    if (step < 0) {
      picks[at_] = [];
      for (let c = Math.min(first, size - 1); c > Math.max(last, -1); c += step) picks[at_].push(c);
    }
  });
  return fill(
    picks.map((pick) => pick.length),
    (at_) =>
      at(
        x,
        at_.map((c, i) => picks[i]![c]!),
      ),
  );
}

export function pad(x: Dense, pads: Dense, value: Dense | undefined, axes: Dense | undefined, mode: string): Dense {
  const chosen = axes === undefined ? [...x.shape.keys()] : [...axes.data].map((axis) => axisOf(x, axis));
  const begins = x.shape.map((_, axis) => (chosen.includes(axis) ? pads.data[chosen.indexOf(axis)]! : 0));
  const shape = x.shape.map((size, axis) => {
    const end = chosen.includes(axis) ? pads.data[chosen.indexOf(axis) + chosen.length]! : 0;
    return size + begins[axis]! + end;
  });
  return fill(shape, (place) => {
    const from = place.map((p, axis) => p - begins[axis]!);
    const inside = from.every((c, axis) => c >= 0 && c < x.shape[axis]!);
    if (!inside && mode === 'constant') return value?.data[0] ?? 0;
    return at(
      x,
      from.map((c, axis) => {
        const last = x.shape[axis]! - 1;
        if (mode === 'edge') return Math.min(Math.max(c, 0), last);
        return c > last ? 2 * last - c : Math.abs(c);
      }),
    );
  });
}

export function tile(x: Dense, repeats: readonly number[]): Dense {
  return fill(
    x.shape.map((size, axis) => size * repeats[axis]!),
    (place) =>
      at(
        x,
        place.map((p, axis) => p % x.shape[axis]!),
      ),
  );
}

export function depthToSpace(x: Dense, block: number, mode: string, shape: readonly number[]): Dense {
  return fill(shape, ([n, c, row, column]) => {
    const inner = (row! % block) * block + (column! % block);
    const channel = mode === 'CRD' ? c! * block * block + inner : inner * shape[1]! + c!;
    return at(x, [n!, channel, Math.floor(row! / block), Math.floor(column! / block)]);
  });
}

export function spaceToDepth(x: Dense, block: number, shape: readonly number[]): Dense {
  return fill(shape, ([n, c, row, column]) => {
    const inner = Math.floor(c! / x.shape[1]!);
    return at(x, [n!, c! % x.shape[1]!, row! * block + Math.floor(inner / block), column! * block + (inner % block)]);
  });
}

export function trilu(x: Dense, k: number, upper: boolean): Dense {
  return fill(x.shape, (place) => {
    const diagonal = place.at(-1)! - place.at(-2)!;
    return (upper ? diagonal >= k : diagonal <= k) ? at(x, place) : 0;
  });
}
