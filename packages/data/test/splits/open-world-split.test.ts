import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { barcodeKey, rng } from '@bioscan/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OpenWorldSplitOptions } from '../../src/splits/open-world-options.js';
import { planOpenWorldSplit, type OpenWorldPlan } from '../../src/splits/open-world-split.js';
import type { SplitRecord } from '../../src/splits/split-plan.js';
import { validateSplits } from '../../src/splits/validate-splits.js';
import { sequence } from './made-up-records.js';

const short: OpenWorldSplitOptions = { minimumLength: 100 };

describe('planOpenWorldSplit, laws', () => {
  const worlds = fc.record({ seed: fc.nat(), species: fc.integer({ min: 1, max: 50 }), sharedBins: fc.boolean() });

  it('is a partition that keeps every rule, whatever the options', () => {
    let unseen = 0;
    fc.assert(
      fc.property(
        worlds, fc.constantFrom('hold-out', 'stratum'), fc.constantFrom('species-disjoint', 'bioscan5m'), fc.constantFrom(5, 20, Infinity),
        (made, sharedBin, rule, speciesCap) => {
          const records = world(made);
          const plan = planOpenWorldSplit(records, { ...short, sharedBin, unseen: rule, speciesCap });
          expect(plan.assignment.size + plan.setAside.length).toBe(records.length);
          const findings = validateSplits(records, plan.assignment, rule === 'bioscan5m' ? 'open-world-shared' : 'open-world');
          const errors = findings.filter(({ severity, check }) => severity === 'error' || (sharedBin === 'hold-out' && check === 'split-shared-bin'));
          expect(errors.map(({ check, message }) => `${check}: ${message}`)).toEqual([]);
          const stratum = findings.find(({ check }) => check === 'split-shared-bin')?.evidence.count ?? 0;
          expect(plan.sharedBinQueries.length).toBe(stratum);
          if (sharedBin === 'hold-out') expect(stratum).toBe(0);
          unseen += speciesIn(plan, records, 'test_unseen').size;
        },
      ),
      { numRuns: 400, seed: 5 },
    ); // prettier-ignore
    expect(unseen).toBeGreaterThan(60);
  });

  it('keeps records that agree in the window together, contained ones too', () => {
    fc.assert(
      fc.property(worlds, (made) => {
        const records = world(made);
        const { assignment } = planOpenWorldSplit(records, short);
        const kept = records.filter(({ processId }) => !['fragments', undefined].includes(assignment.get(processId)));
        for (const a of kept.slice(0, 80)) {
          for (const b of kept) {
            if (barcodeKey(b.barcode ?? '').includes(barcodeKey(a.barcode ?? ''))) {
              expect(assignment.get(a.processId)).toBe(assignment.get(b.processId));
            }
          }
        }
      }),
      { numRuns: 15 },
    );
  });

  it('does not depend on the order of the rows, and depends on the seed', () => {
    const records = world({ seed: 4, species: 40, sharedBins: true });
    const plan = planOpenWorldSplit(records, short);
    for (const seed of [1, 2, 3]) {
      expect(planOpenWorldSplit(rng(seed).shuffle([...records]), short)).toEqual(plan);
      expect([...planOpenWorldSplit(records, { ...short, seed }).assignment]).not.toEqual([...plan.assignment]);
    }
  });
});

describe('planOpenWorldSplit', () => {
  const records = world({ seed: 9, species: 60, sharedBins: true });

  it('holds out at least a fifth of the species, with keys or novel, and fills every split', () => {
    const plan = planOpenWorldSplit(records, { ...short, speciesCap: 12 });
    const roles = [...plan.roles.values()];
    expect(roles.filter((role) => role !== 'seen').length / roles.length).toBeGreaterThan(0.2);
    for (const split of [
      'train',
      'val',
      'test',
      'key_unseen',
      'val_unseen',
      'test_unseen',
      'other_heldout',
      'pretrain',
      'surplus',
      'fragments',
    ]) {
      expect([...plan.assignment.values()]).toContain(split);
    }
  });

  it('caps a species by whole barcodes', () => {
    const random = rng(2);
    const root = sequence(random, 160);
    const twins = Array.from({ length: 40 }, (_, i): SplitRecord => {
      const barcode = `${root.slice(0, 80)}${sequence(rng(Math.floor(i / 2)), 8)}${root.slice(88)}`;
      return { processId: `CAP${i}-24`, lineage: { genus: 'Aedes', species: 'Aedes albopictus' }, barcode };
    });
    const surplus = (cap: number): string[] => {
      const plan = planOpenWorldSplit(twins, { ...short, speciesCap: cap });
      return twins
        .filter(({ processId }) => plan.assignment.get(processId) === 'surplus')
        .map(({ barcode }) => barcode ?? '');
    };
    expect(surplus(13)).toHaveLength(28);
    expect(new Set(surplus(13)).size).toBe(14);
    expect(surplus(40)).toHaveLength(0);
  });

  it('sets unnamed records of a held-out BIN aside and takes the others into pretrain', () => {
    const plan = planOpenWorldSplit(records, short);
    const heldOut = [...plan.roles].find(([, role]) => role === 'test_unseen')![0];
    const [model] = records.filter(
      (one) => one.lineage.species === heldOut && plan.assignment.get(one.processId) === 'test_unseen',
    );
    const mutant = [...model!.barcode!]
      .map((letter, i) => (i % 40 === 5 ? 'ACGT'['CGTA'.indexOf(letter)]! : letter))
      .join('');
    const strangers: SplitRecord[] = [
      { processId: 'ZZ1', lineage: {}, bin: model!.bin!, barcode: mutant },
      {
        processId: 'ZZ2',
        lineage: { species: 'Genusa sp. 4' },
        bin: 'BOLD:ZZZ0001',
        barcode: mutant.slice(0, -1) + 'N',
      },
    ];
    const together = planOpenWorldSplit([...records, strangers[0]!], short);
    expect(together.setAside.map(({ processId }) => processId)).toContain('ZZ1');
    expect(planOpenWorldSplit([...records, strangers[1]!], short).assignment.get('ZZ2')).toBe('pretrain');
  });

  it('leaves species for tuning where too few qualify for both', () => {
    const shares = [16, 20, 22, 24, 26].map((minimumUnseen) => {
      const plan = planOpenWorldSplit(records, { ...short, minimumUnseen, speciesCap: Infinity });
      return ['val_unseen', 'test_unseen'].map((role) => [...plan.roles.values()].filter((own) => own === role).length);
    });
    const scarce = shares.filter(([val = 0, test = 0]) => val + test >= 3 && val + test < 10);
    expect(scarce.length).toBeGreaterThan(0);
    for (const [val = 0, test = 0] of scarce) {
      expect(val).toBeGreaterThan(0);
      expect(test).toBeGreaterThanOrEqual(val);
    }
  });

  it('warns when too few species qualify, and refuses shares that leave nothing', () => {
    expect(
      planOpenWorldSplit(records, { ...short, minimumUnseen: 1000, speciesCap: Infinity }).warnings.join(),
    ).toContain('were wanted');
    expect(() =>
      planOpenWorldSplit(records, { speciesShares: { valUnseen: 0.5, testUnseen: 0.5, novel: 0.2 } }),
    ).toThrow(RangeError);
  });
});

const realData = process.env.BIOSCAN_REAL_DATA;
if (realData === undefined) console.warn('open-world split of real barcodes skipped: BIOSCAN_REAL_DATA is not set');

describe.skipIf(realData === undefined || !existsSync(realData))('planOpenWorldSplit on insects', () => {
  it('keeps every rule on 108,656 real records', () => {
    const records = readInsects(realData ?? '');
    expect(records).toHaveLength(108_656);
    const plan = planOpenWorldSplit(records);
    expect(validateSplits(records, plan.assignment, 'open-world')).toEqual([]);
    expect(plan.roles.size).toBeGreaterThan(1000);
    const held = [...plan.roles.values()].filter((role) => role !== 'seen').length;
    expect(held / plan.roles.size).toBeGreaterThan(0.3);
    expect([...plan.assignment.values()].filter((split) => split === 'fragments').length).toBeLessThan(13_000);
  }, 180_000);
});

function readInsects(folder: string): SplitRecord[] {
  const [, ...lines] = gunzipSync(readFileSync(join(folder, 'coi', 'insects.tsv.gz')))
    .toString('utf8')
    .trimEnd()
    .split('\n');
  return lines.map((line) => {
    const fields = line.split('\t');
    const [processId = '', , bin = ''] = fields;
    const [genus = '', species = ''] = fields.slice(8, 10);
    return { processId, bin, barcode: fields[16] ?? '', lineage: { genus, species } };
  });
}

/** A gene of 160 letters on a small tree, ragged ends, some BINs and barcodes shared by two species, some records without a name. */
function world({ seed, species, sharedBins }: { seed: number; species: number; sharedBins: boolean }): SplitRecord[] {
  const random = rng(seed);
  const root = sequence(random, 160);
  const genera = Array.from({ length: 1 + Math.floor(species / 6) }, () => mutate(root, 12));
  const records: SplitRecord[] = [];
  let previous = mutate(root, 1);
  for (let s = 0; s < species; s++) {
    const g = s % genera.length;
    const genus = `Genus${String.fromCharCode(97 + g)}`;
    const ancestor = mutate(genera[g]!, 8);
    const haplotypes = Array.from({ length: 1 + random.integer(8) }, () => mutate(ancestor, 2));
    if (sharedBins && s % 5 === 0) haplotypes[0] = previous;
    previous = haplotypes[0]!;
    const bin = `BOLD:AAA${1000 + (sharedBins && s % 7 === 0 ? s - 1 : s)}`;
    for (let i = random.integer(30); i >= 0; i--) {
      const lineage =
        random.uniform() < 0.05
          ? { genus }
          : {
              genus,
              species: `${genus} epithet${'abcdefghij'.charAt(s % 10)}${'abcdefghij'.charAt(Math.floor(s / 10))}`,
            };
      const whole = haplotypes[random.integer(haplotypes.length)]!;
      const barcode = random.uniform() < 0.4 ? whole.slice(random.integer(30), 160 - random.integer(40)) : whole;
      records.push({ processId: `WORLD${records.length}-24`, lineage, bin, barcode });
    }
  }
  return records;

  function mutate(parent: string, changes: number): string {
    const letters = [...parent];
    for (let i = 0; i < changes; i++) letters[random.integer(letters.length)] = 'ACGT'[random.integer(4)]!;
    return letters.join('');
  }
}

function speciesIn(plan: OpenWorldPlan, records: readonly SplitRecord[], split: string): Set<string> {
  const rows = records.filter(({ processId }) => plan.assignment.get(processId) === split);
  return new Set(rows.flatMap(({ lineage }) => lineage.species ?? []));
}
