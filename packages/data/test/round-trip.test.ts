import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  bioscan1m,
  bioscan5m,
  bold,
  canadianInvertebrates,
  readFasta,
  readSpecimenTable,
  rejectLog,
  writeFasta,
  writeSpecimens,
  type SpecimenRow,
  type TableSchema,
} from '../src/index.js';
import { assembleSpecimen, placeInSpecimen } from '../src/table/specimen-field.js';
import { slotOf } from '../src/table/table-schema.js';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bioscan-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Any text that the schema can hold in one field. */
function textFor(schema: TableSchema): fc.Arbitrary<string> {
  const unit = fc.constantFrom(
    ...'aZ9 é🐝.-_?"\'',
    ...(schema.quotes === 'rfc4180' ? [',', '\n', '\r\n', '\t', ';'] : [',']),
  );
  return fc.string({ unit, minLength: 1, maxLength: 8 });
}

const optional = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined });
const degrees = (limit: number): fc.Arbitrary<number> =>
  fc.double({ min: -limit, max: limit, noNaN: true }).map((value) => value + 0);

/** Specimens that use every column of a schema, each now and then. */
function specimensFor(schema: TableSchema): fc.Arbitrary<SpecimenRow[]> {
  const columns = schema.columns.filter((column) => column.field !== 'coordinates');
  const slots = columns.map(slotOf);
  const values = columns.map((column): fc.Arbitrary<string | number | undefined> => {
    if (column.field === 'processId') return textFor(schema);
    if (column.field === 'latitude' || column.field === 'longitude') return fc.constant(undefined);
    if (column.name === 'index_bioscan_1M_insect') return optional(fc.nat());
    if (column.parser?.type === 'number')
      return optional(fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }).map((value) => value + 0));
    return optional(textFor(schema));
  });
  const pair = slots.includes('latitude') ? optional(fc.tuple(degrees(90), degrees(180))) : fc.constant(undefined);
  const one = fc.tuple(fc.tuple(...values), pair).map(([row, coordinates]) =>
    assembleSpecimen(slots.map(placeInSpecimen), (slot) => {
      if (slots[slot] === 'latitude') return coordinates?.[0];
      return slots[slot] === 'longitude' ? coordinates?.[1] : row[slot];
    }),
  );
  return fc.uniqueArray(one, { selector: (specimen) => specimen.processId, minLength: 1, maxLength: 6 });
}

describe('writeSpecimens', () => {
  it.each([bioscan5m, bioscan1m, canadianInvertebrates, bold].map((schema) => [schema.name, schema] as const))(
    'writes what readSpecimens reads back, for any specimens of schema %s',
    async (name, schema) => {
      let fields = 0;
      await fc.assert(
        fc.asyncProperty(specimensFor(schema), fc.boolean(), fc.boolean(), async (specimens, zip, oneShot) => {
          const path = join(folder, `${name}.txt${zip ? '.gz' : ''}`);
          const summary = await writeSpecimens(path, oneShot ? specimens.values() : specimens, schema);
          expect(summary).toMatchObject({ rows: specimens.length, lost: {} });
          const table = await readSpecimenTable(path, { schema });
          expect(table.rejects.rows).toEqual([]);
          expect([...table]).toEqual(specimens);
          expect((await readFile(path)).subarray(0, 2).toString('hex') === '1f8b').toBe(zip);
          fields += specimens.flatMap((specimen) => Object.keys(specimen)).length;
        }),
        { numRuns: 60 },
      );
      expect(fields).toBeGreaterThan(300);
    },
  );

  it('writes a split column where there is one, the published columns, and says what has none', async () => {
    const specimens: SpecimenRow[] = [
      { processId: 'A1-20', lineage: { species: 'x', subfamily: 'y' }, split: 'train', place: { country: 'Peru' } },
      { processId: 'A2-20', lineage: {}, other: { mood: 'good' } },
    ];
    const path = join(folder, 'split.tsv');
    await writeSpecimens(path, specimens, bold);
    expect((await readFile(path, 'utf8')).split('\n')[0]).toBe(
      'processid\tsampleid\tdna_bin\tphylum\tclass\torder\tfamily\tsubfamily\tgenus\tspecies\tcountry\tprovince\tlat\tlon\tmarker\tgenbank_accession\tnucleotides\tsource\tsplit',
    );
    const summary = await writeSpecimens(path, specimens, canadianInvertebrates);
    expect(summary).toMatchObject({ rows: 2, lost: { subfamily: 1, country: 1, mood: 1 } });
    const few = await writeSpecimens(path, specimens, bold, { columns: ['split', 'genus'] });
    expect(few.columns).toEqual(['processid', 'split', 'genus']);
    expect(await readFile(path, 'utf8')).toBe('processid\tsplit\tgenus\nA1-20\ttrain\t\nA2-20\t\t\n');
    await expect(writeSpecimens(path, specimens, bold, { columns: ['splits'] })).rejects.toThrow(
      "the nearest is 'split'",
    );
  });

  it('writes a table that it has read', async () => {
    const first = await readSpecimenTable(Buffer.from('processid\tspecies\tnuc\nA1-20\tx\tACGT\n'));
    const path = join(folder, 'again.csv');
    await writeSpecimens(path, first, bioscan5m);
    expect([...(await readSpecimenTable(path))]).toEqual([...first]);
  });

  it('refuses what the schema cannot hold, and leaves the old file as it was', async () => {
    const path = join(folder, 'kept.tsv');
    await writeSpecimens(path, [{ processId: 'A1-20', lineage: {} }], bold);
    const before = await readFile(path);
    const bad: readonly (readonly [SpecimenRow, TableSchema])[] = [
      [{ processId: 'A2-20', lineage: { species: 'a\tb' } }, bold],
      [{ processId: 'A2-20', lineage: { species: 'a\nb' } }, bold],
      [{ processId: 'A2-20', lineage: { species: '' } }, bold],
      [{ processId: '', lineage: {} }, bold],
      [{ processId: 'A2-20', lineage: { species: 'not_classified' } }, bioscan1m],
      [{ processId: 'A2-20', lineage: {}, place: { latitude: Number.NaN, longitude: 1 } }, bold],
      [
        { processId: 'A2-20', lineage: {}, curation: { note: `"${'x'.repeat(70_000)}` } },
        { ...bold, quotes: 'rfc4180' },
      ],
    ];
    for (const [specimen, schema] of bad) {
      await expect(writeSpecimens(path, [specimen], schema)).rejects.toMatchObject({ code: 'bad-input' });
    }
    await expect(writeSpecimens(path, failing(), bold)).rejects.toThrow('no more');
    await expect(writeSpecimens(`${path}.gz`, failing(), bold)).rejects.toThrow('no more');
    await expect(writeSpecimens(join(folder, 'no/such/x.tsv'), [], bold)).rejects.toMatchObject({ code: 'not-found' });
    expect(await readFile(path)).toEqual(before);
    expect((await readdir(folder)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });
});

async function* failing(): AsyncGenerator<SpecimenRow> {
  yield await Promise.resolve({ processId: 'A1-20', lineage: {} });
  throw new Error('no more');
}

describe('writeFasta', () => {
  it('writes what readFasta reads back', async () => {
    const word = fc.string({ unit: fc.constantFrom(...'abc9 é"\t'), maxLength: 6 }).map((text) => text.trim());
    const record = fc.record({
      id: word.filter((text) => text !== ''),
      species: word,
      barcode: fc.string({ unit: fc.constantFrom(...'ACGTN-acgt'), minLength: 1, maxLength: 300 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(record, { selector: ({ id }) => id, minLength: 1, maxLength: 5 }),
        fc.constantFrom(0, 1, 60, 80),
        async (records, lineLength) => {
          const specimens = records.map(({ id, species, barcode }) => ({
            processId: id,
            lineage: species === '' ? {} : { species },
            barcode,
          }));
          const path = join(folder, 'x.fasta');
          const header = 'processid|species';
          await writeFasta(path, specimens, { header, lineLength });
          const read: SpecimenRow[] = [];
          for await (const specimen of readFasta(path, { header })) read.push(specimen);
          expect(read).toEqual(specimens);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('leaves out and counts specimens without a barcode, and refuses clashes', async () => {
    const path = join(folder, 'y.fasta');
    const apis = { processId: 'A1-20', lineage: { genus: 'Apis' }, barcode: 'ACGTACGT' };
    expect(
      await writeFasta(path, [apis, { processId: 'A2-20', lineage: {} }], {
        header: 'bin;genus;processid',
        lineLength: 5,
      }),
    ).toEqual({
      records: 1,
      withoutBarcode: 1,
    });
    expect(await readFile(path, 'utf8')).toBe('>;Apis;A1-20\nACGTA\nCGT\n');
    for (const bad of [
      { ...apis, processId: 'A|1' },
      { ...apis, barcode: 'AC GT' },
      { ...apis, lineage: { genus: 'A\nB' } },
    ]) {
      await expect(writeFasta(path, [bad], { header: 'processid|genus' })).rejects.toMatchObject({ code: 'bad-input' });
    }
    await expect(writeFasta(path, [apis], { header: 'genus|species' })).rejects.toThrow('has no processid');
  });
});

describe('readFasta', () => {
  const read = async (
    text: string | Buffer,
    header?: string,
  ): Promise<{ specimens: SpecimenRow[]; rejects: ReturnType<typeof rejectLog> }> => {
    const rejects = rejectLog();
    const specimens: SpecimenRow[] = [];
    const options = header === undefined ? { rejects } : { rejects, header };
    for await (const specimen of readFasta(Buffer.from(text as string), options)) specimens.push(specimen);
    return { specimens, rejects };
  };

  it('takes the first word as process id by default', async () => {
    const { specimens } = await read('>ABC1-20 Apis mellifera | COI\nACGT\n>ABC2-20\nAC\nGT');
    expect(specimens).toEqual([
      { processId: 'ABC1-20', lineage: {}, barcode: 'ACGT' },
      { processId: 'ABC2-20', lineage: {}, barcode: 'ACGT' },
    ]);
  });

  it('cuts headers as it is told, skips fields and keeps unknown ones', async () => {
    const { specimens } = await read(
      '>ABC1-20|Apis mellifera|x|COI-5P|KM1|blue\nACGT\n',
      'processid|species|_|marker|accession|colour',
    );
    expect(specimens).toEqual([
      {
        processId: 'ABC1-20',
        lineage: { species: 'Apis mellifera' },
        barcode: 'ACGT',
        curation: { marker: 'COI-5P', accession: 'KM1' },
        other: { colour: 'blue' },
      },
    ]);
  });

  it('sets aside records without sequence, without id, with too many fields, twice', async () => {
    const { specimens, rejects } = await read(
      '>A1-20|x\nACGT\n>A2-20|y\n\n>\nACGT\n>A3-20|z|too|many\nAC\n>A1-20|x\nGG\n>A4-20\nTT\n',
      'processid|genus',
    );
    expect(specimens.map((specimen) => specimen.processId)).toEqual(['A1-20', 'A4-20']);
    expect(rejects).toMatchObject({
      count: 4,
      byReason: { 'empty-record': 1, 'no-process-id': 1, ragged: 1, duplicate: 1 },
    });
    expect(rejects.rows.map(({ row, line }) => [row, line])).toEqual([
      [2, 3],
      [3, 5],
      [4, 7],
      [5, 9],
    ]);
  });

  it('sets aside records over 1 MiB, in one line or many, and reads on', async () => {
    const lines = `${'A'.repeat(1000)}\n`.repeat(1100);
    const { specimens, rejects } = await read(
      `>A1-20\n${lines}>A2-20\n${'C'.repeat(3_000_000)}\n>A3-20\nACGT\n>${'x'.repeat(2_000_000)}\nA\n>A4-20\nA\n`,
    );
    expect(specimens.map((specimen) => specimen.processId)).toEqual(['A3-20', 'A4-20']);
    expect(rejects.byReason).toEqual({ 'too-long': 3 });
  });

  it('refuses what is not FASTA, and bytes that are not UTF-8 in a record', async () => {
    await expect(read('ACGT\n>A1-20\nA\n')).rejects.toMatchObject({ code: 'bad-file' });
    await expect(read('')).rejects.toMatchObject({ code: 'bad-file' });
    const { specimens, rejects } = await read(Buffer.from('>A1-20\nAC\xe9\n>\xe92-20\nA\n>A3-20\nA\n', 'latin1'));
    expect(specimens.map((specimen) => specimen.processId)).toEqual(['A3-20']);
    expect(rejects.byReason).toEqual({ encoding: 2 });
  });
});
