import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { BioscanError } from '@bioscan/core';
import type { PhotoMeasure } from '@bioscan/qc';

/** What `bioscan crop` saw on each photo, from the tables of its folder. Photos without a specimen stand among its rejects. */
export async function readPhotoMeasures(folder: string): Promise<PhotoMeasure[]> {
  const measured = await readTable(folder, 'measurements.tsv', ['processid', 'confidence', 'flags', 'area_fraction']);
  const rejected = await readTable(folder, 'rejects.tsv', ['photo', 'reason']);
  return [
    ...measured.map(([processId = '', confidence, flags = '', areaFraction]): PhotoMeasure => {
      const seen = flags.split(' ');
      return {
        processId,
        specimens: seen.includes('empty') ? 0 : seen.includes('several-specimens') ? 2 : 1,
        confidence: Number(confidence),
        areaFraction: Number(areaFraction),
        touchesEdge: seen.includes('border-contact'),
      };
    }),
    ...rejected.flatMap(([photo = '', reason]): PhotoMeasure[] =>
      reason === 'empty' ? [{ processId: basename(photo).split('.')[0] ?? '', specimens: 0 }] : [],
    ),
  ];
}

async function readTable(folder: string, name: string, columns: readonly string[]): Promise<string[][]> {
  const file = join(folder, name);
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new BioscanError(
      'not-found',
      `cli: ${folder}, got no ${name}, expected the output folder of bioscan crop`,
      { file },
      { cause },
    );
  });
  const [header = [], ...rows] = text.trimEnd().split('\n').map((line) => line.split('\t')); // prettier-ignore
  const places = columns.map((column) => header.indexOf(column));
  const missing = columns.filter((_, i) => places[i] === -1);
  if (missing.length > 0) {
    throw new BioscanError(
      'missing-column',
      `cli: ${file}, got the columns ${header.join(', ')}, expected ${missing.join(', ')} too`,
      { file, missing },
    );
  }
  return rows.map((cells) => places.map((place) => cells[place] ?? ''));
}
