import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  collect,
  isBioscanError,
  tensor,
  type EmbeddingBlock,
  type Embeddings,
  type EncoderProvenance,
} from '@bioscan/core';
import { openEmbeddings, writeEmbeddings } from '../src/embeddings.js';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bioscan-'));
});
afterAll(() => rm(folder, { recursive: true }));

const source: EncoderProvenance = {
  id: 'kmers-é',
  modality: 'dna',
  dimension: 3,
  weights: 'ab'.repeat(32),
  settings: { k: 4, pooling: 'mean', stopAtN: true },
  corpus: { kind: 'process-ids', members: ['A1-20'] },
};

function embeddings(dimension: number, blocks: readonly EmbeddingBlock[]): Embeddings {
  return {
    dimension,
    source,
    async *blocks() {
      for (const block of blocks) yield await Promise.resolve(block);
    },
  };
}

async function blocksOf(file: Embeddings): Promise<EmbeddingBlock[]> {
  const blocks: EmbeddingBlock[] = [];
  for await (const block of file.blocks()) blocks.push(block);
  return blocks;
}

describe('embedding files', () => {
  it('give back the same blocks, ids and provenance', async () => {
    const value = fc.float({ noNaN: false });
    const row = fc.record({
      id: fc.string({ unit: 'grapheme' }),
      vector: fc.array(value, { minLength: 3, maxLength: 3 }),
    });
    const block = fc.array(row, { minLength: 1, maxLength: 5 }).map((rows) => ({
      ids: rows.map(({ id }) => id),
      vectors: tensor('float32', [rows.length, 3], Float32Array.from(rows.flatMap(({ vector }) => vector))),
    }));
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(block, { maxLength: 4 }), async (blocks) => {
        const path = join(folder, 'x.arrow');
        const rows = blocks.reduce((sum, { ids }) => sum + ids.length, 0);
        expect(await writeEmbeddings(path, embeddings(3, blocks))).toBe(rows);
        const file = await openEmbeddings(path);
        expect(file).toMatchObject({ dimension: 3, source, path, blockCount: blocks.length });
        // Twice, and at the same time: each pass starts from the first row.
        const passes = await Promise.all([blocksOf(file), blocksOf(file)]);
        for (const read of passes) expect(read).toEqual(blocks);
        expect(await file.ids()).toEqual(blocks.flatMap(({ ids }) => ids));
        await file.close();
        compared += rows;
      }),
      { numRuns: 50 },
    );
    expect(compared).toBeGreaterThan(100);
  });

  it('reads a file of pyarrow', async () => {
    const file = await openEmbeddings(
      fileURLToPath(new URL('../../../fixtures/data/embeddings-pyarrow.arrow', import.meta.url)),
    );
    expect(file.source).toEqual({ id: 'pyarrow', modality: 'dna', dimension: 3, settings: { pooling: 'mean' } });
    const all = await collect(file);
    expect(all.ids).toEqual(['A-1', 'Bé-2', 'C-3']);
    expect(all.vectors).toEqual(tensor('float32', [3, 3], Float32Array.of(0, 1, 2, 3, 4, 5.5, -1, 0.25, 1e-30)));
    await file.close();
  });

  it('keeps what was there when writing fails, and leaves nothing behind', async () => {
    const path = join(folder, 'kept.arrow');
    const good = { ids: ['A'], vectors: tensor('float32', [1, 3], Float32Array.of(1, 2, 3)) };
    await writeEmbeddings(path, embeddings(3, [good]));
    const before = await readFile(path);
    const wrong = { ids: ['A', 'B'], vectors: good.vectors };
    await expect(writeEmbeddings(path, embeddings(3, [good, wrong]))).rejects.toMatchObject({ code: 'mismatch' });
    await expect(writeEmbeddings(path, embeddings(4, [good]))).rejects.toMatchObject({ code: 'mismatch' });
    expect(await readFile(path)).toEqual(before);
    expect((await readdir(folder)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('is refused when cut at any byte', async () => {
    const path = join(folder, 'cut.arrow');
    const block = { ids: ['A', 'B'], vectors: tensor('float32', [2, 3], new Float32Array(6)) };
    await writeEmbeddings(path, embeddings(3, [block, block]));
    const bytes = await readFile(path);
    for (let length = 0; length < bytes.length; length++) {
      await writeFile(path, bytes.subarray(0, length));
      await expect(openEmbeddings(path), `cut at ${length}`).rejects.toMatchObject({ code: 'bad-file' });
    }
  });

  it('throws nothing but BioscanError on damaged bytes', async () => {
    const path = join(folder, 'damaged.arrow');
    const block = { ids: ['A1-20', 'B1-20'], vectors: tensor('float32', [2, 3], new Float32Array(6)) };
    await writeEmbeddings(path, embeddings(3, [block, block]));
    const bytes = await readFile(path);
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 3 }),
        async (edits) => {
          const bad = Buffer.from(bytes);
          for (const [at, byte] of edits) bad[at] = byte;
          await writeFile(path, bad);
          try {
            const file = await openEmbeddings(path);
            try {
              await blocksOf(file);
            } finally {
              await file.close();
            }
          } catch (error) {
            expect(isBioscanError(error), String(error)).toBe(true);
            refused++;
          }
        },
      ),
      { numRuns: 500 },
    );
    expect(refused).toBeGreaterThan(100);
  });

  it('refuses foreign files', async () => {
    const path = join(folder, 'foreign');
    for (const content of ['', 'processid\tspecies\n'.repeat(10), `ARROW1\0\0${'x'.repeat(50)}ARROW1`]) {
      await writeFile(path, content);
      await expect(openEmbeddings(path)).rejects.toMatchObject({ code: 'bad-file' });
    }
    await expect(openEmbeddings(join(folder, 'none'))).rejects.toMatchObject({ code: 'not-found' });
  });

  it('are the only reason to load Arrow', async () => {
    const importsOf = async (entry: string): Promise<string[]> => {
      const path = fileURLToPath(new URL(`../src/${entry}.ts`, import.meta.url));
      const { metafile } = await build({
        entryPoints: [path],
        bundle: true,
        write: false,
        platform: 'node',
        format: 'esm',
        packages: 'external',
        metafile: true,
      });
      return Object.values(metafile.outputs).flatMap((output) => output.imports.map((item) => item.path));
    };
    expect(await importsOf('embeddings')).toContain('apache-arrow');
    const main = await importsOf('index');
    expect(main).toContain('@bioscan/core');
    expect(main).not.toContain('apache-arrow');
  });
});
