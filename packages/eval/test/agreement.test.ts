import { rng, type Neighbours } from '@bioscan/core';
import { agreement, labelTable, resampler } from '@bioscan/eval';
import { expect, it } from 'vitest';

const species = ['a a', 'a a', 'a b', 'a b'];
const keyIds = ['k0', 'k1', 'k2', 'k3'];
const queryIds = ['q0', 'q1', 'q2', 'q3', 'q4'];
const truth = ['a a', 'a a', 'a b', 'a b', undefined];
const labels = labelTable([
  ...keyIds.map((processId, i) => ({ processId, lineage: { species: species[i] as string } })),
  ...queryIds.map((processId, i) => ({ processId, lineage: truth[i] === undefined ? {} : { species: truth[i] } })),
]);

function neighbours(nearest: readonly number[]): Neighbours {
  return { queryIds, keyIds, k: 1, index: Int32Array.from(nearest), score: new Float32Array(5), higherIsNearer: true };
}

it('counts keys, labels and the paired difference by hand', () => {
  const options = { rank: 'species', resampler: resampler({ rng: rng(1), replicates: 50 }) } as const;
  const found = agreement(neighbours([0, 0, 2, 3, 1]), neighbours([1, 2, 2, 3, 1]), labels, options);
  expect(found).toMatchObject({ queries: 4, sameKey: 3 / 5, sameLabel: 4 / 5 });
  expect(found.reference.value).toBe(1);
  expect(found.candidate.value).toBe(3 / 4);
  expect(found.difference.value).toBe(-1 / 4);
  expect(found.difference.interval?.low).toBeLessThanOrEqual(-1 / 4);
  expect(found.difference.interval?.high).toBeLessThanOrEqual(0);
});

it('refuses neighbours of other queries', () => {
  const options = { rank: 'species', resampler: resampler({ rng: rng(1), replicates: 5 }) } as const;
  const other = { ...neighbours([0, 0, 2, 3, 1]), queryIds: [...queryIds].reverse() };
  expect(() => agreement(neighbours([0, 0, 2, 3, 1]), other, labels, options)).toThrow('got different queries');
});
