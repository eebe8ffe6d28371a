import { describe, expect, it } from 'vitest';
import { simulate, worlds } from '@bioscan/sim';
import { dealWorld } from '../src/attribution/deal-world.js';

describe('dealing a world', () => {
  const simulation = simulate({ seed: 3, specimens: 2000, species: 120, world: worlds.sharedHaplotypes });
  const deal = dealWorld(simulation, 3, { seenSpecies: 20, unseenSpecies: 10, cap: 12 });
  const speciesOf = (positions: readonly number[]): number[] =>
    positions.map((at) => simulation.truth[at]?.species ?? -1);
  const binsOf = (positions: readonly number[]): Set<string> =>
    new Set(positions.flatMap((at) => simulation.specimens[at]?.bin ?? []));

  it('gives each specimen one role, and every asked species five to ten queries', () => {
    const all = [...deal.training, ...deal.unseenKeys, ...deal.seenQueries, ...deal.unseenQueries];
    expect(new Set(all).size).toBe(all.length);
    let asked = 0;
    for (const queries of [deal.seenQueries, deal.unseenQueries]) {
      const species = speciesOf(queries);
      for (const one of new Set(species)) {
        const count = species.filter((other) => other === one).length;
        expect(count).toBeGreaterThanOrEqual(5);
        expect(count).toBeLessThanOrEqual(10);
        asked++;
      }
    }
    expect(asked).toBeGreaterThanOrEqual(30);
  });

  it('keeps unseen species, and every species that shares a BIN with them, out of training', () => {
    const unseen = new Set(speciesOf(deal.unseenQueries));
    expect(speciesOf(deal.training).filter((species) => unseen.has(species))).toEqual([]);
    const unseenBins = binsOf([...deal.unseenQueries, ...deal.unseenKeys]);
    expect(unseenBins.size).toBeGreaterThanOrEqual(8);
    expect([...binsOf(deal.training)].filter((bin) => unseenBins.has(bin))).toEqual([]);
    const keyed = new Set(speciesOf([...deal.training, ...deal.unseenKeys]));
    expect(speciesOf([...deal.seenQueries, ...deal.unseenQueries]).every((species) => keyed.has(species))).toBe(true);
  });

  it('holds out whole components: through BINs, and through barcodes of records without a BIN', () => {
    // 30 species in pairs: even ones share a BIN with the next, or only a barcode whose record has no BIN.
    const truth = Array.from({ length: 360 }, (_, i) => ({ species: i % 30 }));
    const specimens = truth.map(({ species }, i) => {
      const pair = Math.floor(species / 2);
      if (i < 30) return pair % 2 === 0 ? { bin: `BOLD:pair ${pair}` } : { barcode: `ACGT${pair}` };
      return { bin: `BOLD:${species}`, barcode: `TTTT${i}` };
    });
    for (const seed of [1, 2, 3]) {
      const small = dealWorld({ truth, specimens }, seed, { seenSpecies: 8, unseenSpecies: 4 });
      const pairs = (positions: readonly number[]): Set<number> =>
        new Set(positions.map((at) => Math.floor((truth[at]?.species ?? 0) / 2)));
      const [training, unseen] = [pairs(small.training), pairs(small.unseenQueries)];
      expect(unseen.size).toBeGreaterThanOrEqual(2);
      expect([...unseen].filter((pair) => training.has(pair))).toEqual([]);
    }
  });

  it('caps what a species gives to training, and says when a world is too small', () => {
    const species = speciesOf(deal.training);
    const most = Math.max(...[...new Set(species)].map((one) => species.filter((other) => other === one).length));
    expect(most).toBe(12);
    expect(() => dealWorld(simulation, 3)).toThrow(/expected 100 and 50; give more specimens/);
    expect(dealWorld(simulation, 3, { seenSpecies: 20, unseenSpecies: 10, cap: 12 })).toEqual(deal);
  });
});
