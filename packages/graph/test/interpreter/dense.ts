import { elementCount } from '@bioscan/core';

/** A tensor of the interpreter: every element type as float64. */
export interface Dense {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

export type Inputs = readonly (Dense | undefined)[];

/** Index of each element, by walking all coordinates of a shape. */
export function fill(shape: readonly number[], at: (coordinates: readonly number[]) => number): Dense {
  const data = new Float64Array(elementCount(shape));
  const coordinates = shape.map(() => 0);
  for (let i = 0; i < data.length; i++) {
    data[i] = at(coordinates);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      coordinates[axis] = coordinates[axis]! + 1;
      if (coordinates[axis]! < shape[axis]!) break;
      coordinates[axis] = 0;
    }
  }
  return { shape, data };
}

/** The element at coordinates; leading extra coordinates are dropped and axes of size 1 repeat. */
export function at({ shape, data }: Dense, coordinates: readonly number[]): number {
  const extra = coordinates.length - shape.length;
  return data[
    offset(
      shape,
      shape.map((size, axis) => (size === 1 ? 0 : coordinates[axis + extra]!)),
    )
  ]!;
}

export function offset(shape: readonly number[], coordinates: readonly number[]): number {
  return shape.reduce((index, size, axis) => index * size + coordinates[axis]!, 0);
}

export function filled(shape: readonly number[], value: number): Dense {
  return { shape, data: new Float64Array(elementCount(shape)).fill(value) };
}

export function map(x: Dense, apply: (a: number) => number): Dense {
  return { shape: x.shape, data: x.data.map(apply) };
}

export function joined(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const [m, n] = [a[i - rank + a.length] ?? 1, b[i - rank + b.length] ?? 1];
    return m === 1 ? n : m;
  });
}

export function broadcast(x: Dense, y: Dense, apply: (a: number, b: number) => number): Dense {
  return fill(joined(x.shape, y.shape), (at_) => apply(at(x, at_), at(y, at_)));
}

export function axisOf(x: Dense, axis: number | undefined): number {
  return axis! < 0 ? axis! + x.shape.length : axis!;
}
