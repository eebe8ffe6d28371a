import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exitCodes } from '@bioscan/cli';
import { memoryStore, type Picture } from '@bioscan/core';
import { readBoundingBoxes } from '@bioscan/data';
import { classicalDetector } from '@bioscan/vision';
import { decodePicture, encodePicture } from '@bioscan/vision/node';
import { cropPhotos } from '../src/crop/crop-photos.js';
import { bioscan } from './bioscan.js';

const folder = mkdtempSync(join(tmpdir(), 'bioscan-crop-'));
const path = (...names: string[]): string => join(folder, ...names);

interface Ellipse {
  readonly x: number;
  readonly y: number;
  readonly length: number;
  readonly width: number;
}

function dish(specimens: readonly Ellipse[]): Picture {
  const [width, height] = [512, 384];
  const data = new Uint8Array(3 * width * height);
  for (let i = 0; i < width * height; i++) {
    const [x, y] = [i % width, Math.floor(i / width)];
    const shade = 205 - 6 * Math.hypot((x - 256) / 256, (y - 192) / 192) + ((x * 7 + y * 13) % 3);
    const body = specimens.some((one) => ((x - one.x) / one.length) ** 2 + ((y - one.y) / one.width) ** 2 < 1);
    data.set(body ? [80, 55, 35] : [shade, shade, shade], 3 * i);
  }
  return { width, height, data };
}

const beetle = { x: 230, y: 180, length: 60, width: 30 };
const rows = (name: string): string[][] =>
  readFileSync(path('out', name), 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split('\t'));

beforeAll(async () => {
  mkdirSync(path('photos', 'plate'), { recursive: true });
  const one = await encodePicture(dish([beetle]));
  writeFileSync(path('photos', 'A1-26.jpg'), one);
  writeFileSync(path('photos', 'A1-26.copy.jpg'), one);
  writeFileSync(
    path('photos', 'plate', 'B2-26.1024px.jpg'),
    await encodePicture(dish([beetle, { x: 380, y: 270, length: 50, width: 25 }])),
  );
  writeFileSync(path('photos', 'C3-26.jpg'), await encodePicture(dish([])));
  writeFileSync(path('photos', 'D4-26.jpg'), one.subarray(0, one.length / 2));
  writeFileSync(path('photos', 'E5-26.jpg'), '');
  writeFileSync(path('photos', 'notes.txt'), 'no photo');
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('bioscan crop', () => {
  it('crops and measures what it can, and sets the rest aside by reason', async () => {
    const { code, out, err } = await bioscan('crop', path('photos'), path('out'), '--size', '128');
    expect(code, err).toBe(exitCodes.ok);
    expect(out).toContain('2 crops of 6 photos, 4 set aside');
    expect(readdirSync(path('out', 'crops')).sort()).toEqual(['A1-26.jpg', 'B2-26.jpg']);
    const { width, height } = await decodePicture(path('out', 'crops', 'A1-26.jpg'));
    expect([height, Math.abs(width - 256) < 12]).toEqual([128, true]);

    const boxes = [];
    for await (const record of readBoundingBoxes(path('out', 'boxes.tsv'))) boxes.push(record);
    expect(boxes.map(({ processId }) => processId)).toEqual(['A1-26', 'B2-26']);
    expect(Math.abs((boxes[0]?.box.x0 ?? 0) - 170)).toBeLessThan(4);
    expect(Math.abs((boxes[0]?.box.y1 ?? 0) - 210)).toBeLessThan(4);

    const [header = [], first = [], second = []] = rows('measurements.tsv');
    const millimetres = Number(first[header.indexOf('width_mm')]);
    expect(Math.abs(millimetres - 120 * 2 * 0.008296875)).toBeLessThan(0.1);
    const area = Math.PI * 60 * 30 * (2 * 0.008296875) ** 2;
    expect(Math.abs(Number(first[header.indexOf('area_mm2')]) / area - 1)).toBeLessThan(0.12);
    expect(second[header.indexOf('flags')]).toBe('several-specimens');
    expect(
      Object.fromEntries(
        rows('rejects.tsv')
          .slice(1)
          .map(([photo = '', reason]) => [photo, reason]),
      ),
    ).toEqual({
      'A1-26.jpg': 'duplicate',
      'C3-26.jpg': 'empty',
      'D4-26.jpg': 'truncated',
      'E5-26.jpg': 'truncated',
    });
  });

  it('skips what is done, does again what a torn line lost, and refuses other settings', async () => {
    const crop = path('out', 'crops', 'A1-26.jpg');
    const before = statSync(crop).mtimeMs;
    const tables = ['boxes.tsv', 'measurements.tsv', 'rejects.tsv'].map((name) =>
      readFileSync(path('out', name), 'utf8'),
    );
    const journal = readFileSync(path('out', 'progress.jsonl'), 'utf8');
    writeFileSync(path('out', 'progress.jsonl'), journal.slice(0, -20));
    const again = await bioscan('crop', path('photos'), path('out'), '--size', '128', '--json');
    expect(again.code, again.err).toBe(exitCodes.ok);
    expect(JSON.parse(again.out)).toMatchObject({ photos: 6, cropped: 2, rejected: 4, skipped: 5 });
    expect(statSync(crop).mtimeMs).toBe(before);
    expect(
      ['boxes.tsv', 'measurements.tsv', 'rejects.tsv'].map((name) => readFileSync(path('out', name), 'utf8')),
    ).toEqual(tables);
    const other = await bioscan('crop', path('photos'), path('out'), '--size', '64');
    expect(other.code).toBe(exitCodes.badInput);
    expect(other.err).toContain('name another folder');
  });

  it('stops between two photos and leaves tables of what is done', async () => {
    const cancel = new AbortController();
    const store = memoryStore();
    mkdirSync(path('stopped'));
    const running = cropPhotos(path('photos'), path('stopped'), store, {
      detector: classicalDetector(),
      crop: {},
      confidence: 0.2,
      quality: 90,
      signal: cancel.signal,
      onProgress: ({ done }) => {
        if (done === 2) cancel.abort();
      },
    });
    await expect(running).rejects.toThrow('cancelled');
    const journal = new TextDecoder()
      .decode(await store.read('progress.jsonl'))
      .trim()
      .split('\n');
    expect(journal).toHaveLength(3);
    expect(existsSync(path('stopped', 'boxes.tsv'))).toBe(true);
    expect(await store.list('crops/')).toEqual(['crops/A1-26.jpg']);
  });

  it('names wrong folders and options', async () => {
    expect((await bioscan('crop', path('nowhere'), path('x'))).code).toBe(exitCodes.badInput);
    mkdirSync(path('bare'));
    const bare = await bioscan('crop', path('bare'), path('x'));
    expect([bare.code, bare.err.includes('has no photos')]).toEqual([exitCodes.badInput, true]);
    expect((await bioscan('crop', path('photos'), path('x'), '--quality', '0')).code).toBe(exitCodes.usage);
    expect((await bioscan('crop', path('photos'), path('x'), '--confidence', 'high')).code).toBe(exitCodes.usage);
    expect((await bioscan('crop', path('photos'), path('x'), '--preset', 'other')).code).toBe(exitCodes.usage);
  });
});
