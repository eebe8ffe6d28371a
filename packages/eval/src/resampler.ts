import type { Rng } from '@bioscan/core';
import type { Outcomes } from './outcomes.js';

/** What is drawn: species with all their queries, or genera with species drawn inside them. */
export type ResamplingUnit = 'species' | 'genus>species';

/** The draws of one set of units, as data. A copy is one drawn genus (or all species, at one level) with the units drawn inside it. */
export interface Draws {
  /** Equal for equal units and equal randomness: estimates with equal identity are paired. */
  readonly identity: string;
  /** Position of each query's unit. */
  readonly unitOf: Int32Array;
  readonly units: number;
  /** Top-level things drawn: genera, or species. Below 2 there is no interval. */
  readonly clusters: number;
  /** `(replicates + 1)` offsets into `copyStart`. */
  readonly replicateStart: Int32Array;
  /** Offsets into `drawn`, one a copy, and the end. */
  readonly copyStart: Int32Array;
  /** Positions of the drawn units. */
  readonly drawn: Int32Array;
}

/** Gives draws for outcomes; equal sets of units get the same draws, different sets independent ones. */
export interface Resampler {
  readonly replicates: number;
  draw(outcomes: Outcomes, unit: ResamplingUnit): Draws;
}

export interface ResamplerOptions {
  readonly rng: Rng;
  /** Default 1,000. */
  readonly replicates?: number;
}

/**
 * Bootstrap draws, made once for each set of units and kept.
 * Systems scored on the same queries are therefore paired, and seen and unseen species (different units) are drawn independently.
 * Memory: replicates x units x 4 bytes for each set.
 */
export function resampler({ rng, replicates = 1000 }: ResamplerOptions): Resampler {
  if (!Number.isInteger(replicates) || replicates < 1) {
    throw new RangeError(`eval: replicates must be a positive integer, got ${replicates}`);
  }
  const kept = new Map<string, Omit<Draws, 'unitOf'>>();
  return {
    replicates,
    draw(outcomes, unit) {
      const { clusters, unitOf, name } = arrange(outcomes, unit);
      let draws = kept.get(name);
      if (draws === undefined) {
        draws = drawAll(clusters, replicates, rng.split(name), name);
        kept.set(name, draws);
      }
      return { ...draws, unitOf };
    },
  };
}

interface Arrangement {
  /** Units of each cluster. */
  readonly clusters: readonly (readonly number[])[];
  readonly unitOf: Int32Array;
  readonly name: string;
}

/** Numbers the units in sorted order, so that the order of the queries does not matter. */
function arrange(outcomes: Outcomes, unit: ResamplingUnit): Arrangement {
  const nested = unit === 'genus>species';
  const keys = outcomes.unit.map((name, i) => (nested ? `${outcomes.genus[i] as string}\t${name}` : name));
  const genusOf = new Map(keys.map((key, i) => [key, outcomes.genus[i] as string]));
  const names = [...new Set(keys)].sort();
  const position = new Map(names.map((name, i) => [name, i]));
  const byCluster = new Map<string, number[]>();
  names.forEach((name, i) => {
    const cluster = nested ? (genusOf.get(name) as string) : name;
    const members = byCluster.get(cluster);
    if (members === undefined) byCluster.set(cluster, [i]);
    else members.push(i);
  });
  return {
    clusters: [...byCluster.values()],
    unitOf: Int32Array.from(keys, (key) => position.get(key) as number),
    name: `${unit}:${names.length}:${hashNames(names)}`,
  };
}

function drawAll(
  clusters: readonly (readonly number[])[],
  replicates: number,
  rng: Rng,
  name: string,
): Omit<Draws, 'unitOf'> {
  const units = clusters.reduce((sum, members) => sum + members.length, 0);
  const oneLevel = clusters.every((members) => members.length === 1);
  const replicateStart = Int32Array.from({ length: replicates + 1 }, (_, r) => r * clusters.length);
  const copyStart = new Int32Array(replicates * clusters.length + 1);
  let drawn = new Int32Array(replicates * units);
  let length = 0;
  for (let copy = 0; copy < replicates * clusters.length; copy++) {
    const members = clusters[rng.integer(clusters.length)] ?? [];
    if (length + members.length > drawn.length) drawn = grown(drawn);
    for (let i = 0; i < members.length; i++) {
      drawn[length++] = members[oneLevel ? 0 : rng.integer(members.length)] as number;
    }
    copyStart[copy + 1] = length;
  }
  // The fingerprint tells two seeds apart: pairing needs the same draws, not only the same units.
  const identity = `${name}:${replicates}:${rng.split('fingerprint').integer(0x100000000).toString(16)}`;
  return { identity, units, clusters: clusters.length, replicateStart, copyStart, drawn: drawn.slice(0, length) };
}

function grown(values: Int32Array): Int32Array<ArrayBuffer> {
  const next = new Int32Array(values.length * 2 + 16);
  next.set(values);
  return next;
}

/** Two 32-bit FNV-1a sums in hexadecimal: names a set of units, not a secret. */
export function hashNames(names: readonly string[]): string {
  let low = 0x811c9dc5;
  let high = 0x9747b28c;
  for (const name of names) {
    for (let i = 0; i <= name.length; i++) {
      const code = i < name.length ? name.charCodeAt(i) : 0x1f;
      low = Math.imul(low ^ code, 0x01000193);
      high = Math.imul(high ^ code, 0x5bd1e995);
      high ^= high >>> 15;
    }
  }
  return (low >>> 0).toString(16).padStart(8, '0') + (high >>> 0).toString(16).padStart(8, '0');
}
