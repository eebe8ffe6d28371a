import { readFileSync } from 'node:fs';
import { barcodeHash, rng, type EncoderProvenance } from '@bioscan/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkLeakage, type AuditRecord, type LeakageAudit } from '@bioscan/qc';
import { barcodeTable } from '../src/leakage/audit-record.js';
import { linkContained } from '../src/leakage/contained-barcodes.js';
import { Links } from '../src/leakage/links.js';
import { guaranteedRun, linkNear } from '../src/leakage/near-barcodes.js';

interface NearPairs {
  readonly minimumOverlap: number;
  readonly nearShare: number;
  readonly sequences: readonly string[];
  readonly near: readonly (readonly [number, number])[];
  readonly contained: readonly (readonly [number, number])[];
}
const golden = JSON.parse(
  readFileSync(new URL('../../../fixtures/qc/near-pairs.json', import.meta.url), 'utf8'),
) as NearPairs;

describe('the classes of an audit against brute force', () => {
  it('finds exactly the contained and near pairs of the oracle', () => {
    const { sequences } = golden;
    const expected = { contained: new Set<string>(), near: new Set<string>() };
    for (const [i, j] of golden.contained) expected.contained.add(pair(i, j));
    for (const [i, j] of golden.near) if (!expected.contained.has(pair(i, j))) expected.near.add(pair(i, j));
    // Each barcode a split of its own, 31 at a time: then links are pairs.
    const found = { contained: new Set<string>(), near: new Set<string>() };
    let compared = 0;
    for (let a = 0; a < sequences.length; a += 15) {
      for (let b = a; b < sequences.length; b += 15) {
        const members = [...new Set([...range(a, a + 15, sequences.length), ...range(b, b + 15, sequences.length)])];
        for (const [leak, i, j] of pairsAmong(members)) found[leak].add(pair(i, j));
        compared += (members.length * (members.length - 1)) / 2;
      }
    }
    expect(compared).toBeGreaterThan((sequences.length * (sequences.length - 1)) / 2);
    expect(expected.near.size).toBeGreaterThan(120);
    expect(expected.contained.size).toBeGreaterThan(8);
    expect([...found.contained].sort()).toEqual([...expected.contained].sort());
    expect([...found.near].sort()).toEqual([...expected.near].sort());
  });

  it('finds every contained barcode that String.includes finds', () => {
    const whole = sequence(3, 150);
    const cuts = fc.array(fc.tuple(fc.nat(110), fc.integer({ min: 32, max: 150 })), { minLength: 2, maxLength: 31 });
    let found = 0;
    fc.assert(
      fc.property(cuts, (made) => {
        const texts = [...new Set(made.map(([start, length]) => whole.slice(start, start + length)))].filter(
          ({ length }) => length >= 32,
        );
        const table = barcodeTable(
          texts.map((barcode, i) => ({ processId: `P${i}`, lineage: {}, barcode })),
          new Map(texts.map((_, i) => [`P${i}`, `split ${i}`])),
          new Set(),
        );
        const links = new Links(table, 1);
        linkContained(table, links);
        const expected = texts.flatMap((a, i) =>
          texts.flatMap((b, j) => (i < j && (a.includes(b) || b.includes(a)) ? [pair(i, j)] : [])),
        );
        const pairs = links
          .examples()
          .map(({ record, other }) => pair(Number(record.slice(1)), Number(other.slice(1))));
        expect([...new Set(pairs)].sort()).toEqual(expected.sort());
        found += expected.length;
      }),
    );
    expect(found).toBeGreaterThan(200);
  });

  it('knows how long an untouched stretch must be', () => {
    // 6 edits leave one of 7 segments untouched; the tightest case of 1 % is 3 edits in 300.
    expect(guaranteedRun({ minimumOverlap: 600, share: 0.01 }, 658)).toBe(85);
    expect(guaranteedRun({ minimumOverlap: 300, share: 0.01 }, 1555)).toBe(75);
  });

  function pairsAmong(members: readonly number[]): ['contained' | 'near', number, number][] {
    const records = members.map((i): AuditRecord => ({
      processId: `P${i}`,
      lineage: {},
      barcode: golden.sequences[i]!,
    }));
    const assignment = new Map(members.map((i) => [`P${i}`, `split ${i}`]));
    const table = barcodeTable(records, assignment, new Set());
    const links = new Links(table, 1);
    linkContained(table, links);
    linkNear(table, links, { minimumOverlap: golden.minimumOverlap, share: golden.nearShare });
    return links.examples().flatMap(({ leak, record, other }) => {
      const [i, j] = [Number(record.slice(1)), Number(other.slice(1))];
      return leak === 'equal' ? [] : [[leak, i, j] as ['contained' | 'near', number, number]];
    });
  }
});

const text = sequence(7, 400);
const cases: AuditRecord[] = [
  specimen('A1', text),
  specimen('B1', `nn${text.toLowerCase()}N`),
  specimen('B2', text.slice(40, 390)),
  specimen('B3', change(text, [100, 200])),
  specimen('B4', change(text, [100, 200, 300, 350, 380])),
  specimen(
    'B5',
    `${text.slice(0, 200)}NNR${text.slice(203)}`.replace('R', text[202] === 'A' || text[202] === 'G' ? 'R' : 'Y'),
  ),
  specimen('B6', `${text.slice(0, 150)}GATTACA${text.slice(150)}`),
  specimen('B7', `${text.slice(0, 150)}${text.slice(152)}TTTT`),
  specimen('B8', text.slice(0, 299) + sequence(8, 200)),
];

describe('checkLeakage', () => {
  it('counts each barcode once in its worst class, in both directions, and ignores reserves', () => {
    const assignment = new Map(cases.map(({ processId }) => [processId, processId.startsWith('A') ? 'train' : 'test']));
    const audit = checkLeakage(cases, assignment);
    expect(leaks(audit, 'test', 'train')).toEqual({ equal: 1, contained: 1, near: 3 });
    expect(leaks(audit, 'train', 'test')).toEqual({ equal: 1, contained: 0, near: 0 });
    const reserve = new Map(
      cases.map(({ processId }) => [processId, processId.startsWith('A') ? 'fragments' : 'test']),
    );
    expect(checkLeakage(cases, reserve).counts).toEqual([]);
    expect(checkLeakage(cases, reserve, { ignore: [] }).findings.map(({ check }) => check)).toEqual([
      'leak-equal',
      'leak-contained',
      'leak-near',
    ]);
  });

  it('says what each case is', () => {
    for (const [id, leak] of [
      ['B1', 'equal'],
      ['B2', 'contained'],
      ['B3', 'near'],
      ['B4', undefined],
      ['B5', 'near'],
      ['B6', undefined],
      ['B7', 'near'],
      ['B8', undefined],
    ]) {
      const two = cases.filter(({ processId }) => processId === 'A1' || processId === id);
      const audit = checkLeakage(two, new Map([['A1', 'train'], [id!, 'test']])); // prettier-ignore
      expect([id, audit.findings[0]?.check]).toEqual([id, leak === undefined ? undefined : `leak-${leak}`]);
      if (leak !== undefined)
        expect(audit.examples).toContainEqual({ leak, split: 'test', against: 'train', record: id, other: 'A1' });
    }
  });

  it('does not depend on the order of the rows', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const splits = ['train', 'test', 'pretrain'];
        const assignment = new Map(cases.map(({ processId }, i) => [processId, splits[(i + seed) % 3]!]));
        const audit = checkLeakage(cases, assignment);
        expect(checkLeakage(rng(seed).shuffle([...cases]), assignment)).toEqual(audit);
        expect(JSON.parse(JSON.stringify(audit))).toEqual(audit);
      }),
      { numRuns: 20 },
    );
  });

  it('finds pretrain records in BINs of held-out species, and says what has no BIN', () => {
    const records: AuditRecord[] = [
      { ...specimen('P1', sequence(1, 400)), bin: 'BOLD:AAA0001' },
      { ...specimen('P2', sequence(2, 400)), bin: 'BOLD:AAA0002' },
      specimen('P3', sequence(3, 400)),
      { ...specimen('U1', sequence(4, 400)), bin: 'BOLD:AAA0001' },
    ];
    const audit = checkLeakage(records, new Map([['P1', 'pretrain'], ['P2', 'pretrain'], ['P3', 'pretrain'], ['U1', 'test_unseen']])); // prettier-ignore
    expect(audit.heldOutBins).toEqual({
      bins: 1,
      sharedBins: 1,
      pretrainRecords: 3,
      pretrainWithBin: 2,
      records: ['P1'],
    });
    expect(audit.findings.map(({ check }) => check)).toEqual(['leak-held-out-bin']);
    expect(audit.warnings.join()).toContain('1 pretrain records have no BIN');
  });

  it('compares encoder corpora with the queries and warns of unknown ones', () => {
    const records = [specimen('T1', sequence(1, 400)), specimen('K1', sequence(2, 400))];
    const assignment = new Map([['T1', 'test'], ['K1', 'train']]); // prettier-ignore
    const encoders = [
      encoder('saw', { kind: 'barcode-hashes', members: records.map(({ barcode }) => barcodeHash(barcode ?? '')) }),
      encoder('saw by id', { kind: 'process-ids', members: ['T1'] }),
      encoder('clean', { kind: 'barcode-hashes', members: [barcodeHash(records[1]!.barcode!)] }),
      encoder('untrained', { kind: 'barcode-hashes', members: [] }),
      encoder('unknown'),
    ];
    const audit = checkLeakage(records, assignment, { encoders });
    expect(audit.findings.map(({ check, evidence }) => [check, evidence.encoder])).toEqual([
      ['encoder-saw-queries', 'saw'],
      ['encoder-saw-queries', 'saw by id'],
      ['encoder-corpus-unknown', 'unknown'],
    ]);
    expect(audit.warnings.join()).toContain('unknown does not say');
  });

  it('warns of what it cannot see, and refuses rules that it cannot keep', () => {
    const dense = `${text.slice(0, 100)}NNNN${text.slice(104)}`;
    const audit = checkLeakage([specimen('D1', dense), specimen('D2', 'ACGT')], new Map([['D1', 'train'], ['D2', 'test']])); // prettier-ignore
    expect(audit.warnings).toHaveLength(2);
    expect(() => checkLeakage(cases, new Map(), { minimumOverlap: 5 })).toThrow(RangeError);
  });
});

function leaks(audit: LeakageAudit, split: string, against: string): Record<string, number> {
  const counts = audit.counts.filter((count) => count.split === split && count.against === against);
  return Object.fromEntries(counts.map(({ leak, records }) => [leak, records]));
}

function encoder(id: string, corpus?: EncoderProvenance['corpus']): EncoderProvenance {
  return { id, modality: 'dna', dimension: 1, settings: {}, ...(corpus === undefined ? {} : { corpus }) };
}

function specimen(processId: string, barcode: string): AuditRecord {
  return { processId, barcode, lineage: { species: 'Aedes aegypti' } };
}

function change(sequenceText: string, positions: readonly number[]): string {
  return [...sequenceText]
    .map((letter, i) => (positions.includes(i) ? 'CGTA'['ACGT'.indexOf(letter)]! : letter))
    .join('');
}

function sequence(seed: number, length: number): string {
  const random = rng(seed);
  return Array.from({ length }, () => 'ACGT'[random.integer(4)]).join('');
}

function pair(i: number, j: number): string {
  return `${Math.min(i, j)}-${Math.max(i, j)}`;
}

function range(from: number, to: number, limit: number): number[] {
  return Array.from({ length: Math.max(0, Math.min(to, limit) - from) }, (_, i) => from + i);
}
