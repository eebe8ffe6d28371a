import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isBioscanError, rng } from '@bioscan/core';
import { decompressed } from '../src/io/gunzip.js';

interface Golden {
  readonly cases: readonly { readonly name: string; readonly gzip: string; readonly text: string }[];
}
const golden = JSON.parse(readFileSync(new URL('../../../fixtures/data/gzip.json', import.meta.url), 'utf8')) as Golden;

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

async function unzip(bytes: Uint8Array, size = 1 << 16): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of decompressed(inPieces(bytes, size), 'x.gz')) parts.push(part);
  return Buffer.concat(parts);
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'read';
  } catch (error) {
    return isBioscanError(error) ? error.code : String(error);
  }
}

describe('decompressed', () => {
  it('reads what Python wrote: every header part, several members, padding; in pieces of any size', async () => {
    expect(golden.cases.length).toBe(9);
    for (const { name, gzip, text } of golden.cases) {
      const bytes = Buffer.from(gzip, 'base64');
      for (const size of [1, 2, 7, 19, 256, 65_536]) {
        expect((await unzip(bytes, size)).toString(), `${name}, pieces of ${size}`).toBe(text);
      }
    }
  });

  it('refuses each of those files cut at every byte, but for cuts between members and inside padding', async () => {
    let cuts = 0;
    for (const { name, gzip } of golden.cases) {
      const bytes = Buffer.from(gzip, 'base64');
      if (/members|padding/u.test(name)) continue;
      for (let length = 1; length < bytes.length; length++) {
        expect(await codeOf(unzip(bytes.subarray(0, length), 64)), `${name} cut at ${length}`).toBe('truncated');
        cuts++;
      }
    }
    expect(cuts).toBeGreaterThan(1200);
  });

  it('tells a cut inside any later member, its header included', async () => {
    const [first, second] = [gzipSync('one\n'), gzipSync('two\n')];
    const bytes = Buffer.concat([first, second]);
    for (let length = first.length + 1; length < bytes.length; length++) {
      expect(await codeOf(unzip(bytes.subarray(0, length))), `cut at ${length}`).toBe('truncated');
    }
    expect((await unzip(bytes.subarray(0, first.length))).toString()).toBe('one\n');
  });

  it('refuses a larger file cut at 200 random bytes', async () => {
    const random = rng(5);
    const text = Array.from({ length: 20_000 }, (_, i) => `P${i}\t${random.integer(1 << 30)}\n`).join('');
    const bytes = gzipSync(text);
    expect(bytes.length).toBeGreaterThan(100_000);
    for (let i = 0; i < 200; i++) {
      expect(await codeOf(unzip(bytes.subarray(0, 1 + random.integer(bytes.length - 1))))).toBe('truncated');
    }
    expect((await unzip(bytes, 5000)).toString()).toBe(text);
  });

  it('refuses a wrong checksum, a wrong length and bytes after the end', async () => {
    const good = gzipSync('a table\n');
    for (let back = 1; back <= 8; back++) {
      const bad = Buffer.from(good);
      bad[bad.length - back] = (bad[bad.length - back] ?? 0) ^ 1;
      expect(await codeOf(unzip(bad)), `byte -${back}`).toBe('bad-file');
    }
    for (const tail of ['x', 'garbage', '\0\0x', '\x1fx']) {
      expect(await codeOf(unzip(Buffer.concat([good, Buffer.from(tail, 'latin1')]), 5)), JSON.stringify(tail)).toBe(
        'bad-file',
      );
    }
  });

  it('never gives other bytes for a damaged file', async () => {
    const text = 'processid\tspecies\n'.repeat(20);
    const good = gzipSync(text);
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 2, max: good.length - 1 }),
        fc.integer({ min: 1, max: 255 }),
        async (at, flip) => {
          const bad = Buffer.from(good);
          bad[at] = (bad[at] ?? 0) ^ flip;
          const result = await unzip(bad).then(String, (error: unknown) => error);
          expect(isBioscanError(result) || result === text).toBe(true);
        },
      ),
      { numRuns: 400 },
    );
  });

  it('names other containers', async () => {
    for (const [bytes, what] of [
      [Buffer.from('504b030414000000', 'hex'), 'zip'],
      [Buffer.from('28b52ffd00000000', 'hex'), 'zstd'],
      [Buffer.from('PAR1....'), 'Parquet'],
      [Buffer.from('\ufeffprocessid', 'utf16le'), 'UTF-16'],
    ] as const) {
      await expect(unzip(bytes)).rejects.toThrow(what);
    }
  });
});
