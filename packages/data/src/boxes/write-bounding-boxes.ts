import { BioscanError } from '@bioscan/core';
import { writeAtomically } from '../io/atomic-write.js';
import { boundingBoxColumns, type BoundingBoxRecord } from './bounding-box-record.js';

/**
 * Writes a bounding-box table as BIOSCAN-5M has it: tabs, whole pixels, size fields to four decimals. Atomic; `.gz` is compressed.
 * @returns the number of rows
 * @throws BioscanError `bad-input` for a process id that a tab-separated table cannot hold, or a box of fractions of pixels
 * @example
 * await writeBoundingBoxes('boxes.tsv', [{ processId: 'ABC1-20', width: 1024, height: 768, box, ...boxSize(box, picture) }]);
 */
export async function writeBoundingBoxes(
  path: string,
  records: Iterable<BoundingBoxRecord> | AsyncIterable<BoundingBoxRecord>,
): Promise<number> {
  let rows = 0;
  await writeAtomically(path, lines());
  return rows;

  async function* lines(): AsyncGenerator<string> {
    let block = `${boundingBoxColumns.join('\t')}\n`;
    for await (const record of records) {
      block += lineOf(record);
      rows++;
      if (block.length < 1 << 16) continue;
      yield block;
      block = '';
    }
    yield block;
  }
}

function lineOf({ processId, width, height, box, areaFraction, scaleFactor }: BoundingBoxRecord): string {
  const pixels = [width, height, box.x0, box.y0, box.x1, box.y1];
  if (processId === '' || /[\t\r\n"]/u.test(processId)) {
    throw new BioscanError('bad-input', `data: process id ${JSON.stringify(processId)} cannot be written`, {
      processId,
    });
  }
  if (!pixels.every(Number.isInteger)) {
    throw new BioscanError(
      'bad-input',
      `data: ${processId}: box and sides ${pixels.join(', ')}, expected whole pixels`,
      {
        processId,
      },
    );
  }
  return `${[processId, ...pixels, fourDecimals(scaleFactor), fourDecimals(areaFraction)].join('\t')}\n`;
}

/** As Python rounds: halves to even. Only multiples of 1/32 are halves of a ten-thousandth in binary. */
function fourDecimals(value: number): string {
  if (!Number.isInteger(value * 32)) return value.toFixed(4);
  const steps = Math.floor(value * 10_000);
  const half = value * 10_000 - steps === 0.5;
  return ((half && steps % 2 === 0 ? steps : Math.round(value * 10_000)) / 10_000).toFixed(4);
}
