import { describe, expect, it } from 'vitest';
import { rng, type Finding, type Specimen } from '@bioscan/core';
import {
  casesAsCsv,
  checkDeeperNames,
  checkSplits,
  checkTiers,
  criteriaAsCsv,
  gradesAsCsv,
  library,
  rankCases,
  reportCategories,
  reportsAsCsv,
  runChecks,
  tierOfCheck,
} from '@bioscan/qc';

const finding = (check: string, records: readonly string[]): Finding => ({
  check,
  severity: 'warning',
  records,
  message: `${check} speaks.`,
  evidence: { score: 0.5 },
  action: `see to ${check}`,
});
const rows = (text: string): string[][] =>
  text
    .trimEnd()
    .split('\r\n')
    .map((line) => line.split(','));

describe('record-level reports', () => {
  const one = library([
    { processId: 'A', sampleId: 'S-A', lineage: {} },
    { processId: 'B', lineage: {} },
    { processId: 'C', lineage: {} },
  ]);
  const found = [
    finding('photo-several-specimens', ['A']),
    finding('nearer-other-species', ['A']),
    finding('far-from-consensus', ['A']),
    finding('short-barcode', ['A', 'B']),
    finding('deeper-name', ['B']),
    finding('in-frame-stop', ['C']),
    finding('first-record-of-country', ['C']),
  ];

  it('have a row for each record and category of the project, and leave idle notes out', () => {
    const [header, ...body] = rows(reportsAsCsv(one, rankCases(one, found)));
    expect(header).toEqual(['processid', 'sampleid', 'category', 'precision', 'comment', 'action']);
    const told = body.map(([processId, sampleId, category, , comment]) => [processId, sampleId, category, comment]);
    expect(told.sort()).toEqual([
      ['A', 'S-A', 'contest label', expect.stringContaining('far-from-consensus speaks.')],
      ['A', 'S-A', 'several insects', 'photo-several-specimens speaks.'],
      ['B', '', 'suggest deeper label', 'deeper-name speaks.'],
      ['C', '', 'other', 'in-frame-stop speaks.'],
    ]);
    for (const [, , category] of body) expect(reportCategories).toContain(category);
  });

  it('bear the names of the issue template', () => {
    expect(reportCategories).toEqual([
      'no insect', 'insect not clearly visible', 'broken insect', 'several insects', 'cropped incorrectly', 'metadata incorrect', 'contest label',
      'suggest deeper label', 'other',
    ]); // prettier-ignore
  });
});

describe('criteria and grades', () => {
  const barcode = 'ACGT'.repeat(150);
  const records: Specimen[] = [
    { processId: 'A', lineage: { species: 'Aus bus' }, bin: 'BOLD:AAA0001', barcode, curation: { identifier: 'Doe, J.', identificationMethod: 'Morphology' } },
    { processId: 'B', lineage: { species: 'Aus cf. bus' }, bin: 'BOLD:AAA0001', barcode: 'ACGT' },
  ]; // prettier-ignore

  it('are answered where the table says anything, with the reason of each no', () => {
    const text = criteriaAsCsv(library(records));
    const [header = [], first = []] = rows(text);
    expect(header).toHaveLength(4 + 16 + 1);
    const cell = (name: string): string | undefined => first[header.indexOf(name)];
    expect([cell('met'), cell('species_id'), cell('named_identifier'), cell('identified_by_morphology')]).toEqual([
      '4', 'yes', 'yes', 'yes',
    ]); // prettier-ignore
    // No record has a place or a photo: not asked, so no "no".
    expect([cell('country'), cell('image'), cell('type_specimen')]).toEqual(['', '', '']);
    expect(text).toContain(
      "species id: 'Aus cf. bus' is no settled name; sequence quality: BOLD:AAA0001, 4 unambiguous",
    );
    expect(text).not.toContain('country:');
    // What a curator wrote is an answer, whatever its words.
    const [header2 = [], said = []] = rows(
      criteriaAsCsv(
        library([
          { processId: 'A', lineage: {}, curation: { voucher: 'no image', identificationMethod: 'not given' } },
        ]),
      ),
    );
    expect(['public_voucher', 'identified_by_morphology', 'image'].map((name) => said[header2.indexOf(name)])).toEqual([
      'no', 'no', '',
    ]); // prettier-ignore
  });

  it('of species come with both presets', () => {
    const ten = Array.from({ length: 10 }, (_, i) => ({
      processId: `G${i}`,
      lineage: { species: 'Aus bus' },
      bin: 'BOLD:AAA0001',
    }));
    expect(gradesAsCsv(library(ten))).toBe(
      'species,grade_bge,grade_original,records,bins,shared_with\r\nAus bus,A,B,10,BOLD:AAA0001,\r\n',
    );
  });
});

describe('deeper names', () => {
  const bin = 'BOLD:AAA0001';
  const named = (processId: string, species: string, more: Partial<Specimen> = {}): Specimen => ({
    processId,
    bin,
    lineage: { family: 'Apidae', genus: species.split(' ')[0] ?? '', species },
    ...more,
  });
  const three = ['A', 'B', 'C'].map((id) => named(id, 'Aus bus'));

  it('suggest themselves where all named records of a BIN agree, and change nothing by themselves', () => {
    const one = library([
      ...three,
      { processId: 'X', bin, lineage: { family: 'Apidae' } },
      { processId: 'Y', bin, lineage: { family: 'Muscidae' } },
      { processId: 'Z', bin, lineage: { family: 'Apidae', genus: 'Aus', species: 'Aus sp. 1' } },
    ]);
    const found = checkDeeperNames(one);
    expect(found).toEqual([]);
    const fitting = library([
      ...three,
      { processId: 'X', bin, lineage: { family: 'Apidae' } },
      named('Z', 'Aus sp. 1'),
    ]);
    const [first, ...more] = checkDeeperNames(fitting);
    expect(more).toEqual([]);
    expect(first?.records).toEqual(['X']);
    const [top] = rankCases(fitting, [first as Finding]);
    expect([top?.kind, top?.category, top?.changes]).toEqual([
      'note',
      'suggest deeper label',
      [{ field: 'species', to: 'Aus bus' }],
    ]);
  });

  it('stop at the rank that is agreed on, and do not count names from the barcode', () => {
    const mixed = library([...three, named('D', 'Aus cus'), { processId: 'X', bin, lineage: {} }]);
    expect(checkDeeperNames(mixed).map(({ evidence }) => [evidence['rank'], evidence['suggestion']])).toEqual([
      ['genus', 'Aus'],
    ]);
    const read = ['A', 'B', 'C'].map((id) =>
      named(id, 'Aus bus', { curation: { identificationMethod: 'BIN Taxonomy Match' } }),
    );
    expect(checkDeeperNames(library([...read, { processId: 'X', bin, lineage: {} }]))).toEqual([]);
  });
});

describe('splits', () => {
  const random = rng(4);
  const letters = (count: number): string => Array.from({ length: count }, () => 'ACGT'[random.integer(4)]).join('');
  const [a, b, c, d] = [letters(600), letters(600), letters(600), letters(600)];
  const changed = `${c.slice(0, 300)}${c[300] === 'A' ? 'C' : 'A'}${c.slice(301)}`;
  const table: Specimen[] = [
    ['A1', 'train', a], ['A2', 'test', a.toLowerCase()], ['B1', 'train', b], ['B2', 'test', b.slice(40, 500)], ['C1', 'train', c], ['C2', 'test', changed],
    ['D1', 'train', d], ['D2', 'test', letters(600)],
  ].map(([processId = '', split = '', barcode = '']) => ({ processId, split, barcode, lineage: {} })); // prettier-ignore

  it('of the table are searched for equal, contained and near barcodes, as notes of the second tier', async () => {
    const one = library(table);
    const found = checkSplits(one);
    expect(found.map(({ check, records }) => [check, records])).toEqual([
      ['leak-equal', ['A2']],
      ['leak-contained', ['B2']],
      ['leak-near', ['C2']],
    ]);
    const { findings } = await runChecks(one);
    expect(findings.filter(({ check }) => check.startsWith('leak-'))).toEqual(found);
    expect(found.every(({ check }) => tierOfCheck(check) === 'sequences')).toBe(true);
    expect(rankCases(one, found).every(({ kind }) => kind === 'note')).toBe(true);
    expect(checkSplits(library(table.map(({ split: _, ...record }) => record)))).toEqual([]);
  });
});

it('every check has its tier', () => {
  const tiers = [
    'bin-several-names',
    'in-frame-stop',
    'label-against-neighbourhood',
    'photo-against-barcode',
    'photo-empty',
  ] as const;
  expect(tiers.map(tierOfCheck)).toEqual(checkTiers);
  // @ts-expect-error a check without a tier
  expect(tierOfCheck('new-check')).toBeUndefined();
  expect(casesAsCsv(library([]), [])).toMatch(/^processid,/);
});
