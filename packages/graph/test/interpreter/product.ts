import type { OperatorAttributes } from '../../src/attributes.js';
import { at, fill, type Dense } from './dense.js';

/** Sums the product of all terms over every letter, by loops over all letters. */
export function einsum(inputs: readonly Dense[], equation: string, shape: readonly number[]): Dense {
  const [left, right] = equation.replaceAll(' ', '').split('->') as [string, string | undefined];
  const terms = left.split(',');
  const letters = [...new Set(left.replaceAll(',', ''))].sort();
  const counts = (letter: string): number => [...left].filter((other) => other === letter).length;
  const result = right ?? letters.filter((letter) => counts(letter) === 1).join('');
  const sizes = letters.map((letter) => {
    const term = terms.findIndex((list) => list.includes(letter));
    return inputs[term]!.shape[terms[term]!.indexOf(letter)]!;
  });
  const output = fill(shape, () => 0);
  fill(sizes, (place) => {
    const of = (list: string): number[] => [...list].map((letter) => place[letters.indexOf(letter)]!);
    const value = inputs.reduce((product, input, i) => product * at(input, of(terms[i]!)), 1);
    const to = of(result).reduce((index, c, axis) => index * shape[axis]! + c, 0);
    output.data[to] = output.data[to]! + value;
    return 0;
  });
  return output;
}

/** One axis after the other, each element from its neighbours. */
export function resize(
  x: Dense,
  scales: Dense | undefined,
  attributes: OperatorAttributes['Resize'],
  shape: readonly number[],
): Dense {
  const axes = attributes.axes ?? [...x.shape.keys()];
  return shape.reduce<Dense>((image, size, axis) => {
    const given = scales?.data[axes.indexOf(axis)];
    if (size === image.shape[axis] && (given === undefined || given === 1)) return image;
    return resizeAxis(image, axis, size, given ?? size / image.shape[axis]!, attributes);
  }, x);
}

function resizeAxis(
  x: Dense,
  axis: number,
  size: number,
  scale: number,
  attributes: OperatorAttributes['Resize'],
): Dense {
  const length = x.shape[axis]!;
  const { mode = 'nearest', exclude_outside: exclude = 0, cubic_coeff_a: a = -0.75 } = attributes;
  return fill(
    x.shape.map((old, i) => (i === axis ? size : old)),
    (place) => {
      const from = original(
        place[axis]!,
        length,
        size,
        scale,
        attributes.coordinate_transformation_mode ?? 'half_pixel',
      );
      const read = (c: number): number =>
        at(
          x,
          place.map((old, i) => (i === axis ? Math.min(Math.max(c, 0), length - 1) : old)),
        );
      if (mode === 'nearest') return read(rounded(from, attributes.nearest_mode ?? 'round_prefer_floor'));
      const reach = mode === 'cubic' ? 2 : 1;
      let [total, weights] = [0, 0];
      for (let c = Math.floor(from) - reach + 1; c <= Math.floor(from) + reach; c++) {
        if (exclude === 1 && (c < 0 || c >= length)) continue;
        const weight = mode === 'cubic' ? keys(Math.abs(from - c), a) : 1 - Math.abs(from - c);
        total += weight * read(c);
        weights += weight;
      }
      return exclude === 1 ? total / weights : total;
    },
  );
}

function original(i: number, length: number, size: number, scale: number, mode: string): number {
  if (mode === 'asymmetric') return i / scale;
  if (mode === 'align_corners') return size === 1 ? 0 : (i * (length - 1)) / (size - 1);
  if (mode === 'pytorch_half_pixel' && size === 1) return 0;
  const middle = mode === 'half_pixel_symmetric' ? (length / 2) * (1 - size / (scale * length)) : 0;
  return middle + (i + 0.5) / scale - 0.5;
}

function rounded(c: number, mode: string): number {
  const half = c - Math.floor(c) === 0.5;
  if (mode === 'floor' || (half && mode === 'round_prefer_floor')) return Math.floor(c);
  return mode === 'ceil' || half ? Math.ceil(c) : Math.round(c);
}

/** Keys' cubic convolution kernel. */
function keys(d: number, a: number): number {
  return d <= 1 ? (a + 2) * d ** 3 - (a + 3) * d ** 2 + 1 : a * (d ** 3 - 5 * d ** 2 + 8 * d - 4);
}
