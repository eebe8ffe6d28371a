import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isBioscanError, type ErrorCode } from '@bioscan/core';
import { describe, expect, it } from 'vitest';
import { decodePicture, encodePicture, type DecodeOptions } from '../src/node.js';
import { folder, golden } from './golden.js';
import { compareLevels, levels, scene } from './scene.js';

async function failure(
  source: string | Uint8Array,
  options?: DecodeOptions,
): Promise<{ code: ErrorCode; message: string }> {
  try {
    await decodePicture(source, options);
  } catch (error) {
    if (isBioscanError(error)) return error;
    throw error;
  }
  throw new Error('it was decoded');
}

describe('decodePicture against Pillow', () => {
  it.each(golden.files)('$file', async ({ file, size, tolerance, levels: text }) => {
    const picture = await decodePicture(join(folder, file));
    expect([picture.width, picture.height]).toEqual(size);
    expect(compareLevels(picture.data, levels(text)).largest).toBeLessThanOrEqual(tolerance);
  });

  it('compared every kind of file', () => {
    expect(golden.files.length).toBe(16);
  });

  it('tells CMYK apart from an inverted picture', async () => {
    const cmyk = await decodePicture(join(folder, 'cmyk.jpg'));
    const plain = await decodePicture(join(folder, 'plain.jpg'));
    const mean = (a: Uint8Array): number => a.reduce((sum, level) => sum + level, 0) / a.length;
    // Correlated with the picture that it was made from, whatever the profile does to its colours.
    const covariance = cmyk.data.reduce(
      (sum, level, i) => sum + (level - mean(cmyk.data)) * ((plain.data[i] ?? 0) - mean(plain.data)),
      0,
    );
    expect(covariance).toBeGreaterThan(0);
  });

  it('lays transparency over the background that is asked for', async () => {
    const black = await decodePicture(join(folder, 'alpha.png'), { background: [0, 0, 0] });
    expect([...black.data.subarray(0, 3)]).toEqual([0, 0, 0]);
  });
});

describe('decodePicture names the file and what is wrong with it', () => {
  it('refuses a bomb by its header', async () => {
    const path = join(folder, '108-megapixels.png');
    const { code, message } = await failure(path);
    expect(code).toBe('unsupported');
    expect(message).toContain(`${path}, got 12000 x 9000 = 108.0 megapixels, expected at most 50; raise maxPixels`);
    expect((await failure(join(folder, 'plain.jpg'), { maxPixels: 383 })).code).toBe('unsupported');
    await expect(decodePicture(join(folder, 'plain.jpg'), { maxPixels: 384 })).resolves.toHaveProperty('width', 24);
  });

  it.each(['plain.jpg', 'grey.png', 'grey-16-bit.png', 'alpha.png'])('refuses %s cut anywhere', async (name) => {
    const bytes = await readFile(join(folder, name));
    const codes = new Map<string, number>();
    // The last bytes of a PNG are an end mark without pixels.
    for (let end = 0; end < bytes.length - 20; end += 7) {
      const { code, message } = await failure(bytes.subarray(0, end), { name: `cut-${name}` });
      expect(message).toContain(`vision: cut-${name}`);
      codes.set(code, (codes.get(code) ?? 0) + 1);
    }
    expect([...codes.keys()].every((code) => code === 'truncated' || code === 'bad-file')).toBe(true);
    expect(codes.get('truncated')).toBeGreaterThan(0);
  });

  it('refuses what is no photo, no file, or empty', async () => {
    const temporary = await mkdtemp(join(tmpdir(), 'bioscan-'));
    const write = async (name: string, content: string): Promise<string> => {
      const path = join(temporary, name);
      await writeFile(path, content);
      return path;
    };
    expect(await failure(await write('empty.jpg', ''))).toMatchObject({
      code: 'truncated',
      message: expect.stringContaining('empty.jpg is empty') as string,
    });
    expect((await failure(await write('text.jpg', 'processid\tspecies\n'))).code).toBe('bad-file');
    expect(
      (await failure(await write('a.svg', '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'))).code,
    ).toBe('bad-file');
    expect((await failure(join(temporary, 'none.jpg'))).code).toBe('not-found');
    expect((await failure(temporary)).code).toBe('bad-file');
  });
});

describe('encodePicture', () => {
  it('says why each photo failed, however many fail at once', async () => {
    const bytes = await encodePicture(scene(30, 30));
    const cut = bytes.subarray(0, bytes.length / 2);
    const bomb = await readFile(join(folder, '108-megapixels.png'));
    const failures = await Promise.all(
      Array.from({ length: 60 }, async (_, i) => (await failure(i % 2 === 0 ? cut : bomb)).code),
    );
    expect(failures).toEqual(Array.from({ length: 60 }, (_, i) => (i % 2 === 0 ? 'truncated' : 'unsupported')));
  });

  it('gives back a PNG to the level and a JPEG nearly', async () => {
    const picture = scene(37, 21);
    expect(await decodePicture(await encodePicture(picture, { format: 'png' }))).toEqual(picture);
    const soft = { width: 16, height: 8, data: new Uint8Array(16 * 8 * 3).fill(130) };
    const jpeg = await decodePicture(await encodePicture(soft, { quality: 95 }));
    expect(compareLevels(jpeg.data, soft.data).largest).toBeLessThanOrEqual(2);
  });
});
