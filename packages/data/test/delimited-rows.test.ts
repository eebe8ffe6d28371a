import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DelimitedRows, maxQuotedBytes, maxRowBytes, type DelimitedOptions } from '../src/table/delimited-rows.js';

const csv: DelimitedOptions = { delimiter: ',', quotes: 'rfc4180', encoding: 'utf-8' };
const tsv: DelimitedOptions = { delimiter: '\t', quotes: 'literal', encoding: 'utf-8' };

interface Cut {
  readonly line: number;
  readonly problem: string | undefined;
  readonly fields: readonly (string | undefined)[];
}

function cut(input: string | Uint8Array, options: DelimitedOptions = csv): Cut[] {
  const rows = new DelimitedRows(options);
  const found: Cut[] = [];
  const onRow = (row: DelimitedRows): void => {
    const fields = Array.from({ length: row.problem === undefined ? row.width : 0 }, (_, field) => row.text(field));
    found.push({ line: row.line, problem: row.problem, fields });
  };
  rows.push(Buffer.from(input as string), onRow as never);
  rows.end(onRow as never);
  return found;
}

const fieldsOf = (rows: readonly Cut[]): unknown => rows.map((row) => row.fields);
const problemsOf = (rows: readonly Cut[]): unknown =>
  rows.filter((row) => row.problem !== undefined).map((row) => `${row.line} ${row.problem}`);

describe('DelimitedRows', () => {
  it('cuts as csv-parse does, for any quoted text', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', 'é', '"', ',', '\n', '\r\n', ' ', '\t', '🐝'), maxLength: 6 });
    let compared = 0;
    fc.assert(
      fc.property(
        fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1 }),
        fc.constantFrom('\n', '\r\n'),
        (rows, end) => {
          const text = rows.map((row) => row.map(quoted).join(',')).join(end) + end;
          const theirs: string[][] = parse(text, { relax_column_count: true, skip_empty_lines: true });
          expect(fieldsOf(cut(text))).toEqual(theirs);
          compared += rows.length;
        },
      ),
      { numRuns: 500 },
    );
    expect(compared).toBeGreaterThan(1000);
  });

  it('cuts plain tables as csv-parse does with quoting off', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', '"', ',', 'é', ' '), maxLength: 5 });
    fc.assert(
      fc.property(fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1 }), (rows) => {
        const text = rows.map((row) => row.join('\t')).join('\n');
        expect(fieldsOf(cut(text, tsv))).toEqual(
          parse(text, { delimiter: '\t', quote: null, relax_column_count: true }),
        );
      }),
    );
  });

  it('knows the line on which each row starts', () => {
    const rows = cut('a,b\n"x\ny",1\n\n\r\nc,"d"\r\ne,f');
    expect(rows.map((row) => row.line)).toEqual([1, 2, 6, 7]);
    expect(fieldsOf(rows)).toEqual([
      ['a', 'b'],
      ['x\ny', '1'],
      ['c', 'd'],
      ['e', 'f'],
    ]);
  });

  it('loses one line to a stray quote, and reads on after it', () => {
    for (const bad of ['x"y,1', 'x,1"', '"x"y,1', '"x,1', 'x,"1', 'x,"']) {
      const rows = cut(`a,b\n1,2\n${bad}\n3,"4\n5"\n6,7\n`);
      expect(problemsOf(rows), bad).toHaveLength(1);
      expect(rows.find((row) => row.problem !== undefined)?.line, bad).toBe(3);
      expect(fieldsOf(rows.filter((row) => row.problem === undefined)), bad).toEqual([
        ['a', 'b'],
        ['1', '2'],
        ['3', '4\n5'],
        ['6', '7'],
      ]);
    }
  });

  it('loses one line to an open quote with nothing but plain rows after it', () => {
    const plain = Array.from({ length: 20_000 }, (_, i) => `${i},y`);
    const rows = cut(`a,b\n"x,1\n${plain.join('\n')}\n`);
    expect(problemsOf(rows)).toEqual(['2 open-quote']);
    expect(rows).toHaveLength(20_002);
  });

  it('bounds how far a quote may run, on both sides of the bound', () => {
    const inside = `"${'x'.repeat(maxQuotedBytes - 1)}"`;
    expect(problemsOf(cut(`a,b\n${inside},1\n`))).toEqual([]);
    expect(problemsOf(cut(`a,b\n"x${inside.slice(1)},1\nc,d\n`))).toEqual(['2 open-quote']);
  });

  it('sets rows over 1 MiB aside and reads the next', () => {
    for (const options of [csv, tsv]) {
      const rows = cut(`a\n${'x'.repeat(maxRowBytes)}\n${'y'.repeat(3 * maxRowBytes)}\nb\n`, options);
      expect(problemsOf(rows)).toEqual(['3 too-long']);
      expect(rows.map((row) => row.line)).toEqual([1, 2, 3, 4]);
    }
  });

  it('tells invalid UTF-8 by field, and reads it as Latin-1 when asked', () => {
    const bytes = Buffer.from('a,b\nc\xf4te,d\n', 'latin1');
    expect(fieldsOf(cut(bytes))).toEqual([
      ['a', 'b'],
      [undefined, 'd'],
    ]);
    expect(fieldsOf(cut(bytes, { ...csv, encoding: 'latin1' }))).toEqual([
      ['a', 'b'],
      ['côte', 'd'],
    ]);
  });

  it('refuses delimiters that cannot work', () => {
    for (const delimiter of ['', ',,', '"', '\n', 'é'])
      expect(() => cut('a', { ...csv, delimiter })).toThrow(RangeError);
  });
});

function quoted(cell: string): string {
  return /[",\r\n]/u.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
