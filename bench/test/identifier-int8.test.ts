import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { simulatorVersion } from '@bioscan/sim';
import { identifierInt8Bench, identifierInt8Sizes, vectorsName } from '../identifier-int8.js';
import { trainedIdentifier } from '../identifier-int8-trained.js';

const out = mkdtempSync(join(tmpdir(), 'bioscan-identifier-int8-'));
afterAll(() => {
  rmSync(out, { recursive: true, force: true });
});

it('trains, exports and compares both precisions, and takes up what a stopped run left', async () => {
  const sizes = { queries: 120, keys: 60, species: 12, photo: { width: 64, height: 48 }, chunk: 50 };
  const folder = await trainedIdentifier(out, { specimens: 200, species: 12, steps: 4 });
  const first = await identifierInt8Bench(folder, out, sizes);
  expect(first.rendered).toBe(180);
  expect(first.rows.map(({ rank, queries }) => [rank, queries])).toEqual([
    ['order', 120],
    ['family', 120],
    ['genus', 120],
    ['species', 120],
  ]);
  expect(Number(first.rows[3]?.['same key %'])).toBeGreaterThan(40);
  expect(Number(first.rows[3]?.['same key %'])).toBeLessThan(100);
  expect(first.verdict).toMatch(/120 queries/u);
  const [chunk] = readdirSync(out)
    .filter((name) => name.startsWith('vectors-'))
    .sort();
  rmSync(join(out, chunk ?? ''));
  expect(await trainedIdentifier(out, { specimens: 200, species: 12, steps: 4 })).toBe(folder);
  expect(await identifierInt8Bench(folder, out, sizes)).toEqual({ ...first, rendered: 50 });
}, 120_000);

it('names kept vectors by sizes, encoder, photos, generator and seeds: none of another is taken up', () => {
  const [sizes, files, ids] = [identifierInt8Sizes, { 'encoder.onnx': 'a' }, ['S1', 'S2']];
  const photos = { simulatorVersion, seeds: { specimens: 61, order: 62, photos: 63 } };
  const names = [
    vectorsName(sizes, files, ids, photos),
    vectorsName({ ...sizes, chunk: 9 }, files, ids, photos),
    vectorsName(sizes, { 'encoder.onnx': 'b' }, ids, photos),
    vectorsName(sizes, files, ['S2', 'S1'], photos),
    vectorsName(sizes, files, ids, { ...photos, simulatorVersion: 'next' }),
    vectorsName(sizes, files, ids, { ...photos, seeds: { ...photos.seeds, order: 9 } }),
  ];
  expect(new Set(names).size).toBe(names.length);
  expect(vectorsName(sizes, files, [...ids], photos)).toBe(names[0]);
});
