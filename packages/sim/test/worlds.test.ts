import { describe, expect, it } from 'vitest';
import { simulate, worldHash, worlds, type Simulation } from '@bioscan/sim';

const size = { specimens: 1200, species: 80 } as const;

describe('worlds', () => {
  it('have names and hashes of their own, and a hash follows every setting', () => {
    const all = Object.values(worlds);
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
    expect(new Set(all.map(worldHash)).size).toBe(all.length);
    const { standard } = worlds;
    const reordered = Object.fromEntries(Object.entries(standard).reverse()) as unknown as typeof standard;
    expect(worldHash(reordered)).toBe(worldHash(standard));
    expect(worldHash({ ...standard, image: { ...standard.image, speciesSignal: 0.2 } })).not.toBe(worldHash(standard));
  });

  it('image-null: looks are drawn from the family, whatever the species', () => {
    const { truth, species } = simulate({ ...size, world: worlds.imageNull });
    const own = truth.filter((row) => row.looks === row.species).length / truth.length;
    for (const row of truth) expect(species[row.looks]?.lineage.family).toBe(row.lineage.family);
    expect(own).toBeLessThan(0.5);
    expect(simulate({ ...size, world: worlds.standard }).truth.every((row) => row.looks === row.species)).toBe(true);
  });

  it('shared-haplotypes: more haplotypes are found in several species', () => {
    expect(shared(simulate({ ...size, world: worlds.sharedHaplotypes }))).toBeGreaterThan(
      2 * shared(simulate({ ...size, world: worlds.standard })) + 0.02,
    );
  });

  it('sympatry: congeners are met at the same sites more often', () => {
    const apart = { ...worlds.standard, places: { sympatry: 0 } };
    const more = { specimens: 4000, species: 200 };
    expect(meeting(simulate({ ...more, world: worlds.sympatry }))).toBeGreaterThan(
      1.2 * meeting(simulate({ ...more, world: apart })),
    );
  });
});

/** Share of specimens whose haplotype another species has too. */
function shared({ truth }: Simulation): number {
  const owners = new Map<string, Set<number>>();
  for (const { haplotype, species } of truth) owners.set(haplotype, (owners.get(haplotype) ?? new Set()).add(species));
  return truth.filter(({ haplotype }) => (owners.get(haplotype)?.size ?? 0) > 1).length / truth.length;
}

/** Chance that two specimens of congeners come from one site. */
function meeting({ truth }: Simulation): number {
  let met = 0;
  let pairs = 0;
  for (let i = 0; i < truth.length; i++) {
    for (let j = 0; j < i; j++) {
      const [a, b] = [truth[i], truth[j]];
      if (a?.species === b?.species || a?.lineage.genus !== b?.lineage.genus) continue;
      pairs++;
      if (a?.berth.site.index === b?.berth.site.index) met++;
    }
  }
  return met / pairs;
}
