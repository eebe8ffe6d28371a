import { distanceTo, placed, tensor, type Rng, type Tensor, type UnlikeGate } from '@bioscan/core';
import { EigenvalueDecomposition, type Matrix } from 'ml-matrix';
import { centredRows, columnMeans, covariance } from '../moments.js';

/** What a photo shares with others, such as its species and its plate. */
export type PhotoGroups = string | readonly string[] | undefined;

/** Training photos in directions of equal spread, and what each belongs to. */
export interface GatePlaces {
  readonly basis: Pick<UnlikeGate, 'dimension' | 'axes' | 'mean' | 'directions'>;
  readonly points: Float32Array;
  readonly groups: readonly (readonly string[])[];
}

export function fittedPlaces(
  sample: Tensor<'float32'>,
  groups: readonly (readonly string[])[],
  most: number,
): GatePlaces {
  const mean = columnMeans(sample);
  const basis = { dimension: sample.shape[1] ?? 0, mean, ...spreadDirections(sample, mean, most) };
  return { basis, points: placed(basis, sample).data, groups };
}

/** Distance of each photo to the nearest training photos of none of its groups: what it scores as the first of all of them. */
export function scoresAsNew(
  { basis, points, groups }: GatePlaces,
  vectors: Tensor<'float32'>,
  own: readonly (readonly string[])[],
  neighbours: number,
): number[] {
  const { axes } = basis;
  const places = placed(basis, vectors);
  const rowsOf = new Map<string, number[]>();
  for (const [row, names] of groups.entries())
    for (const name of names) rowsOf.set(name, [...(rowsOf.get(name) ?? []), row]);
  return own.map((names, i) => {
    // A group of most photos is what these photos are, and nothing to be new to.
    const hidden = names.flatMap((name) => {
      const rows = rowsOf.get(name) ?? [];
      return 2 * rows.length > groups.length ? [] : rows;
    });
    const others = without(points, axes, new Set(hidden));
    const known = others.length / axes < neighbours ? points : others;
    return distanceTo({ axes, points: known, neighbours }, places.data.subarray(i * axes, (i + 1) * axes));
  });
}

export function groupList(groups: PhotoGroups): readonly string[] {
  if (groups === undefined) return [];
  return typeof groups === 'string' ? [groups] : groups;
}

export function drawnRows(count: number, most: number, rng: Rng): number[] {
  const rows = Array.from({ length: count }, (_, i) => i);
  return count <= most ? rows : rng.shuffle(rows).slice(0, most);
}

export function takenRows(vectors: Tensor<'float32'>, rows: readonly number[]): Tensor<'float32'> {
  const d = vectors.shape[1] ?? 0;
  const data = new Float32Array(rows.length * d);
  for (const [to, from] of rows.entries()) data.set(vectors.data.subarray(from * d, (from + 1) * d), to * d);
  return tensor('float32', [rows.length, d], data);
}

function without(points: Float32Array, axes: number, hidden: ReadonlySet<number>): Float32Array {
  if (hidden.size === 0) return points;
  const kept = new Float32Array(points.length - hidden.size * axes);
  let at = 0;
  for (let row = 0; row < points.length / axes; row++) {
    if (hidden.has(row)) continue;
    kept.set(points.subarray(row * axes, (row + 1) * axes), at);
    at += axes;
  }
  return kept;
}

/** Principal directions scaled to variance 1. Each spread is raised by a hundredth of the mean one, so that noise is not blown up without end. */
function spreadDirections(
  sample: Tensor<'float32'>,
  mean: Float32Array,
  most: number,
): Pick<UnlikeGate, 'axes' | 'directions'> {
  const [n = 0, d = 0] = sample.shape;
  const solved = new EigenvalueDecomposition(covariance(centredRows(sample, mean)), { assumeSymmetric: true });
  const spreads = solved.realEigenvalues;
  const order = spreads.map((_, i) => i).sort((a, b) => (spreads[b] as number) - (spreads[a] as number));
  const axes = Math.min(most, d, Math.max(1, Math.floor(n / 10)));
  const floor = spreads.reduce((sum, value) => sum + Math.max(0, value), 0) / d / 100 + 1e-12;
  const directions = new Float32Array(axes * d);
  const basis: Matrix = solved.eigenvectorMatrix;
  for (let axis = 0; axis < axes; axis++) {
    const column = order[axis] as number;
    const scale = 1 / Math.sqrt(Math.max(0, spreads[column] as number) + floor);
    for (let i = 0; i < d; i++) directions[axis * d + i] = basis.get(i, column) * scale;
  }
  return { axes, directions };
}
