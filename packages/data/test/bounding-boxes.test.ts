import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { boxSize, isBioscanError } from '@bioscan/core';
import { readBoundingBoxes, rejectLog, writeBoundingBoxes, type BoundingBoxRecord } from '@bioscan/data';

const folder = mkdtempSync(join(tmpdir(), 'bioscan-boxes-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

async function read(text: string, rejects = rejectLog()): Promise<BoundingBoxRecord[]> {
  const records: BoundingBoxRecord[] = [];
  for await (const record of readBoundingBoxes(Buffer.from(text), { rejects })) records.push(record);
  return records;
}

const header = 'processid\twidth_original\theight_original\tx0\ty0\tx1\ty1\tscale_factor\tarea_fraction\n';
/** Published records (BIOSCAN-5M): box, area fraction, scale factor. */
const published = [
  { processId: 'CRCBB46471-23', box: [339, 208, 533, 493], area: 0.0703, scale: 0.7578 },
  { processId: 'TSMTA5761-22', box: [730, 67, 837, 206], area: 0.0189, scale: 0.418 },
] as const;

describe('bounding-box table', () => {
  it('writes the published columns and numbers', async () => {
    const path = join(folder, 'boxes.tsv');
    const records = published.map(({ processId, box: [x0, y0, x1, y1] }) => {
      const picture = { width: 1024, height: 768 };
      return { processId, ...picture, box: { x0, y0, x1, y1 }, ...boxSize({ x0, y0, x1, y1 }, picture) };
    });
    expect(await writeBoundingBoxes(path, records)).toBe(2);
    expect(readFileSync(path, 'utf8')).toBe(
      `${header}CRCBB46471-23\t1024\t768\t339\t208\t533\t493\t0.7578\t0.0703\nTSMTA5761-22\t1024\t768\t730\t67\t837\t206\t0.4180\t0.0189\n`,
    );
  });

  it('rounds halves to even, as Python does', async () => {
    const path = join(folder, 'halves.tsv');
    const box = { x0: 0, y0: 0, x1: 8, y1: 24 };
    await writeBoundingBoxes(path, [
      { processId: 'A', width: 9, height: 9, box, areaFraction: 0.09375, scaleFactor: 0.03125 },
    ]);
    // round(0.03125, 4) and round(0.09375, 4) in Python 3
    expect(readFileSync(path, 'utf8').split('\n')[1]?.split('\t').slice(-2)).toEqual(['0.0312', '0.0938']);
  });

  it('reads back what it wrote, whatever the separator, size fields to four decimals', async () => {
    const side = fc.integer({ min: 1, max: 3000 });
    const record = fc.record({
      id: fc.stringMatching(/^[A-Z]{3,6}\d{1,6}-\d{2}$/u),
      x0: side,
      y0: side,
      w: side,
      h: side,
    });
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(record, { selector: ({ id }) => id, maxLength: 20 }),
        fc.constantFrom('\t', ',', ';'),
        async (rows, separator) => {
          const records = rows.map(({ id, x0, y0, w, h }) => {
            const box = { x0, y0, x1: x0 + w, y1: y0 + h };
            return { processId: id, width: 2880, height: 2160, box, ...boxSize(box, { width: 2880, height: 2160 }) };
          });
          const path = join(folder, 'round.tsv');
          await writeBoundingBoxes(path, records);
          const back = await read(readFileSync(path, 'utf8').replaceAll('\t', separator));
          expect(back.map(({ processId, box }) => ({ processId, box }))).toEqual(
            records.map(({ processId, box }) => ({ processId, box })),
          );
          for (const [i, { areaFraction, scaleFactor }] of back.entries()) {
            expect(Math.abs(areaFraction - (records[i]?.areaFraction ?? Number.NaN))).toBeLessThan(5.001e-5);
            expect(Math.abs(scaleFactor - (records[i]?.scaleFactor ?? Number.NaN))).toBeLessThan(5.001e-5);
          }
        },
      ),
      { numRuns: 25 },
    );
  });

  it('sets bad rows aside by reason and reads the rest', async () => {
    const rejects = rejectLog();
    const good = 'A1-20\t1024\t768\t1\t2\t30\t40\t\t\n';
    const bad = [
      '\t1024\t768\t1\t2\t30\t40\t0.1\t0.1',
      'A1-20\t1024\t768\t1\t2\t30\t40\t0.1\t0.1',
      'A2-20\t1024\t768\tone\t2\t30\t40\t0.1\t0.1',
      'A3-20\t1024\t768\t1.5\t2\t30\t40\t0.1\t0.1',
      'A4-20\t1024\t768\t30\t2\t30\t40\t0.1\t0.1',
      'A5-20\t1024\t768\t1\t2\t30',
    ];
    const records = await read(`${header}${good}${bad.join('\n')}\n`, rejects);
    expect(records).toEqual([
      {
        processId: 'A1-20',
        width: 1024,
        height: 768,
        box: { x0: 1, y0: 2, x1: 30, y1: 40 },
        areaFraction: (29 * 38) / (1024 * 768),
        scaleFactor: 29 / 256,
      },
    ]);
    expect(rejects.byReason).toEqual({
      'no-process-id': 1,
      duplicate: 1,
      'not-a-number': 1,
      'bad-value': 1,
      'out-of-range': 1,
      ragged: 1,
    });
    expect(rejects.rows[2]).toMatchObject({ line: 5, column: 'x0' });
  });

  it('names a missing column, an empty file, and leaves nothing half written', async () => {
    const error: unknown = await read('processid,x0,y0,x1\n').catch((caught: unknown) => caught);
    expect(isBioscanError(error) && error.code).toBe('missing-column');
    expect(String(error)).toContain('width_original');
    const empty: unknown = await read('').catch((caught: unknown) => caught);
    expect(isBioscanError(empty) && empty.code).toBe('bad-file');
    const box = { x0: 0.5, y0: 0, x1: 2, y1: 2 };
    const wrong = [{ processId: 'A', width: 4, height: 4, box, areaFraction: 1, scaleFactor: 1 }];
    await expect(writeBoundingBoxes(join(folder, 'wrong.tsv'), wrong)).rejects.toThrow('whole pixels');
    expect(readdirSync(folder).filter((name) => name.startsWith('wrong'))).toEqual([]);
  });
});
