import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import sharp from 'sharp';
import { isBioscanError, type SplitName } from '@bioscan/core';
import { imagePath, readSpecimenTable, validateSplits } from '@bioscan/data';
import { datasetFiles, errorsAt, writeDataset, worlds } from '@bioscan/sim';

const folder = mkdtempSync(join(tmpdir(), 'bioscan-sim-'));
const options = {
  seed: 3,
  specimens: 120,
  species: 20,
  world: { ...worlds.complete, errors: errorsAt(0.02) },
} as const;

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('writeDataset', () => {
  const first = join(folder, 'first');

  it('writes the layout of BIOSCAN-5M, which the readers of data read without a reject', async () => {
    const summary = await writeDataset(first, options, { photos: 256, threads: 0 });
    expect(summary.records).toBe(120);
    const table = await readSpecimenTable(join(first, datasetFiles.metadata));
    expect(table.rejects.count).toBe(0);
    const rows = [...table];
    expect(rows).toHaveLength(120);
    const [header = ''] = readFileSync(join(first, datasetFiles.metadata), 'utf8').split('\n');
    expect(header.split(',')).toHaveLength(23);
    for (const { processId, split, image, size } of rows) {
      const path = imagePath(processId, split as SplitName, { imageType: 'original_256' });
      expect(existsSync(join(first, path)), path).toBe(true);
      expect(path.split('/').at(-2)).toBe(image?.chunk ?? split);
      expect(size?.areaFraction).toBeGreaterThan(0);
      expect(size?.areaFraction).toBeLessThanOrEqual(1);
      expect(size?.maskPixels).toBeGreaterThan(100);
    }
  }, 120_000);

  it('takes photos of 341 x 256 with boxes inside the full photo', async () => {
    const images = filesUnder(join(first, 'bioscan5m/images'));
    expect(images).toHaveLength(120);
    const { width, height, format } = await sharp(join(first, 'bioscan5m/images', images[0] ?? '')).metadata();
    expect([width, height, format]).toEqual([341, 256, 'jpeg']);
    const [header = '', ...boxes] = readFileSync(join(first, datasetFiles.boxes), 'utf8').trimEnd().split('\n');
    expect(header).toBe('processid\twidth_original\theight_original\tx0\ty0\tx1\ty1\tscale_factor\tarea_fraction');
    expect(boxes).toHaveLength(120);
    for (const line of boxes) {
      const [, width1 = 0, height1 = 0, x0 = 0, y0 = 0, x1 = 0, y1 = 0] = line.split('\t').map(Number);
      expect([width1, height1]).toEqual([1024, 768]);
      expect(0 <= x0 && x0 < x1 && x1 <= 1024 && 0 <= y0 && y0 < y1 && y1 <= 768, line).toBe(true);
    }
  });

  it('keeps the truth, the errors and the settings beside it', () => {
    const truth = readFileSync(join(first, datasetFiles.truth), 'utf8').trimEnd().split('\n');
    expect(truth).toHaveLength(121);
    expect(truth[0]?.split('\t').slice(0, 9).at(-1)).toBe('species');
    const errors = readFileSync(join(first, datasetFiles.errors), 'utf8').trimEnd().split('\n');
    expect(errors.length).toBeGreaterThan(10);
    const settings = JSON.parse(readFileSync(join(first, datasetFiles.settings), 'utf8')) as {
      hash: string;
      banner: string;
    };
    expect(settings.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(settings.banner).toContain('SIMULATED');
    expect(statSync(join(first, datasetFiles.contactSheet)).size).toBeGreaterThan(10_000);
    expect(filesUnder(first).filter((name) => name.endsWith('.tmp') || name.includes('partial'))).toEqual([]);
  });

  it('goes on after a cancelled run and after a killed one, and ends with the same bytes', async () => {
    const second = join(folder, 'second');
    const abort = new AbortController();
    const run = writeDataset(second, options, {
      photos: 256,
      threads: 0,
      signal: abort.signal,
      onProgress: ({ stage, done }) => {
        if (stage === 'photos' && done >= 40) abort.abort();
      },
    });
    await expect(run).rejects.toSatisfy((error) => isBioscanError(error) && error.code === 'cancelled');
    expect(existsSync(join(second, datasetFiles.metadata))).toBe(false);
    const journal = join(second, datasetFiles.journal);
    writeFileSync(journal, readFileSync(journal, 'utf8').slice(0, -20));
    const taken: number[] = [];
    await writeDataset(second, options, {
      photos: 256,
      threads: 2,
      onProgress: ({ stage, done }) => {
        if (stage === 'photos') taken.push(done);
      },
    });
    expect(Math.min(...taken)).toBeGreaterThan(39);
    expect(hashes(second)).toEqual(hashes(first));
  }, 120_000);

  it('does nothing in a finished folder and refuses one of other settings', async () => {
    const before = hashes(first);
    await writeDataset(first, options, { photos: 256, threads: 0 });
    expect(hashes(first)).toEqual(before);
    const other = writeDataset(first, { ...options, seed: 4 }, { photos: 256, threads: 0 });
    await expect(other).rejects.toThrow(/choose another folder/);
  });

  it('without photos and errors writes tables whose splits keep all published rules', async () => {
    const plain = join(folder, 'plain');
    await writeDataset(plain, { specimens: 800, species: 60 }, { photos: 'none' });
    const rows = [...(await readSpecimenTable(join(plain, datasetFiles.metadata)))];
    const assignment = new Map(rows.map(({ processId, split = '' }) => [processId, split]));
    expect(validateSplits(rows, assignment)).toEqual([]);
    expect(filesUnder(plain).sort()).toEqual(
      [datasetFiles.metadata, datasetFiles.truth, datasetFiles.errors, datasetFiles.settings].sort(),
    );
  });

  it('writes both sizes from one photo', async () => {
    const large = join(folder, 'large');
    const abort = new AbortController();
    const run = writeDataset(
      large,
      { specimens: 100, species: 100, orders: 4 },
      {
        photos: 'both',
        threads: 0,
        signal: abort.signal,
        onProgress: ({ stage, done }) => {
          if (stage === 'photos' && done >= 8) abort.abort();
        },
      },
    );
    await expect(run).rejects.toThrow('cancelled');
    const images = filesUnder(join(large, 'bioscan5m/images'));
    const full = images.filter((name) => name.startsWith('original_full'));
    expect(full.length).toBeGreaterThan(7);
    expect(images.length).toBe(2 * full.length);
    const { width, height } = await sharp(join(large, 'bioscan5m/images', full[0] ?? '')).metadata();
    expect([width, height]).toEqual([1024, 768]);
  }, 120_000);
});

function filesUnder(root: string): string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
}

function hashes(root: string): Record<string, string> {
  const found = filesUnder(root).sort();
  return Object.fromEntries(
    found.map((name) => [
      name,
      createHash('sha256')
        .update(readFileSync(join(root, name)))
        .digest('hex'),
    ]),
  );
}
