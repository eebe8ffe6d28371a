import { ranks, rng, type Lineage } from '@bioscan/core';

/** Names as a vector: the sum of one random direction a name, of unit length. Equal names share their part, so that a genus unites its species. */
export function taxonomyVector(lineage: Lineage, width: number): Float32Array {
  const vector = new Float32Array(width);
  for (const rank of ranks) {
    const name = lineage[rank];
    if (name === undefined) continue;
    const direction = rng(1).split(`${rank} ${name}`);
    for (let i = 0; i < width; i++) vector[i] = (vector[i] as number) + (direction.uniform() < 0.5 ? -1 : 1);
  }
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  return length === 0 ? vector : vector.map((value) => value / length);
}

/** A lineage without the species. */
export function toGenus(lineage: Lineage): Lineage {
  return Object.fromEntries(Object.entries(lineage).filter(([rank]) => rank !== 'species'));
}
