import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exitCodes, openDescribedEncoder } from '@bioscan/cli';
import type { Report } from '@bioscan/core';
import { openRuntime, type EngineRuntime } from '@bioscan/runtime/node';
import { bioscan } from './bioscan.js';

const folder = mkdtempSync(join(tmpdir(), 'bioscan-onnx-'));
let runtime: EngineRuntime;
beforeAll(() => {
  runtime = openRuntime();
  for (const name of ['esm.onnx', 'alibi.onnx', 'hyena.onnx', 'vocab.txt', 'tokenizer.json']) {
    copyFileSync(join('fixtures/dna/encoders', name), join(folder, name));
  }
});
afterAll(async () => {
  await runtime.close();
  rmSync(folder, { recursive: true, force: true });
});

function described(name: string, value: unknown): string {
  const path = join(folder, `${name}.json`);
  writeFileSync(path, typeof value === 'string' ? value : JSON.stringify(value));
  return path;
}

describe('a described ONNX encoder', () => {
  it.each([
    [
      { model: 'esm.onnx', recipe: 'nucleotide-transformer', vocabulary: 'vocab.txt', name: 'NT' },
      'NT',
      { maxTokens: 512 },
    ],
    [{ model: 'alibi.onnx', recipe: 'dnabert-2', vocabulary: 'tokenizer.json' }, 'one', { specials: false }],
    [{ model: 'hyena.onnx', recipe: 'hyenadna', pooling: 'last' }, 'one', { pooling: 'last', padding: 'none' }],
    [
      { model: 'hyena.onnx', kind: 'baseline', tokens: { kind: 'characters', letters: 'ACGT', after: [1] } },
      'one',
      { letters: 'ACGT' },
    ],
    [
      {
        model: 'esm.onnx',
        kind: 'self-supervised',
        tokens: { kind: 'vocabulary', reading: 'overlapping', before: ['<cls>'] },
        vocabulary: 'vocab.txt',
      },
      'one',
      { reading: 'overlapping' },
    ],
    [{ model: 'esm.onnx', kind: 'labels used', tokens: { kind: 'k-mers', k: 3, layout: 'clibd' } }, 'one', { k: 3 }],
    [
      {
        model: 'alibi.onnx',
        kind: 'self-supervised',
        tokens: { kind: 'hugging-face' },
        vocabulary: 'tokenizer.json',
        maxTokens: 50,
      },
      'one',
      { specials: true, maxTokens: 50 },
    ],
  ])('%#', async (value, name, settings) => {
    const opened = await openDescribedEncoder(described('one', value), runtime);
    expect(opened.name).toBe(name);
    expect(opened.encoder.id).toBe(name);
    expect(opened.encoder.dimension).toBe(16);
    expect(opened.encoder.provenance.settings).toMatchObject(settings);
    await opened.encoder.close();
  });

  it.each([
    ['{', 'bad-file', /got no JSON/],
    [{}, 'bad-input', /field 'model', got nothing/],
    [{ model: 'esm.onnx' }, 'bad-input', /either a recipe/],
    [{ model: 'esm.onnx', recipe: 'hyenadnaa' }, 'bad-input', /did you mean 'hyenadna'/],
    [{ model: 'esm.onnx', recipe: 'dnabert-2' }, 'bad-input', /field 'vocabulary'/],
    [{ model: 'none.onnx', recipe: 'hyenadna' }, 'not-found', /none\.onnx/],
    [{ model: 'esm.onnx', recipe: 'dnabert-2', vocabulary: 'vocab.txt' }, 'bad-file', /tokenizer\.json, got no JSON/],
    [{ model: 'esm.onnx', recipe: 'hyenadna', poolng: 'max' }, 'bad-input', /did you mean 'pooling'/],
    [{ model: 'esm.onnx', tokens: { kind: 'hugging-face' } }, 'bad-input', /path of the tokenizer file/],
    [{ model: 'hyena.onnx', tokens: { kind: 'characters' } }, 'bad-input', /'kind', got nothing, .*labels used/],
    [{ model: 'hyena.onnx', recipe: 'hyenadna', kind: 'labels-used' }, 'bad-input', /did you mean 'labels used'/],
  ])('says what is wrong, %#', async (value, code, message) => {
    const opening = openDescribedEncoder(described('bad', value), runtime);
    await expect(opening).rejects.toThrow(message);
    await expect(opening).rejects.toMatchObject({ code });
  });

  it.each([
    [{ model: 'hyena.onnx', recipe: 'hyenadna' }, 'self-supervised'],
    [{ model: 'alibi.onnx', recipe: 'dnabert-s', vocabulary: 'tokenizer.json' }, 'labels used'],
    [{ model: 'hyena.onnx', recipe: 'hyenadna', kind: 'baseline' }, 'baseline'],
    [{ model: 'hyena.onnx', tokens: { kind: 'characters' }, kind: 'labels used' }, 'labels used'],
  ])('says what it learned from, %#', async (value, kind) => {
    const opened = await openDescribedEncoder(described('kind', value), runtime);
    expect(opened.kind).toBe(kind);
    await opened.encoder.close();
  });

  it('embeds a table from the shell', async () => {
    const [table, out] = [join(folder, 'records.tsv'), join(folder, 'vectors.arrow')];
    expect((await bioscan('simulate', table, '--specimens', '200')).err).toContain('SIMULATED');
    const encoder = described('tiny', { model: 'alibi.onnx', recipe: 'dnabert-s', vocabulary: 'tokenizer.json' });
    const done = await bioscan('embed', table, out, '--onnx', encoder, '--json');
    expect(done.code, done.err).toBe(exitCodes.ok);
    expect(JSON.parse(done.out)).toMatchObject({ vectors: 200, source: { id: 'tiny', dimension: 16 } });
    const both = await bioscan('embed', table, out, '--onnx', encoder, '--kmers', '4');
    expect(both.code).toBe(exitCodes.usage);
    for (const words of [
      ['--precision', 'int8'],
      ['--pooling', 'cls'],
      ['--layer', '0'],
    ]) {
      for (const source of [
        ['--onnx', encoder],
        ['--kmers', '4'],
      ]) {
        const ignored = await bioscan('embed', table, out, ...source, ...words);
        expect(ignored.code, ignored.err).toBe(exitCodes.usage);
        expect(ignored.err).toContain('cannot be used with');
      }
    }
  }, 60_000);

  it('stands in the table of probe as what it is', async () => {
    const [table, split] = [join(folder, 'many.tsv'), join(folder, 'split.tsv')];
    await bioscan('simulate', table, '--specimens', '600', '--species', '60');
    expect((await bioscan('split', table, split, '--seed', '3')).code).toBe(exitCodes.ok);
    const encoder = described('taught', { model: 'hyena.onnx', recipe: 'hyenadna', kind: 'labels used' });
    const probed = await bioscan('probe', split, '--onnx', encoder, '--no-linear', '--json');
    expect(probed.code, probed.err).toBe(exitCodes.ok);
    const { tables } = JSON.parse(probed.out) as Report;
    expect(tables[0]?.rows.find(([name]) => name === 'taught')).toContain('labels used');
  }, 60_000);
});
