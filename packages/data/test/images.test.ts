import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { isBioscanError, type ErrorCode } from '@bioscan/core';
import { Uint8ArrayReader, Uint8ArrayWriter, ZipWriter } from '@zip.js/zip.js';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { imageFolder, missingImages, openImageZips, type ImageFiles } from '../src/index.js';
import { zipIndex } from '../src/images/zip-index.js';

/** fixtures/oracle/image_zips.py */
const golden = JSON.parse(await readFile('fixtures/data/images.json', 'utf8')) as readonly {
  readonly processId: string;
  readonly path: string;
  readonly sha256: string;
}[];
const zips = ['stored', 'deflated', 'zip64'].map((kind) => `fixtures/data/images-${kind}.zip`);

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

async function codeOf(work: () => unknown): Promise<ErrorCode> {
  try {
    await work();
  } catch (error) {
    if (isBioscanError(error)) return error.code;
    throw error;
  }
  throw new Error('it did not fail');
}

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bioscan-'));
});

async function writeZip(name: string, members: Readonly<Record<string, string>>, options = {}): Promise<string> {
  const zip = new ZipWriter(new Uint8ArrayWriter(), { useWebWorkers: false, ...options });
  for (const [member, text] of Object.entries(members)) {
    await zip.add(member, new Uint8ArrayReader(new TextEncoder().encode(text)));
  }
  const path = join(folder, name);
  await writeFile(path, await zip.close());
  return path;
}

describe('openImageZips', () => {
  it('reads every photo of three archives of zipfile, in any order, to the byte', async () => {
    const images = await openImageZips(zips);
    expect(images.size).toBe(20);
    const all = await Promise.all(
      golden.toReversed().map(async (one) => [one.sha256, sha256(await images.read(one.processId))]),
    );
    expect(all.length).toBe(20);
    for (const [expected, got] of all) expect(got).toBe(expected);
    await images.close();
    await expect(images.read(golden[0]!.processId)).rejects.toThrow('were closed');
  });

  it('knows nothing of text files and resource forks, and counts what is missing', async () => {
    const images = await openImageZips(zips[0]!);
    expect(images.size).toBe(8);
    expect(await images.has('README')).toBe(false);
    const ids = golden.map((one) => one.processId);
    expect(await missingImages(images, ids)).toEqual({ checked: 20, count: 12, processIds: ids.slice(8) });
    expect(await codeOf(() => images.read(ids[9]!))).toBe('not-found');
    await images.close();
  });

  it('reads a zip64 central directory', async () => {
    const path = await writeZip('large.zip', { 'val/A1-20.jpg': 'one', 'val/A2-20.png': 'two' }, { zip64: true });
    const images = await openImageZips(path);
    expect(new TextDecoder().decode(await images.read('A2-20'))).toBe('two');
    await images.close();
  });

  it('refuses two photos of one specimen, unless a folder chooses', async () => {
    const path = await writeZip('two.zip', { 'cropped/A1-20.jpg': 'cropped', 'original/A1-20.jpg': 'original' });
    expect(await codeOf(() => openImageZips(path))).toBe('mismatch');
    const images = await openImageZips(path, { folder: 'original' });
    expect(new TextDecoder().decode(await images.read('A1-20'))).toBe('original');
    await images.close();
    expect(await codeOf(() => openImageZips([zips[0]!, zips[0]!]))).toBe('mismatch');
  });

  it('finds an archive cut anywhere, and never gives wrong bytes for one with a byte changed', async () => {
    const bytes = await readFile(zips[1]!);
    const path = join(folder, 'bad.zip');
    for (let end = 0; end < bytes.length; end += 53) {
      await writeFile(path, bytes.subarray(0, end));
      expect(['truncated', 'bad-file']).toContain(await codeOf(() => openImageZips(path)));
    }
    const expected = new Map(golden.map((one) => [one.processId, one.sha256]));
    let refused = 0;
    for (let at = 0; at < bytes.length; at += 7) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 0x41;
      await writeFile(path, changed);
      const images = await openImageZips(path).catch((error: unknown) => {
        expect(isBioscanError(error)).toBe(true);
        refused++;
        return undefined;
      });
      for (const one of golden.slice(8, 14)) {
        const read = await images?.read(one.processId).catch((error: unknown) => {
          expect(isBioscanError(error)).toBe(true);
          refused++;
          return undefined;
        });
        if (read !== undefined) expect(sha256(read)).toBe(expected.get(one.processId));
      }
      await images?.close();
    }
    expect(refused).toBeGreaterThan(100);
  });

  it('refuses members beyond the limit, encrypted ones, and what is no archive', async () => {
    const images = await openImageZips(zips[1]!, { maxBytes: 100 });
    expect(await codeOf(() => images.read(golden[8]!.processId))).toBe('unsupported');
    await images.close();
    const secret = await writeZip('secret.zip', { 'A1-20.jpg': 'x' }, { password: 'p', zipCrypto: true });
    expect(await codeOf(() => openImageZips(secret))).toBe('unsupported');
    expect(await codeOf(() => openImageZips(join(folder, 'none.zip')))).toBe('not-found');
    expect(await codeOf(() => openImageZips(folder))).toBe('bad-file');
    expect(await codeOf(() => openImageZips('fixtures/data/images.json'))).toBe('truncated');
  });

  it('keeps what it indexes', () => {
    const member = fc.record({
      archive: fc.nat(9),
      offset: fc.maxSafeNat(),
      compressedSize: fc.maxSafeNat(),
      size: fc.maxSafeNat(),
      crc: fc.nat(0xffffffff),
      method: fc.nat(99),
    });
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(fc.string(), member), { selector: ([key]) => key }), (entries) => {
        const index = zipIndex();
        for (const [key, one] of entries) expect(index.add(key, one)).toBe(true);
        for (const [key, one] of entries) expect(index.find(key)).toEqual(one);
        expect(index.size).toBe(entries.length);
        if (entries[0] !== undefined) expect(index.add(entries[0][0], entries[0][1])).toBe(false);
        expect(index.find(`${entries.map(([key]) => key).join('')}x`)).toBeUndefined();
      }),
    );
  });
});

describe('imageFolder', () => {
  const root = (): string => join(folder, 'images');
  beforeAll(async () => {
    for (const { path, processId } of golden) {
      const file = join(root(), path.replace('bioscan5m/images/', ''));
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, processId);
    }
    await writeFile(join(folder, 'outside.jpg'), 'outside');
    await mkdir(join(folder, 'flat'));
    for (const name of ['A1-20.png', 'BIOUG00001-A01.jpg', 'A2-20.1024px.jpg'])
      await writeFile(join(folder, 'flat', name), name);
  });
  const text = async (images: ImageFiles, id: string): Promise<string> =>
    new TextDecoder().decode(await images.read(id));

  it('finds photos by the chunk rule, with the split known or tried', async () => {
    const splits = new Map(golden.map((one) => [one.processId, one.path.split('/')[3] as 'val']));
    for (const images of [imageFolder(root()), imageFolder(root(), { splitOf: (id) => splits.get(id) })]) {
      for (const { processId } of golden) expect(await text(images, processId)).toBe(processId);
      expect(await missingImages(images, ['GMEEO40-21', 'NONE1-20'])).toEqual({
        checked: 2,
        count: 1,
        processIds: ['NONE1-20'],
      });
      expect(await codeOf(() => images.read('NONE1-20'))).toBe('not-found');
    }
  });

  it('reads flat folders and layouts of your own', async () => {
    const flat = imageFolder(join(folder, 'flat'), { layout: 'flat' });
    expect(await text(flat, 'A1-20')).toBe('A1-20.png');
    expect(await text(flat, 'BIOUG00001-A01')).toBe('BIOUG00001-A01.jpg');
    const own = imageFolder(join(folder, 'flat'), { layout: (id) => [`${id}.1024px.jpg`] });
    expect(await text(own, 'A2-20')).toBe('A2-20.1024px.jpg');
  });

  it('never leaves the folder, whatever the id or the layout', async () => {
    const flat = imageFolder(join(folder, 'flat'), { layout: 'flat' });
    for (const id of [
      '../outside',
      '..',
      '.',
      '',
      '/etc/passwd',
      'a/b',
      'a\\b',
      'A1-20\0',
      '.hidden',
      'C:x',
      '..%2foutside',
    ]) {
      expect(await codeOf(() => flat.read(id)), id).toBe('bad-input');
      expect(await codeOf(() => flat.has(id)), id).toBe('bad-input');
      expect(await codeOf(() => imageFolder(root()).read(id)), id).toBe('bad-input');
    }
    for (const path of ['../outside.jpg', '/etc/passwd', 'a/../../outside.jpg']) {
      const own = imageFolder(join(folder, 'flat'), { layout: () => [path] });
      expect(await codeOf(() => own.read('A1-20')), path).toBe('bad-input');
    }
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: fc.constantFrom('.', '/', '\\', 'o', 'outside', '\0', '%') }), async (id) => {
        await flat.read(id).then(
          () => expect.fail(`read ${id}`),
          (error: unknown) => {
            expect(isBioscanError(error)).toBe(true);
          },
        );
      }),
    );
  });

  it('says when a photo is a folder', async () => {
    await mkdir(join(folder, 'flat', 'D1-20.jpg'));
    const flat = imageFolder(join(folder, 'flat'), { layout: 'flat' });
    expect(await codeOf(() => flat.read('D1-20'))).toBe('bad-file');
    expect(await flat.has('D1-20')).toBe(false);
    await symlink(join(folder, 'flat', 'A1-20.png'), join(folder, 'flat', 'L1-20.png'));
    expect(await text(flat, 'L1-20')).toBe('A1-20.png');
  });
});
