import { readFileSync } from 'node:fs';
import { collect, embed, type Runtime, type Session, type Tensors, type ValueSpec } from '@bioscan/core';
import { kmerTokenizer, kmerVocabulary } from '@bioscan/dna';
import {
  characterTokens,
  huggingFaceTokens,
  kmerTokens,
  onnxEncoder,
  publishedEncoders,
  publishedRecipe,
  recipeKind,
  vocabularyTokens,
  type DnaTokens,
  type OnnxPooling,
} from '@bioscan/dna/onnx';
import { openRuntime, type EngineRuntime } from '@bioscan/runtime/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

type Case = readonly { readonly ids: number[]; readonly vectors: Record<string, number[]> }[];

const folder = 'fixtures/dna/encoders/';
const text = (name: string): string => readFileSync(folder + name, 'utf8');
const bytes = (name: string): Uint8Array => new Uint8Array(readFileSync(folder + name));
const golden = JSON.parse(text('goldens.json')) as Record<string, Case> & {
  readonly barcodes: string[];
  readonly overlapping: number[][];
};
const { barcodes } = golden;
const cases: readonly (readonly [string, string, DnaTokens])[] = [
  ['esm', 'esm.onnx', vocabularyTokens(text('vocab.txt'), { before: ['<cls>'] })],
  ['esm without specials', 'esm.onnx', publishedRecipe('nucleotide-transformer', text('vocab.txt')).tokens],
  ['alibi', 'alibi.onnx', huggingFaceTokens(text('tokenizer.json'))],
  ['alibi without specials', 'alibi.onnx', publishedRecipe('dnabert-2', text('tokenizer.json')).tokens],
  ['hyena', 'hyena.onnx', publishedRecipe('hyenadna').tokens],
];
let runtime: EngineRuntime;
beforeAll(() => (runtime = openRuntime()));
afterAll(() => runtime.close());

function idsOf(tokens: DnaTokens, barcode: string): number[] {
  const { before, content, after } = tokens.tokenize(barcode);
  return [...before, ...content, ...after];
}

describe('tokenizers give the ids of transformers and tokenizers', () => {
  it.each(cases)('%s', (name, _, tokens) => {
    expect(barcodes.map((barcode) => idsOf(tokens, barcode))).toEqual((golden[name] as Case).map(({ ids }) => ids));
    expect(barcodes).toHaveLength(5);
  });

  it('overlapping windows of a vocabulary file', () => {
    const tokens = publishedRecipe('dnabert', text('vocab.txt')).tokens;
    expect(barcodes.map((barcode) => idsOf(tokens, barcode))).toEqual(golden.overlapping);
  });

  it('k-mers of BarcodeBERT: what its tokenizer attends', () => {
    const vocabulary = kmerVocabulary('clibd', 4);
    const { ids, attended } = kmerTokenizer(vocabulary).encode(barcodes[1] as string);
    expect(idsOf(kmerTokens(vocabulary), barcodes[1] as string)).toEqual([...ids.subarray(0, attended)]);
  });
});

describe('onnxEncoder gives the pooled vectors of torch', () => {
  it.each(cases)('%s, every pooling, batches of unequal lengths, padded on either side', async (name, file, tokens) => {
    let compared = 0;
    const sides = name === 'hyena' ? (['none'] as const) : (['right', 'left', 'none'] as const);
    for (const pooling of ['masked-mean', 'cls', 'last', 'max'] as const) {
      for (const padding of sides) {
        const encoder = await onnxEncoder(bytes(file), runtime, { tokens, pooling, padding, batchSize: 3 });
        const inputs = barcodes.map((input, i) => ({ id: `b${i}`, input }));
        const { vectors } = await collect(embed(encoder, inputs));
        await encoder.close();
        expect(vectors.shape).toEqual([5, 16]);
        for (const [i, { vectors: wanted }] of (golden[name] as Case).entries()) {
          for (const [j, value] of (wanted[pooling] as number[]).entries()) {
            expect(Math.abs((vectors.data[i * 16 + j] as number) - value)).toBeLessThan(2e-5);
            compared++;
          }
        }
      }
    }
    expect(compared).toBe(4 * sides.length * 5 * 16);
  });

  it('does not pad for a model without attention mask unless told to, and says what it did', async () => {
    const encoder = await onnxEncoder(bytes('hyena.onnx'), runtime, publishedRecipe('hyenadna'));
    const { settings, weights, corpus } = encoder.provenance;
    expect(settings).toMatchObject({
      padding: 'none',
      pooling: 'masked-mean',
      policy: 'clean',
      tokenizer: 'characters',
    });
    expect(settings['output']).toBe('last_hidden_state');
    expect(weights).toMatch(/^[0-9a-f]{64}$/);
    expect(corpus).toBeUndefined();
    expect((await encoder.encode([])).shape).toEqual([0, 16]);
    const [lower, upper] = [await encoder.encode(['ac-gt']), await encoder.encode(['ACGT'])];
    expect([...lower.data]).toEqual([...upper.data]);
    await encoder.close();
  });

  it('cuts the barcode and keeps the specials', async () => {
    const tokens = huggingFaceTokens(text('tokenizer.json'));
    const { before, content, after } = tokens.tokenize(barcodes[0] as string);
    const cut = { ...tokens, tokenize: () => ({ before, content: content.slice(0, 6), after }) };
    const vectors = [];
    for (const options of [{ tokens, maxTokens: 8 }, { tokens: cut }]) {
      const encoder = await onnxEncoder(bytes('alibi.onnx'), runtime, options);
      vectors.push([...(await encoder.encode([barcodes[0] as string])).data]);
      await encoder.close();
    }
    expect(vectors[0]).toEqual(vectors[1]);
    await expect(onnxEncoder(bytes('alibi.onnx'), runtime, { tokens, maxTokens: 2 })).rejects.toThrow(/no room/);
  });
});

describe('what does not fit is said', () => {
  const esm = { tokens: characterTokens() };

  it.each([
    ['', 'no JSON'],
    [text('tokenizer.json').slice(0, 4000), 'no JSON'],
    ['[1', 'no JSON'],
    ['7', 'JSON that is no object'],
    ['{"version":"1.0"}', "no 'model'"],
    ['{"model":{"type":"Loom","vocab":{}}}', 'Loom'],
  ])('tokenizer.json %#', (json, what) => {
    expect(() => huggingFaceTokens(json)).toThrow(what);
    expect(() => huggingFaceTokens(json)).toThrow(expect.objectContaining({ code: 'bad-file' }));
  });

  it('vocabularies', () => {
    expect(() => vocabularyTokens('<unk>\n<pad>\n')).toThrow(/no k-mer/);
    expect(() => vocabularyTokens('<unk>\n<pad>\nACG\nACG\n')).toThrow(/lines 3 and 4/);
    expect(() => vocabularyTokens('<pad>\nACG\n')).toThrow(/no entry '<unk>' or '\[UNK\]'/);
    expect(() => vocabularyTokens('<unk>\n<pad>\nACG\n', { before: ['<cls>'] })).toThrow(/no entry '<cls>'/);
    expect(() => characterTokens({ letters: 'ACCT' })).toThrow(RangeError);
  });

  it('an output that is not there', async () => {
    const opening = onnxEncoder(bytes('esm.onnx'), runtime, { ...esm, output: 'pooler_output' });
    await expect(opening).rejects.toMatchObject({ code: 'not-found' });
    await expect(opening).rejects.toThrow(/got 'last_hidden_state', expected 'pooler_output'/);
  });

  it('ids that the model does not have', async () => {
    const opening = onnxEncoder(bytes('esm.onnx'), runtime, { tokens: characterTokens({ firstId: 500 }) });
    await expect(opening).rejects.toMatchObject({ code: 'engine' });
    await expect(opening).rejects.toThrow(/is the tokenizer the model's own/);
  });

  it('a barcode without a token', async () => {
    const encoder = await onnxEncoder(bytes('hyena.onnx'), runtime, publishedRecipe('hyenadna'));
    await expect(encoder.encode(['ACGT', '--'])).rejects.toMatchObject({ code: 'bad-input', details: { index: 1 } });
    await encoder.close();
  });

  const ids: ValueSpec = { name: 'input_ids', dtype: 'int64', shape: ['batch', 'tokens'] };

  it('inputs that nothing is known of', async () => {
    const other: ValueSpec = { name: 'segment_embeds', dtype: 'float32', shape: ['batch', 'tokens', 8] };
    const opening = onnxEncoder(new Uint8Array(), fake([ids, other], []), esm);
    await expect(opening).rejects.toMatchObject({ code: 'unsupported' });
    await expect(opening).rejects.toThrow(/'segment_embeds' of float32/);
  });

  it.each([
    ['masked-mean', [1, 8], /need pooling 'pooled'/],
    ['masked-mean', [1, 12, 8], /got \(1, 12, 8\), expected \(1, 24, width\)/],
    ['pooled', [1, 24, 8], /name another pooling/],
    ['pooled', [2, 8], /got \(2, 8\), expected \(1, width\)/],
  ] as const)('%s of an output (%s)', async (pooling: OnnxPooling, shape, message) => {
    let closed = false;
    const opening = onnxEncoder(
      new Uint8Array(),
      fake([ids], shape, () => (closed = true)),
      { ...esm, pooling },
    );
    await expect(opening).rejects.toThrow(message);
    await expect(opening).rejects.toMatchObject({ code: 'mismatch' });
    expect(closed).toBe(true);
  });

  it('a model that fixes rows and tokens is fed so', async () => {
    const fixed = { ...ids, shape: [2, 30] };
    const seen: Tensors[] = [];
    const session = fake([fixed], [2, 30, 4], undefined, (feeds) => seen.push(feeds));
    const encoder = await onnxEncoder(new Uint8Array(), session, esm);
    expect(encoder.maxBatch).toBe(2);
    expect((await encoder.encode(['ACGT'.repeat(10)])).shape).toEqual([1, 4]);
    expect(seen.at(-1)?.['input_ids']?.shape).toEqual([2, 30]);
    expect(String(seen.at(-1)?.['input_ids']?.data.slice(0, 5))).toBe('7,8,9,10,7');
  });
});

describe('a model that fixes the length of its rows', () => {
  const ids: ValueSpec = { name: 'input_ids', dtype: 'int64', shape: ['batch', 30] };
  const mask: ValueSpec = { ...ids, name: 'attention_mask' };
  const tokens = characterTokens();
  const [short, long] = ['ACGTA', 'ACGT'.repeat(10)];

  it('and takes no attention_mask refuses shorter ones: it would read padding as letters', async () => {
    const encoder = await onnxEncoder(new Uint8Array(), fake([ids], [1, 30, 4]), { tokens });
    expect(encoder.provenance.settings['padding']).toBe('none');
    expect((await encoder.encode([long])).shape).toEqual([1, 4]);
    await expect(encoder.encode([long, short])).rejects.toMatchObject({ code: 'bad-input', details: { index: 1 } });
    await expect(encoder.encode([short])).rejects.toThrow(/got 5 tokens, expected the 30 .*read padding as letters/);
  });

  it.each([
    ['the side was named', [ids], { padding: 'left' }, 'left'],
    ['it can be told what is padding', [ids, mask], {}, 'right'],
  ] as const)('pads where %s', async (_, inputs, options, padding) => {
    const encoder = await onnxEncoder(new Uint8Array(), fake(inputs, [1, 30, 4]), { tokens, ...options });
    expect(encoder.provenance.settings['padding']).toBe(padding);
    expect((await encoder.encode([short])).shape).toEqual([1, 4]);
  });
});

it('names say what the published weights learned from', () => {
  expect(publishedEncoders.filter((name) => recipeKind(name) === 'labels used')).toEqual(['dnabert-s']);
});

/** An engine that answers with zeros of a shape. */
function fake(
  inputs: readonly ValueSpec[],
  shape: readonly number[],
  onClose?: () => void,
  onRun?: (feeds: Tensors) => void,
): Pick<Runtime, 'open'> {
  const session: Session = {
    inputs,
    outputs: [{ name: 'states', dtype: 'float32', shape: shape.map((_, i) => `d${i}`) }],
    run: (feeds) => {
      onRun?.(feeds);
      const data = new Float32Array(shape.reduce((product, size) => product * size, 1));
      return Promise.resolve({ states: { dtype: 'float32', shape, data } });
    },
    close: () => Promise.resolve(onClose?.()),
  };
  return { open: () => Promise.resolve(session) };
}
