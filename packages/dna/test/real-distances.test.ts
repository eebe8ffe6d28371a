import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { alignmentNeighbours } from '@bioscan/dna/baselines';
import { baseCodes, semiGlobalDistance } from '@bioscan/dna/distance';
import { describe, expect, it } from 'vitest';

const folder = process.env['BIOSCAN_REAL_DATA'];
const file = folder === undefined ? '' : join(folder, 'coi', 'insects.tsv.gz');
const present = existsSync(file);
if (!present) console.log('real-distances: skipped, BIOSCAN_REAL_DATA has no coi/insects.tsv.gz');

/** At most six sequences of exactly 658 letters a species, in file order. */
function barcodesBySpecies(): Map<string, string[]> {
  const [header = '', ...lines] = gunzipSync(readFileSync(file)).toString('utf8').split('\n');
  const names = header.split('\t');
  const [species, nucleotides] = [names.indexOf('species'), names.indexOf('nucleotides')];
  const groups = new Map<string, string[]>();
  for (const line of lines) {
    const cells = line.split('\t');
    const name = cells[species] ?? '';
    const barcode = cells[nucleotides] ?? '';
    if (name === '' || barcode.length !== 658) continue;
    const group = groups.get(name) ?? [];
    if (group.length < 6) group.push(barcode);
    groups.set(name, group);
  }
  return groups;
}

describe.skipIf(!present)('insects of 658 letters', () => {
  it('lie 0.52 % apart within a species', () => {
    const groups = barcodesBySpecies();
    expect(groups.size).toBeGreaterThan(900);
    const means: number[] = [];
    for (const barcodes of groups.values()) {
      const distances: number[] = [];
      const codes = barcodes.map((barcode) => baseCodes(barcode));
      codes.forEach((a, i) => {
        for (const b of codes.slice(0, i)) {
          const result = semiGlobalDistance(a, b);
          if (result.comparable) distances.push(result.pDistance);
        }
      });
      if (distances.length > 0) means.push(mean(distances));
    }
    expect(means.length).toBeGreaterThan(900);
    // The published figure is of 5,751 of these 5,977 sequences.
    expect(Math.abs(100 * mean(means) - 0.52)).toBeLessThan(0.03);
  });

  it('lie 8.4 % from the nearest other species (median)', async () => {
    const groups = [...barcodesBySpecies()];
    const items = groups.map(([id, barcodes]) => ({ id, input: barcodes[0] ?? '' }));
    const { index, score, k } = await alignmentNeighbours(items, items, { k: 8 });
    const nearest = groups.flatMap((_, q) => {
      for (let slot = q * k; slot < (q + 1) * k; slot++)
        if (index[slot] !== q && index[slot] !== -1) return 1 - score[slot]!;
      return [];
    });
    expect(nearest.length).toBeGreaterThan(900);
    nearest.sort((x, y) => x - y);
    // One sequence a species here, so a little above the published 8.4.
    expect(100 * nearest[nearest.length >> 1]!).toBeGreaterThan(7.9);
    expect(100 * nearest[nearest.length >> 1]!).toBeLessThan(9.4);
  });
});

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
