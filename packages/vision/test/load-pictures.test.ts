import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BioscanError, isBioscanError, rng, type ImageSource } from '@bioscan/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { augment, augmentation, preprocess, type Preprocessing } from '../src/index.js';
import { decodePicture, encodePicture, loadPictures, type PictureBatch } from '../src/node.js';
import { inOrder } from '../src/node/in-order.js';
import { hash, scene } from './scene.js';

const small: Preprocessing = { id: 'small', resize: 20, crop: 16, interpolation: 'bilinear' };
const plane = 3 * 16 * 16;
let paths: string[] = [];

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'bioscan-'));
  paths = Array.from({ length: 23 }, (_, i) => join(folder, `A${i}-20.png`));
  for (const [i, path] of paths.entries()) {
    await writeFile(path, await encodePicture(scene(24 + i, 40 - i), { format: 'png' }));
  }
});

async function all(loader: AsyncIterable<PictureBatch>): Promise<PictureBatch[]> {
  const batches: PictureBatch[] = [];
  for await (const batch of loader) batches.push(batch);
  return batches;
}

function rowsOf(batches: readonly PictureBatch[]): string[] {
  return batches.flatMap(({ ids, pixels }) =>
    ids.map((_, i) => hash(pixels.data.subarray(i * plane, (i + 1) * plane))),
  );
}

describe('loadPictures', () => {
  it('gives batches in order, each picture as if preprocessed alone', async () => {
    const batches = await all(loadPictures(paths, { transform: small, batchSize: 5, workers: 2 }));
    expect(batches.map(({ pixels }) => pixels.shape)).toEqual([5, 5, 5, 5, 3].map((n) => [n, 3, 16, 16]));
    expect(batches.flatMap(({ ids }) => ids)).toEqual(paths);
    const alone: string[] = [];
    for (const path of paths) alone.push(hash(preprocess(await decodePicture(path), small).data));
    expect(rowsOf(batches)).toEqual(alone);
  });

  it('varies a picture by seed, epoch and id alone: not by threads, batches or order', async () => {
    const recipe = augmentation({
      id: 'recipe',
      steps: [
        { kind: 'random-resized-crop', size: 16 },
        { kind: 'rotate', degrees: 45 },
      ],
    });
    const load = async (order: readonly string[], workers: number, epoch: number): Promise<Map<string, string>> => {
      const transform = { augmentation: recipe, seed: 7, epoch };
      const batches = await all(loadPictures(order, { transform, batchSize: 1 + 3 * workers, workers }));
      const rows = rowsOf(batches);
      return new Map(batches.flatMap(({ ids }) => ids).map((id, i) => [id, rows[i]!]));
    };
    const once = await load(paths, 1, 0);
    const again = await load(paths.toReversed(), 3, 0);
    const next = await load(paths, 2, 1);
    for (const id of paths) expect(again.get(id)).toBe(once.get(id));
    expect(paths.filter((id) => next.get(id) === once.get(id)).length).toBe(0);
    const first = await decodePicture(paths[0]!);
    expect(once.get(paths[0]!)).toBe(hash(augment(first, recipe, rng(7).split(0).split(paths[0]!)).data));
  });

  it('sets unreadable photos aside, counts them by reason and keeps batches full', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'bioscan-'));
    const bytes = await encodePicture(scene(30, 30));
    const bad = ['empty.jpg', 'cut.jpg', 'text.jpg', 'none.jpg'].map((name) => join(folder, name));
    await writeFile(bad[0]!, '');
    await writeFile(bad[1]!, bytes.subarray(0, bytes.length / 2));
    await writeFile(bad[2]!, 'no photo');
    const mixed = [
      bad[0]!,
      ...paths.slice(0, 9),
      bad[1]!,
      ...paths.slice(9),
      bad[2]!,
      bad[3]!,
      'fixtures/vision/pictures/108-megapixels.png',
    ];
    const loader = loadPictures(mixed, { transform: small, batchSize: 8, workers: 2 });
    const batches = await all(loader);
    expect(batches.flatMap(({ ids }) => ids)).toEqual(paths);
    expect(batches.map(({ ids }) => ids.length)).toEqual([8, 8, 7]);
    expect(loader.rejects.count).toBe(5);
    expect(loader.rejects.byReason).toEqual({ truncated: 2, 'bad-file': 1, 'not-found': 1, unsupported: 1 });
    expect(loader.rejects.pictures.map(({ id }) => id)).toEqual([
      ...bad,
      'fixtures/vision/pictures/108-megapixels.png',
    ]);
    for (const { id, message } of loader.rejects.pictures) expect(message).toContain(id);
  });

  it('reads process ids from a source, and paths with ids of their own', async () => {
    const bytes = await encodePicture(scene(30, 30), { format: 'png' });
    const source: ImageSource = {
      read: (id) =>
        id === 'B2-20'
          ? Promise.reject(new BioscanError('not-found', `no photo of ${id}`))
          : Promise.resolve(Uint8Array.from(bytes)),
    };
    const loader = loadPictures(['A1-20', 'B2-20', { id: 'C3-20', path: paths[0]! }], {
      transform: small,
      source,
      workers: 1,
    });
    const [batch] = await all(loader);
    expect(batch?.ids).toEqual(['A1-20', 'C3-20']);
    expect(loader.rejects.pictures).toEqual([{ id: 'B2-20', reason: 'not-found', message: 'no photo of B2-20' }]);
    const broken: ImageSource = { read: () => Promise.reject(new TypeError('a bug')) };
    await expect(all(loadPictures(['A1-20'], { transform: small, source: broken }))).rejects.toThrow('a bug');
  });

  it('holds no more than one batch and a few pictures ahead of the caller', async () => {
    let asked = 0;
    function* many(): Generator<string> {
      for (let i = 0; i < 1000; i++) {
        asked++;
        yield paths[i % paths.length]!;
      }
    }
    for await (const { ids } of loadPictures(many(), { transform: small, batchSize: 10, workers: 2 })) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(ids.length).toBe(10);
      expect(asked).toBeLessThanOrEqual(20);
      break;
    }
    expect(asked).toBeLessThanOrEqual(20);
  });

  it('stops when cancelled, before or in between', async () => {
    const transform = small;
    await expect(all(loadPictures(paths, { transform, signal: AbortSignal.abort() }))).rejects.toThrow('cancelled');
    const controller = new AbortController();
    const cancelled = async (): Promise<void> => {
      for await (const batch of loadPictures(paths, { transform, batchSize: 2, signal: controller.signal })) {
        expect(batch.ids.length).toBe(2);
        controller.abort();
      }
    };
    await expect(cancelled()).rejects.toSatisfy((error) => isBioscanError(error) && error.code === 'cancelled');
  });

  it('gives nothing for nothing and refuses settings that cannot be', async () => {
    expect(await all(loadPictures([], { transform: small }))).toEqual([]);
    expect(() => loadPictures([], { transform: small, batchSize: 0 })).toThrow('batchSize, got 0');
    expect(() => loadPictures([], { transform: { ...small, crop: 21 } })).toThrow('crops 21 from 20');
  });
});

it('inOrder keeps the order of the inputs and the number under way', async () => {
  let active = 0;
  let most = 0;
  const work = async (i: number): Promise<number> => {
    most = Math.max(most, ++active);
    await new Promise((resolve) => setTimeout(resolve, (7 - (i % 7)) * 2));
    active--;
    return i;
  };
  const results: number[] = [];
  for await (const result of inOrder(
    Array.from({ length: 30 }, (_, i) => i),
    work,
    4,
  ))
    results.push(result);
  expect(results).toEqual(Array.from({ length: 30 }, (_, i) => i));
  expect(most).toBe(4);
});
