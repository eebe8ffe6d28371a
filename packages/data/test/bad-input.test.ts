import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import {
  bold,
  readSpecimens,
  readSpecimenTable,
  rejectLog,
  writeRejects,
  type ReadOptions,
  type SpecimenTable,
} from '../src/index.js';

const header = 'processid\tsampleid\tspecies\tcountry\tprovince\tlat\tlon\tnucleotides';
const good = 'ABC1-20\tS1\tApis mellifera\tCanada\tOntario\t43.5\t-80.2\tACGT';
const last = 'ABC9-20\tS9\tApis cerana\tJapan\t\t\t\tTTTT';

/** A table with one row in question between two good ones. */
function withRow(row: string, options: ReadOptions = {}, encoding: BufferEncoding = 'utf8'): Promise<SpecimenTable> {
  return readSpecimenTable(Buffer.from(`${header}\n${good}\n${row}\n${last}\n`, encoding), options);
}

describe('a bad row is set aside, once, and the rest is read', () => {
  const cases: readonly (readonly [what: string, row: string, reason: string])[] = [
    ['too few fields', 'ABC2-20\tS2', 'ragged'],
    ['too many fields', `ABC2-20${'\tx'.repeat(8)}`, 'ragged'],
    ['no process id', `${'\t'.repeat(7)}ACGT`, 'no-process-id'],
    ['a process id that occurred before', 'ABC1-20\tother\t\t\t\t\t\tCCCC', 'duplicate'],
  ];
  it.each(cases)('%s', async (_, row, reason) => {
    const table = await withRow(row);
    expect([...table].map((specimen) => specimen.processId)).toEqual(['ABC1-20', 'ABC9-20']);
    expect(table.rejects).toMatchObject({ count: 1, fieldCount: 0, byReason: { [reason]: 1 } });
    expect(table.rejects.rows).toMatchObject([{ file: '<bytes>', row: 2, line: 3, reason, lost: 'row', text: row }]);
    expect(table.specimen(0).sampleId).toBe('S1');
  });

  it('bytes that are not UTF-8 in a name: the row; Latin-1 when asked', async () => {
    const row = 'ABC2-20\tS2\tAp\xefs\tCanada\t\t\t\tACGT';
    const table = await withRow(row, {}, 'latin1');
    expect(table.rejects).toMatchObject({ count: 1, byReason: { encoding: 1 }, rows: [{ row: 2, column: 'species' }] });
    expect(table.length).toBe(2);
    const latin = await withRow(row, { encoding: 'latin1' }, 'latin1');
    expect(latin.rejects.count).toBe(0);
    expect(latin.specimen(1).lineage.species).toBe('Apïs');
  });
});

describe('a bad field is dropped, once, and the barcode is kept', () => {
  const cases: readonly (readonly [what: string, lat: string, lon: string, reason: string, column: string])[] = [
    ['a latitude that is no number', 'north', '5', 'not-a-number', 'lat'],
    ['a decimal comma', '43,5', '5', 'not-a-number', 'lat'],
    ['NaN', '1', 'NaN', 'not-a-number', 'lon'],
    ['two that are no numbers', 'x', 'y', 'not-a-number', 'lat'],
    ['a latitude out of range', '90.5', '5', 'out-of-range', 'lat'],
    ['a longitude out of range', '4', '-180.01', 'out-of-range', 'lon'],
    ['an overflow', '1e999', '4', 'out-of-range', 'lat'],
    ['half a pair', '4', '', 'half-pair', 'lon'],
    ['the other half', '', '4', 'half-pair', 'lat'],
    ['one bad and one empty', 'x', '', 'not-a-number', 'lat'],
  ];
  it.each(cases)('%s', async (_, lat, lon, reason, column) => {
    const table = await withRow(`ABC2-20\tS2\tApis dorsata\tCanada\t\t${lat}\t${lon}\tACGTAC`);
    expect(table.rejects).toMatchObject({ count: 0, fieldCount: 1, byReason: { [reason]: 1 } });
    expect(table.rejects.rows).toMatchObject([{ row: 2, line: 3, column, reason, lost: 'field' }]);
    expect(table.specimen(1)).toEqual({
      processId: 'ABC2-20',
      sampleId: 'S2',
      lineage: { species: 'Apis dorsata' },
      place: { country: 'Canada' },
      barcode: 'ACGTAC',
    });
    expect(table.specimen(0).place?.latitude).toBe(43.5);
  });

  it('bytes that are not UTF-8 in a place', async () => {
    const table = await withRow('ABC2-20\tS2\t\tCanada\tQu\xe9bec\t45\t-70\tACGT', {}, 'latin1');
    expect(table.rejects).toMatchObject({ count: 0, fieldCount: 1, rows: [{ row: 2, column: 'province' }] });
    expect(table.specimen(1).place).toEqual({ country: 'Canada', latitude: 45, longitude: -70 });
  });

  it('does not look at columns that were not asked for', async () => {
    const table = await withRow('ABC2-20\tS2\t\tCanada\tQu\xe9bec\tx\ty\tACGT', { columns: ['barcode'] }, 'latin1');
    expect(table.rejects.fieldCount).toBe(0);
    expect(table.columnNames).toEqual(['processId', 'barcode']);
    expect(table.specimen(1)).toEqual({ processId: 'ABC2-20', lineage: {}, barcode: 'ACGT' });
  });
});

describe('sequences come as the table has them', () => {
  it.each([
    ['lower case', 'acgtn'],
    ['gaps', '--ACGT--AC'],
    ['ambiguity codes', 'ACGTRYSWKMBDHVN'],
    ['80 bp', 'A'.repeat(80)],
    ['1,555 bp', 'C'.repeat(1555)],
  ])('%s', async (_, barcode) => {
    const table = await withRow(`ABC2-20\t\t\t\t\t\t\t${barcode}`);
    expect(table.rejects).toMatchObject({ count: 0, fieldCount: 0 });
    expect(table.specimen(1)).toEqual({ processId: 'ABC2-20', lineage: {}, barcode });
  });

  it('an empty one is absent', async () => {
    const table = await withRow('ABC2-20\tS2\t\t\t\t\t\t');
    expect(table.rejects.count).toBe(0);
    expect('barcode' in table.specimen(1)).toBe(false);
  });
});

describe('a file that cannot be read as a whole is one clear error', () => {
  const bytes = (text: string): Buffer => Buffer.from(text);

  it('a missing column, with the nearest existing one', async () => {
    await expect(readSpecimenTable(bytes('proces_id\tspecies\nA\tb\n'), { schema: bold })).rejects.toMatchObject({
      code: 'missing-column',
      message: expect.stringContaining("no column 'processid'") as string,
      details: { nearest: 'proces_id' },
    });
    await expect(readSpecimenTable(bytes(`${header}\n`), { columns: ['specis'] })).rejects.toMatchObject({
      code: 'missing-column',
      details: { column: 'specis', nearest: 'species' },
    });
    await expect(readSpecimenTable(bytes('processid,species\n'), { schema: bold })).rejects.toThrow('delimiter is not');
  });

  it('a header that no schema fits: the closest schema and what its columns are called', async () => {
    await expect(readSpecimenTable(bytes('processid,speices,dna_barcodes\nA,b,ACGT\n'))).rejects.toMatchObject({
      code: 'missing-column',
      message: expect.stringMatching(
        /closest, \S+, knows 1 of its 3 columns.*'speices' is perhaps 'species', 'dna_barcodes' is perhaps 'dna_barcode'; rename them/,
      ) as string,
      details: { column: 'species', nearest: 'speices' },
    });
    await expect(readSpecimenTable(bytes('processid\tnucleotide\tcollectr\tfield 7\n'))).rejects.toMatchObject({
      code: 'missing-column',
      details: { schema: 'bold', column: 'nucleotides' },
    });
    await expect(readSpecimenTable(bytes('processid,a,b,c\n'))).rejects.toMatchObject({
      code: 'missing-column',
      message: expect.stringContaining('it knows columns such as species') as string,
    });
  });

  it.each([
    ['empty', '', 'bad-file'],
    ['an empty first line', '\nprocessid\n', 'bad-file'],
    ['binary', 'proc\0essid\tspecies\n', 'bad-file'],
    ['old Mac line ends', 'processid\tspecies\rABC1-20\tApis\r', 'bad-file'],
    ['a column twice', 'processid\tnuc\tspecies\tSpecies\nA\tb\tc\td\n', 'bad-file'],
    ['a header without process ids', 'name;age\nx;1\n', 'missing-column'],
    ['an open quote in the header', '"processid,species\n', 'bad-file'],
  ])('%s', async (_, text, code) => {
    const schema = text.startsWith('"') ? { schema: { ...bold, delimiter: ',', quotes: 'rfc4180' as const } } : {};
    await expect(readSpecimenTable(bytes(text), schema)).rejects.toMatchObject({ name: 'BioscanError', code });
  });

  it('a path that does not exist, and a folder', async () => {
    await expect(readSpecimenTable(join(tmpdir(), 'no-such-file.tsv'))).rejects.toMatchObject({ code: 'not-found' });
    await expect(readSpecimenTable(tmpdir())).rejects.toMatchObject({ code: 'bad-file' });
  });

  it('a truncated gzip file, however many rows came before the cut', async () => {
    const rows = Array.from({ length: 30_000 }, (_, i) => `ABC${i}-20\tS\t\t\t\t\t\tACGT`).join('\n');
    const zip = gzipSync(`${header}\n${rows}\n`);
    const cutOff = zip.subarray(0, zip.length - 3);
    await expect(readSpecimenTable(cutOff)).rejects.toMatchObject({ code: 'truncated' });
    let seen = 0;
    const stream = async (): Promise<void> => {
      for await (const specimen of readSpecimens(cutOff)) if (specimen.processId !== '') seen++;
    };
    await expect(stream()).rejects.toMatchObject({ code: 'truncated' });
    expect(seen).toBeGreaterThan(10_000);
  });
});

describe('rejects', () => {
  it('count on where the list ends, and are written as CSV with what is not listed', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'bioscan-'));
    const file = join(folder, 'bad.tsv');
    await writeFile(file, `${header}\n${good}\nx\n"y", z\n${good}\n`);
    const rejects = rejectLog({ limit: 2 });
    const table = await readSpecimenTable(file, { rejects });
    expect(table.rejects).toBe(rejects);
    expect(rejects).toMatchObject({ count: 3, byReason: { ragged: 2, duplicate: 1 } });
    const written = join(folder, 'rejects.csv');
    await writeRejects(written, rejects);
    const lines = (await readFile(written, 'utf8')).trim().split('\n');
    expect(lines[0]).toBe('file,row,line,column,reason,lost,message,text');
    expect(lines[2]).toBe(`${file},3,4,,ragged,row,"got 1 fields, expected 8","""y"", z"`);
    expect(lines[3]).toContain('1 more problems were counted but not listed');
    expect(lines).toHaveLength(4);
    await rm(folder, { recursive: true });
  });
});
