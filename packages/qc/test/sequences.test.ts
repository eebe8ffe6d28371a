import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rng, type Specimen } from '@bioscan/core';
import { readSpecimenTable } from '@bioscan/data';
import { reverseComplement } from '@bioscan/dna';
import { semiGlobalDistance } from '@bioscan/dna/distance';
import {
  barcodeGaps,
  checkBarcodeGap,
  checkChimeras,
  checkCodonPositions,
  checkConsensus,
  checkContaminants,
  checkDetachedLineages,
  checkLetters,
  checkMarker,
  checkOtus,
  checkReadingFrame,
  checkSharedBarcodes,
  clusterBarcodes,
  haplotypes,
  library,
  namedBarcodes,
  nearestBarcodes,
  nearestPairs,
  otus,
  speciesLineages,
  stopCounts,
  windowDistance,
} from '@bioscan/qc';
import { noErrors, simulate, translateCodon, worlds, type ErrorKind, type Simulation } from '@bioscan/sim';
import { coiProtein, translation } from '../src/library/coi-protein.js';

const size = { specimens: 900, species: 60, seed: 3 } as const;
const clean = simulate({ ...size, world: worlds.complete });
const cleanLibrary = library(clean.specimens);

function planted(kind: ErrorKind, rate: number): Simulation {
  return simulate({ ...size, world: { ...worlds.complete, errors: { ...noErrors, [kind]: rate } } });
}

/** Share of the planted records among the reported ones, and of the reported ones that were planted. */
function score({ errors }: Simulation, reported: Iterable<string>): { recall: number; precision: number } {
  const wrong = new Set(errors.map(({ processId }) => processId));
  const ids = new Set(reported);
  const found = [...wrong].filter((id) => ids.has(id)).length;
  return { recall: found / wrong.size, precision: ids.size === 0 ? 1 : found / ids.size };
}

describe('placing barcodes', () => {
  it('translates by table 5', () => {
    let compared = 0;
    for (const [i, a] of [...'ACGT'].entries()) {
      for (const [j, b] of [...'ACGT'].entries()) {
        for (const [k, c] of [...'ACGT'].entries()) {
          const number = translation[16 * i + 4 * j + k] ?? -1;
          expect('ACDEFGHIKLMNPQRSTVWY*'[number]).toBe(translateCodon(a + b + c));
          compared++;
        }
      }
    }
    expect(compared).toBe(64);
    expect(coiProtein).toHaveLength(219);
  });

  it('finds where a read lies in its haplotype, on either strand, in any case and with gaps', () => {
    const rows = clean.truth.slice(0, 300).map(({ barcode, processId }, i) => ({
      processId,
      lineage: {},
      barcode:
        [
          barcode,
          reverseComplement(barcode),
          barcode.toLowerCase(),
          `--${barcode.slice(0, 90)}-- ${barcode.slice(90)}`,
        ][i % 4] ?? '',
    }));
    const one = library(rows);
    let compared = 0;
    for (const [i, { haplotype, barcode }] of clean.truth.slice(0, 300).entries()) {
      const start = haplotype.search(new RegExp(barcode.replaceAll('N', '.')));
      const h = one.haplotypes.of[i] ?? -1;
      if (barcode.length < 150 || start < 0) continue;
      expect(one.placements.strands[h]).toBe(i % 4 === 1 ? -1 : 1);
      expect(one.placements.starts[h]).toBe(start);
      compared++;
    }
    expect(compared).toBeGreaterThan(250);
  });

  it('measures what alignment measures, on any two reads of the library', () => {
    const { planes } = cleanLibrary.placements;
    const { barcodes } = cleanLibrary.haplotypes;
    const distance = windowDistance(planes);
    let compared = 0;
    fc.assert(
      fc.property(fc.nat(barcodes.length - 1), fc.nat(barcodes.length - 1), (a, b) => {
        const aligned = semiGlobalDistance(barcodes[a] ?? '', barcodes[b] ?? '');
        const d = distance.between(a, b);
        expect(distance.between(b, a)).toBe(d);
        if (!aligned.comparable || aligned.gaps > 0) return;
        // Alignment may cut off differing ends where they cost more than they win.
        if (aligned.endA - aligned.startA === Math.min(barcodes[a]?.length ?? 0, barcodes[b]?.length ?? 0)) {
          expect(Math.abs(d - aligned.pDistance)).toBeLessThan(0.004);
          compared++;
        }
      }),
      { numRuns: 400 },
    );
    expect(compared).toBeGreaterThan(100);
  });
});

describe('nearest conspecific and nearest other', () => {
  it('are those of brute force', () => {
    const { placements } = cleanLibrary;
    const named = namedBarcodes(cleanLibrary);
    const nearest = nearestBarcodes(named, clusterBarcodes(cleanLibrary));
    const distance = windowDistance(placements.planes);
    let others = 0;
    let own = 0;
    named.all.forEach((unit, i) => {
      if ((placements.sites[unit.haplotype] ?? 0) < 600) return;
      let bestOwn = Infinity;
      let bestOther = Infinity;
      for (const other of named.all) {
        const d = other.haplotype === unit.haplotype ? 0 : distance.between(unit.haplotype, other.haplotype);
        if (other.species !== unit.species) bestOther = Math.min(bestOther, Number.isNaN(d) ? Infinity : d);
        else if (other !== unit) bestOwn = Math.min(bestOwn, Number.isNaN(d) ? Infinity : d);
      }
      if (bestOther <= 0.15) {
        // Ragged ends may hide a partner by a site or two.
        expect(Math.abs((nearest.other[i] ?? 0) - bestOther)).toBeLessThan(0.004);
        others++;
      }
      if (bestOwn < Infinity) {
        expect(nearest.own[i]).toBeCloseTo(bestOwn, 6);
        own++;
      }
    });
    expect(others).toBeGreaterThan(100);
    expect(own).toBeGreaterThan(100);
  });
});

describe('pairs for barcode gaps', () => {
  it('hold each haplotype’s nearest of any other name, by brute force, and all within', () => {
    const list = haplotypes(clean.specimens);
    const gaps = barcodeGaps(list, nearestPairs(list)).haplotypes;
    const one = library(list.map(({ barcode }, i) => ({ processId: `${i}`, lineage: {}, barcode })));
    const distance = windowDistance(one.placements.planes);
    const h = (i: number): number => one.haplotypes.of[i] ?? -1;
    let across = 0;
    let strangers = 0;
    list.forEach(({ name }, i) => {
      if ((one.placements.sites[h(i)] ?? 0) < 300) return;
      let near = Infinity;
      let far = -1;
      list.forEach((other, j) => {
        if (i === j || (one.placements.sites[h(j)] ?? 0) < 300) return;
        const d = h(i) === h(j) ? 0 : distance.between(h(i), h(j));
        if (Number.isNaN(d)) return;
        if (other.name === name) far = Math.max(far, d);
        else near = Math.min(near, d);
      });
      const { nearestOther, farthestOwn } = gaps[i] ?? {};
      if (near < Infinity) {
        expect(nearestOther?.distance).toBeCloseTo(near, 6);
        across++;
        if (nearestOther?.haplotype.name.split(' ')[0] !== name.split(' ')[0]) strangers++;
      }
      if (far >= 0) expect(farthestOwn?.distance).toBeCloseTo(far, 6);
    });
    expect(across).toBeGreaterThan(200);
    // Not only within the genus.
    expect(strangers).toBeGreaterThan(0);
    const near = barcodeGaps(list, nearestPairs(list, { exhaustive: 0 })).species.filter((gap) => gap.nearestOther);
    expect(near.length).toBeGreaterThan(10);
    expect(near.every(({ nearestOther }) => (nearestOther?.distance ?? 1) <= 0.15)).toBe(true);
  });
});

describe('checks find what was planted', () => {
  it('nothing is wrong with the reading frame of a clean library', () => {
    expect(checkReadingFrame(cleanLibrary)).toEqual([]);
    expect(checkMarker(cleanLibrary).filter(({ check }) => check === 'reverse-complement')).toEqual([]);
  });

  it('stops: all of them, and nothing else', () => {
    const world = planted('in-frame-stop', 0.05);
    const found = checkReadingFrame(library(world.specimens)).filter(({ check }) => check === 'in-frame-stop');
    const { recall, precision } = score(
      world,
      found.flatMap(({ records }) => records),
    );
    expect(world.errors.length).toBeGreaterThan(30);
    expect([recall, precision]).toEqual([1, 1]);
  });

  it('nuclear copies, by frame shifts and codon positions', () => {
    const world = planted('numt', 0.05);
    const one = library(world.specimens);
    const named = namedBarcodes(one);
    const nearest = nearestBarcodes(named, clusterBarcodes(one));
    const found = [...checkReadingFrame(one), ...checkCodonPositions(one, named, nearest)];
    const { recall, precision } = score(
      world,
      found.flatMap(({ records }) => records),
    );
    expect(recall).toBeGreaterThan(0.8);
    expect(precision).toBeGreaterThan(0.8);
  });

  it('chimeras of different species', () => {
    const world = planted('chimera', 0.05);
    const one = library(world.specimens);
    const found = checkChimeras(one, clusterBarcodes(one));
    const { recall, precision } = score(
      world,
      found.flatMap(({ records }) => records),
    );
    expect(recall).toBeGreaterThan(0.5);
    expect(precision).toBeGreaterThan(0.9);
  });

  it('names of another family: nearer to another species, far from the consensus', () => {
    const world = planted('mislabelled-far', 0.02);
    const one = library(world.specimens);
    const named = namedBarcodes(one);
    const nearest = nearestBarcodes(named, clusterBarcodes(one));
    const gap = [...checkBarcodeGap(one, named, nearest), ...checkSharedBarcodes(one)];
    const { recall, precision } = score(
      world,
      gap.flatMap(({ records }) => records),
    );
    expect(recall).toBeGreaterThan(0.75);
    expect(precision).toBeGreaterThan(0.6);
    const far = score(
      world,
      checkConsensus(one, named).flatMap(({ records }) => records),
    );
    expect(far.recall).toBeGreaterThan(0.6);
  });

  it('cryptic species: a discovery, not an error', () => {
    const world = planted('cryptic-species', 0.1);
    const one = library(world.specimens);
    const named = namedBarcodes(one);
    const clusters = clusterBarcodes(one);
    const nearest = nearestBarcodes(named, clusters);
    const found = checkDetachedLineages(one, speciesLineages(named, clusters), nearest);
    expect(found.every(({ severity }) => severity === 'info')).toBe(true);
    const { recall } = score(
      world,
      found.flatMap(({ records }) => records),
    );
    expect(recall).toBeGreaterThan(0.3);
    const blamed = score(
      world,
      checkBarcodeGap(one, named, nearest).flatMap(({ records }) => records),
    );
    expect(blamed.recall).toBeLessThan(0.1);
  });
});

describe('single records', () => {
  const barcode = clean.truth.find((row) => row.barcode.length === 658)?.barcode ?? '';
  const one = (processId: string, sequence: string): Specimen => ({ processId, lineage: {}, barcode: sequence });
  const random = rng(5);
  const noise = Array.from({ length: 600 }, () => 'ACGT'[random.integer(4)]).join('');

  it('are told apart: the other strand, another gene, a lost letter, a lost codon', () => {
    const shifted = barcode.slice(0, 300) + barcode.slice(301);
    const rows = [
      one('ok', barcode),
      one('back', reverseComplement(barcode)),
      one('noise', noise),
      one('lost', shifted),
      one('codon', barcode.slice(0, 300) + barcode.slice(303)),
    ];
    const all = library(rows);
    const found = [...checkMarker(all), ...checkReadingFrame(all)].map(({ check, records }) => [records[0], check]);
    expect(found).toEqual([
      ['back', 'reverse-complement'],
      ['noise', 'not-coi'],
      ['lost', 'frame-shift'],
    ]);
  });

  it('stops inside the region are errors, past it or in a tail notes; over-long ones are counted apart', () => {
    const inside = `${barcode.slice(0, 298)}TAA${barcode.slice(301)}`;
    // 658 letters from the third position of a codon end with a whole codon, so a tail is in frame.
    const rows = [
      one('inside', inside),
      one('again', inside),
      one('past', `${barcode}TAA${'GCA'.repeat(30)}`),
      one('tail', `TAATGTTAACTAAC${barcode}`),
      one('lost', barcode.slice(0, 300) + barcode.slice(301)),
      one('ok', barcode),
    ];
    const all = library(rows);
    const found = checkReadingFrame(all).map(({ check, severity, records }) => [check, severity, records]);
    expect(found).toEqual([
      ['in-frame-stop', 'error', ['inside', 'again']],
      ['stop-outside-region', 'info', ['past']],
      ['stop-outside-region', 'info', ['tail']],
      ['frame-shift', 'error', ['lost']],
    ]);
    const { whole, overLong, window } = stopCounts(all);
    expect(window).toBe(2);
    expect(overLong).toBe(1);
    expect(whole).toBeGreaterThanOrEqual(4);
  });

  it('are measured: short, long, ambiguous', () => {
    const rows = [
      one('short', barcode.slice(0, 400)),
      one('long', barcode + noise),
      one('blurred', `${barcode.slice(0, 300)}${'N'.repeat(20)}${barcode.slice(320)}`),
      one('ok', `NNN${barcode}NNN`),
    ];
    const found = checkLetters(library(rows)).map(({ check, records }) => [records[0], check]);
    expect(found).toEqual([
      ['short', 'short-barcode'],
      ['long', 'over-long-barcode'],
      ['blurred', 'ambiguous-letters'],
    ]);
  });

  it('are held against contaminants that the user names', () => {
    const rows = [one('ok', barcode), one('dirty', noise.slice(20, 560))];
    const [finding, ...more] = checkContaminants(library(rows), [{ name: 'Wolbachia', sequence: noise }]);
    expect(more).toEqual([]);
    expect(finding?.records).toEqual(['dirty']);
    expect(finding?.message).toContain('Wolbachia');
  });

  it('are not taken for COI when they are another gene, and told apart from real ones', () => {
    const letters = (count: number, alphabet: string): string =>
      Array.from({ length: count }, () => alphabet.charAt(random.integer(alphabet.length))).join('');
    // Ribosomal RNA of insects: no frame, three quarters A and T, short repeats. Nuclear genes and bacteria: balanced or rich in G and C.
    const ribosomal = (): string =>
      Array.from({ length: 12 }, () => letters(36, 'AAATTTCG') + letters(4, 'AT').repeat(3)).join('');
    const others: [string, string][] = [
      ...Array.from({ length: 40 }, (_, i): [string, string] => [`rRNA${i}`, ribosomal()]),
      ...Array.from({ length: 40 }, (_, i): [string, string] => [`even${i}`, letters(658, 'ACGT')]),
      ...Array.from({ length: 40 }, (_, i): [string, string] => [`rich${i}`, letters(658, 'ACGGCT')]),
      ...clean.truth
        .slice(0, 40)
        .map((row, i): [string, string] => [`turned${i}`, [...row.barcode].reverse().join('')]),
      ...clean.truth
        .slice(0, 40)
        .map((row, i): [string, string] => [`complement${i}`, [...reverseComplement(row.barcode)].reverse().join('')]),
    ];
    const long = others.filter(([, sequence]) => sequence.length >= 300);
    const real = clean.truth.filter((row) => row.barcode.length >= 300).slice(0, 300);
    const all = library([
      ...long.map(([id, text]) => one(id, text)),
      ...real.map((row) => one(row.processId, row.barcode)),
    ]);
    const found = checkMarker(all).filter(({ check }) => check === 'not-coi');
    const blamed = new Set(found.flatMap(({ records }) => records));
    expect(long.length).toBeGreaterThan(180);
    expect(long.filter(([id]) => blamed.has(id)).length).toBeGreaterThanOrEqual(0.98 * long.length);
    expect(real.filter(({ processId }) => blamed.has(processId))).toEqual([]);
  });

  it('are held against a contaminant on either strand, in any case and as RNA, to the limit of identity', () => {
    const changed = (share: number): string =>
      [...noise].map((base, i) => (i % Math.round(1 / share) === 0 ? (base === 'A' ? 'C' : 'A') : base)).join('');
    const rows = [one('near', changed(0.03)), one('far', changed(0.2)), one('back', reverseComplement(noise))];
    const reference = [{ name: 'host', sequence: noise.toLowerCase().replaceAll('t', 'u') }];
    const found = checkContaminants(library(rows), reference).map(({ records }) => records[0]);
    expect(found).toEqual(['near', 'back']);
  });

  it('survive what tables hold', () => {
    const rows = [
      one('empty', ''),
      one('gaps', '----'),
      one('n', 'NNNN'),
      one('text', 'not a sequence'),
      one('tiny', 'ACG'),
    ];
    const all = library(rows);
    const named = namedBarcodes(all);
    const clusters = clusterBarcodes(all);
    expect(clusters.leaders).toHaveLength(0);
    expect(nearestBarcodes(named, clusters).own).toHaveLength(0);
    expect(checkReadingFrame(all)).toEqual([]);
    expect(checkChimeras(all, clusters)).toEqual([]);
  });

  it('without a BIN are told which one is near', () => {
    const rows = [
      { ...one('a', barcode), bin: 'BOLD:AAA0001' },
      one('b', `${barcode.slice(0, 400)}${barcode[400] === 'A' ? 'G' : 'A'}${barcode.slice(401)}`),
    ];
    const all = library(rows);
    const found = checkOtus(all, otus(all));
    expect(found.map(({ check, records }) => [check, records])).toEqual([['bin-missing', ['b']]]);
  });
});

const realData = process.env.BIOSCAN_REAL_DATA;
if (realData === undefined) console.warn('stops of real barcodes skipped: BIOSCAN_REAL_DATA is not set');

describe.skipIf(realData === undefined || !existsSync(realData))('real barcodes', () => {
  it('mixed has no stop; what does not read as COI in insects are other genes', async () => {
    const coi = join(realData ?? '', 'coi');
    const columns = ['processId', 'barcode', 'species'];
    const mixed = library(await readSpecimenTable(join(coi, 'mixed.tsv'), { columns }));
    expect(mixed.records).toHaveLength(3908);
    expect(checkReadingFrame(mixed).filter(({ check }) => check === 'in-frame-stop')).toEqual([]);
    expect(checkMarker(mixed)).toEqual([]);
    const insects = library(await readSpecimenTable(join(coi, 'insects.tsv.gz'), { columns }));
    // 110 and 59: a plain count of TAA and TAG in three frames, by another program.
    expect(stopCounts(mixed)).toEqual({ whole: 0, overLong: 0, window: 0 });
    expect(stopCounts(insects)).toEqual({ whole: 110, overLong: 59, window: 34 });
    const found = checkReadingFrame(insects);
    const inside = found.filter(({ check }) => check === 'in-frame-stop').flatMap(({ records }) => records);
    expect(inside).toHaveLength(34);
    const outside = found.filter(({ check }) => check === 'stop-outside-region');
    expect(outside.filter(({ evidence }) => evidence['where'] === 'past the region').length).toBeGreaterThan(20);
    expect(
      checkMarker(insects)
        .map(({ check }) => check)
        .sort(),
    ).toEqual([
      ...Array.from({ length: 8 }, () => 'not-coi'),
      ...Array.from({ length: 4 }, () => 'reverse-complement'),
    ]);
  }, 300_000);
});
