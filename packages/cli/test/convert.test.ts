import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exitCodes } from '@bioscan/cli';
import { tensor, type Tensor } from '@bioscan/core';
import { decodeSafetensors } from '@bioscan/graph';
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { afterAll, describe, expect, it } from 'vitest';
import { bioscan } from './bioscan.js';

const folder = mkdtempSync(join(tmpdir(), 'bioscan-convert-'));
const path = (name: string): string => join(folder, name);
const fixture = (name: string): string => join('fixtures/checkpoints', name);
const { tensors } = decodeSafetensors(new Uint8Array(readFileSync(fixture('golden.safetensors'))));
const golden = JSON.parse(readFileSync(fixture('golden.json'), 'utf8')) as {
  readonly text: { readonly rows: number[][] };
  readonly clibd: { readonly logitScale: number };
};

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

interface Descriptor {
  readonly family: string;
  readonly dimension: number;
  readonly pooling: string;
  readonly dropped: readonly string[];
  readonly source: { readonly file: string };
  readonly preparation: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

function descriptorOf(name: string): Descriptor {
  return JSON.parse(readFileSync(path(`${name}/encoder.json`), 'utf8')) as Descriptor;
}

async function run(model: string, feeds: Readonly<Record<string, Tensor>>): Promise<Float32Array> {
  const session = await InferenceSession.create(path(model));
  const inputs = Object.entries(feeds).map(([name, { dtype, data, shape }]) => [
    name,
    new OrtTensor(dtype as 'float32', data as Float32Array, shape),
  ]);
  const { embedding } = await session.run(Object.fromEntries(inputs) as Record<string, OrtTensor>);
  await session.release();
  return embedding?.data as Float32Array;
}

function distance(actual: Float32Array, name: string): number {
  const expected = tensors[name]?.data as Float32Array;
  expect(actual.length, name).toBe(expected.length);
  return Math.hypot(...expected.map((value, i) => value - (actual[i] as number))) / Math.hypot(...expected);
}

describe('bioscan convert', () => {
  it('turns a BarcodeBERT into a folder that embed reads', async () => {
    const done = await bioscan('convert', fixture('barcodebert-current.pt'), path('current'));
    expect(done.code, done.err).toBe(exitCodes.ok);
    expect(done.out).toContain('barcodebert-current: k 3, 2 layers x 16, 4 heads (bert_config), pooling masked-mean');
    expect(descriptorOf('current')).toMatchObject({
      family: 'barcodebert-current',
      source: { file: 'barcodebert-current.pt', format: 'torch' },
      preparation: { vocabulary: { name: 'current', k: 3 }, policy: 'strict-upstream' },
    });
    writeFileSync(path('records.tsv'), `processid\tdna_barcode\nA-1\t${'ACGTTGCAAC'.repeat(60)}\n`);
    const embedded = await bioscan('embed', path('records.tsv'), path('v.arrow'), '--run', path('current'), '--json');
    expect(embedded.code, embedded.err).toBe(exitCodes.ok);
    expect(JSON.parse(embedded.out)).toMatchObject({ vectors: 1, source: { settings: { pooling: 'masked-mean' } } });
  });

  it('splits CLIBD into three encoders that compute what PyTorch computes', async () => {
    const done = await bioscan('convert', fixture('clibd.pth'), path('clibd'), '--heads', '3,4,8', '--json');
    expect(done.code, done.err).toBe(exitCodes.ok);
    const { family, files } = JSON.parse(done.out) as { family: string; files: string[] };
    expect(family).toBe('clibd');
    expect(files).toHaveLength(10);
    expect(files.every((name) => existsSync(path(`clibd/${name}`)))).toBe(true);
    const image = await run('clibd/image/encoder.onnx', { pixel_values: tensors['vit/pixels'] as Tensor });
    expect(distance(image, 'clibd/image')).toBeLessThan(1e-4);
    expect(descriptorOf('clibd/image')).toMatchObject({ merged: 4, dropped: [] });
    expect(descriptorOf('clibd/image').preparation['preprocessing']).not.toHaveProperty('normalise');
    expect(descriptorOf('clibd/dna')).toMatchObject({ pooling: 'softmax-mean', dropped: ['cls.predictions.bias'] });
    const shared = JSON.parse(readFileSync(path('clibd/clibd.json'), 'utf8')) as { logitScale: number };
    expect(shared.logitScale).toBeCloseTo(golden.clibd.logitScale, 6);
  });

  it('converts a text BERT and a ViT, with what the options say', async () => {
    const text = await bioscan('convert', fixture('bert-small.safetensors'), path('text'), '--heads', '8');
    expect(text.code, text.err).toBe(exitCodes.ok);
    const { rows } = golden.text;
    const ids = (pad: (row: number[], i: number) => bigint): Tensor =>
      tensor(
        'int64',
        [3, 20],
        BigInt64Array.from(rows.flatMap((row) => Array.from({ length: 20 }, (_, i) => pad(row, i)))),
      );
    const feeds = {
      input_ids: ids((row, i) => BigInt(row[i] ?? 0)),
      attention_mask: ids((row, i) => (i < row.length ? 1n : 0n)),
    };
    expect(distance(await run('text/encoder.onnx', feeds), 'text/mean-all')).toBeLessThan(1e-4);

    const words = ['--architecture', 'vit_tiny_patch16_224', '--pooling', 'mean', '--image', '48'];
    const picture = await bioscan('convert', fixture('vit.pth'), path('vit'), ...words);
    expect(picture.code, picture.err).toBe(exitCodes.ok);
    expect(picture.out).toContain('patch 8 of 48 pixels');
    expect(picture.out).toContain('3 heads (vit_tiny_patch16_224)');
    expect(picture.out).toContain('2 tensors not needed: head.weight, head.bias');
  });

  it.each<[string, readonly string[], number, RegExp]>([
    ['barcodebert-workshop.pth', [], exitCodes.badInput, /no number of attention heads, expected one/],
    ['barcodebert-current.pt', ['--heads', '2'], exitCodes.badInput, /expected 4 as the checkpoint itself says/],
    ['clibd.pth', [], exitCodes.badInput, /no number of attention heads/],
    ['clibd.pth', ['--heads', '3'], exitCodes.badInput, /expected three: image,dna,text/],
    ['bert-small.bin', ['--heads', 'many'], exitCodes.usage, /whole numbers such as 12/],
    ['bert-small.bin', ['--heads', '8', '--pooling', 'mean'], exitCodes.badInput, /one of pictures/],
    ['values-2.pt', [], exitCodes.badInput, /got 1 tensors such as parameter/],
    ['old-scheduler.pt', [], exitCodes.badInput, /expected the names of BarcodeBERT/],
    ['evil.pt', [], exitCodes.failure, /'posix.system'/],
    ['legacy.pt', [], exitCodes.failure, /torch.save\(torch.load\(file\), file\)/],
    ['golden.json', [], exitCodes.badInput, /no zip file/],
    ['absent.pt', [], exitCodes.badInput, /none that can be read/],
  ])('refuses %s with %j in one sentence', async (name, words, code, message) => {
    const refused = await bioscan('convert', fixture(name), path('refused'), ...words);
    expect(refused.err).toMatch(message);
    expect(refused.code).toBe(code);
    expect(existsSync(path('refused'))).toBe(false);
    if (code !== exitCodes.usage) expect(refused.err.trim().split('\n')).toHaveLength(1);
  });

  it('names a file that is cut short, and the way out', async () => {
    const cut = path('cut.pth');
    const whole = readFileSync(fixture('clibd.pth'));
    writeFileSync(cut, whole.subarray(0, Math.floor(whole.length / 2)));
    const refused = await bioscan('convert', cut, path('refused'));
    expect(refused.err).toContain(cut);
    expect(refused.err).toMatch(/cut short: download or copy it again/);
    expect(refused.code).toBe(exitCodes.badInput);
  });
});
