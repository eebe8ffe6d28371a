import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { curveAt, taxaAt, voteTree, type RankCalibration, type Vote, type VotedTaxon } from '@bioscan/core';

const names = fc.tuple(
  ...['o', 'f', 's'].map((rank) =>
    fc.option(
      fc.integer({ min: 0, max: 2 }).map((i) => rank + String(i)),
      { nil: undefined },
    ),
  ),
);
const vote: fc.Arbitrary<Vote> = fc.record({ similarity: fc.double({ min: -1, max: 1, noNaN: true }), names });
const curve = fc.option(fc.constant({ from: [0.1, 0.5, 0.9], to: [0.02, 0.4, 0.97] }), { nil: undefined });
const calibration = (rank: RankCalibration['rank']): fc.Arbitrary<RankCalibration> =>
  fc
    .record({
      temperature: fc.double({ min: 0.01, max: 2, noNaN: true }),
      intercept: fc.double({ min: -4, max: 4, noNaN: true }),
      slope: fc.double({ min: 0, max: 20, noNaN: true }),
      curve,
    })
    .map(({ temperature, intercept, slope, curve: points }) => ({
      rank,
      temperature,
      known: { intercept, slope },
      ...(points === undefined ? {} : { curve: points }),
    }));

function everyTaxon(root: VotedTaxon): VotedTaxon[] {
  return [root, ...root.children.flatMap(everyTaxon)];
}

describe('voteTree', () => {
  it('adds up at every taxon and never gives a child more than its parent', () => {
    const ranks = fc.tuple(calibration('order'), calibration('family'), calibration('species'));
    let taxa = 0;
    fc.assert(
      fc.property(fc.array(vote, { maxLength: 12 }), ranks, (votes, calibrations) => {
        for (const { probability, another, children } of everyTaxon(voteTree(votes, calibrations))) {
          taxa++;
          const below = children.reduce((sum, child) => sum + child.probability, 0);
          if (children.length > 0) expect(below + another).toBeCloseTo(probability, 9);
          for (const child of children) expect(child.probability).toBeLessThanOrEqual(probability + 1e-12);
          expect(probability).toBeGreaterThanOrEqual(0);
        }
      }),
    );
    expect(taxa).toBeGreaterThan(500);
  });

  it('weighs by exp(similarity / temperature) times the share known, worked by hand', () => {
    const flat = { known: { intercept: 0, slope: Math.log(3) } };
    const root = voteTree(
      [
        { similarity: 1, names: ['Diptera', 'Aedes aegypti'] },
        { similarity: 1 - Math.log(2) / 2, names: ['Diptera', 'Aedes vexans'] },
        { similarity: 1 - Math.log(2) / 2, names: ['Hymenoptera', undefined] },
      ],
      [
        { rank: 'order', temperature: 0.5, ...flat },
        { rank: 'species', temperature: 0.5, ...flat },
      ],
    );
    // Weights 1, 1/2, 1/2; known 3/4 of each parent.
    const orders = taxaAt(root, 0);
    expect(orders.taxa.map(({ name }) => name)).toEqual(['Diptera', 'Hymenoptera']);
    expect(orders.taxa[0]?.probability).toBeCloseTo(0.75 * 0.75, 12);
    expect(orders.another).toBeCloseTo(0.25, 12);
    const species = taxaAt(root, 1);
    expect(species.taxa[0]?.probability).toBeCloseTo(0.5625 * 0.75 * (2 / 3), 12);
    // Hymenoptera has no species among its voters: all of it stays with another.
    expect(species.another).toBeCloseTo(1 - 0.5625 * 0.75, 12);
  });

  it('keeps keys with a gap in their lineage apart and does not name the gap', () => {
    const flat = { temperature: 1, known: { intercept: 40, slope: 0 } };
    const root = voteTree(
      [
        { similarity: 0, names: ['Culicidae', 'Aedes'] },
        { similarity: 0, names: [undefined, 'Incertae'] },
        { similarity: 0, names: [undefined, undefined] },
      ],
      [
        { rank: 'family', ...flat },
        { rank: 'genus', ...flat },
      ],
    );
    expect(taxaAt(root, 0).taxa.map(({ name }) => name)).toEqual(['Culicidae']);
    expect(taxaAt(root, 0).another).toBeCloseTo(0.5, 9);
    expect(taxaAt(root, 1).taxa.map(({ probability }) => probability)).toEqual(
      [0.5, 0.5].map((p) => expect.closeTo(p, 9) as number),
    );
  });

  it('leaves everything to another taxon without votes', () => {
    expect(voteTree([], [{ rank: 'order', temperature: 1, known: { intercept: 9, slope: 0 } }])).toMatchObject({
      another: 1,
      children: [],
    });
  });
});

describe('curveAt', () => {
  it('joins its points by lines and stays level beyond them', () => {
    const points = { from: [0, 0.5, 1], to: [0.1, 0.2, 0.8] };
    expect([-1, 0, 0.25, 0.5, 0.75, 1, 2].map((x) => curveAt(points, x))).toEqual(
      [0.1, 0.1, 0.15, 0.2, 0.5, 0.8, 0.8].map((y) => expect.closeTo(y, 12) as number),
    );
    expect(curveAt({ from: [0.3], to: [0.7] }, 0.9)).toBe(0.7);
  });
});
