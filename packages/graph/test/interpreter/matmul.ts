import { at, fill, joined, type Dense } from './dense.js';
import { transpose } from './layout.js';

export function product(x: Dense, y: Dense, transposeX: boolean, transposeY: boolean, scale: number): Dense {
  const [left, right] = [transposeX ? swapped(x) : x, transposeY ? swapped(y) : y];
  const inner = left.shape.at(-1)!;
  const batch = joined(left.shape.slice(0, -2), right.shape.slice(0, -2));
  return fill([...batch, left.shape.at(-2)!, right.shape.at(-1)!], (at_) => {
    const [row, column] = at_.slice(-2) as [number, number];
    let total = 0;
    for (let k = 0; k < inner; k++)
      total += at(left, [...at_.slice(0, -2), row, k]) * at(right, [...at_.slice(0, -2), k, column]);
    return scale * total;
  });
}

export function swapped(x: Dense): Dense {
  const rank = x.shape.length;
  return transpose(
    x,
    [...x.shape.keys()].map((i) => (i === rank - 1 ? rank - 2 : i === rank - 2 ? rank - 1 : i)),
  );
}
