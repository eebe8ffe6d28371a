import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { labelAt, ranks, taxonomy, treeSums, type Lineage } from '@bioscan/core';

const aedes: Lineage = {
  class: 'Insecta',
  order: 'Diptera',
  family: 'Culicidae',
  genus: 'Aedes',
  species: 'Aedes aegypti',
};
const albopictus: Lineage = { ...aedes, species: 'Aedes albopictus' };
const beetle: Lineage = { class: 'Insecta', order: 'Coleoptera' };

describe('taxonomy', () => {
  const tree = taxonomy([aedes, albopictus, beetle]);

  it('holds each name once and parents before children', () => {
    expect(tree.taxa.map((taxon) => taxon.name)).toEqual([
      '',
      'Insecta',
      'Diptera',
      'Culicidae',
      'Aedes',
      'Aedes aegypti',
      'Aedes albopictus',
      'Coleoptera',
    ]);
    for (const taxon of tree.taxa.slice(1)) expect(taxon.parent).toBeLessThan(taxon.id);
  });

  it('finds the deepest known taxon and its path', () => {
    expect(tree.find({ ...aedes, species: 'Aedes novus' }).name).toBe('Aedes');
    expect(tree.find({ order: 'Odonata' }).rank).toBeUndefined();
    expect(tree.path(tree.find(aedes).id).map((taxon) => taxon.rank)).toEqual([
      'class',
      'order',
      'family',
      'genus',
      'species',
    ]);
  });

  it('keeps homonyms under different parents apart', () => {
    const homonyms = taxonomy([
      { order: 'Diptera', genus: 'Alpha' },
      { order: 'Coleoptera', genus: 'Alpha' },
    ]);
    expect(homonyms.taxa.filter((taxon) => taxon.name === 'Alpha')).toHaveLength(2);
  });

  it('sums weights up to the root without losing any', () => {
    const lineage = fc.record(Object.fromEntries(ranks.map((rank) => [rank, fc.constantFrom('a', 'b', 'c')])), {
      requiredKeys: [],
    }) as fc.Arbitrary<Lineage>;
    fc.assert(
      fc.property(fc.array(lineage, { minLength: 1, maxLength: 20 }), (lineages) => {
        const built = taxonomy(lineages);
        const weights = new Float64Array(built.taxa.length);
        for (const item of lineages) {
          const { id } = built.find(item);
          weights[id] = (weights[id] ?? 0) + 1;
        }
        expect(treeSums(built, weights)[0]).toBe(lineages.length);
      }),
    );
  });

  it('reads BIN as a rank', () => {
    expect(labelAt({ lineage: aedes, bin: 'BOLD:AAA1234' }, 'bin')).toBe('BOLD:AAA1234');
    expect(labelAt({ lineage: beetle }, 'genus')).toBeUndefined();
  });
});
