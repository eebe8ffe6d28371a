import { readFileSync } from 'node:fs';
import type { Tensor, TrainingState } from '@bioscan/core';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  clibdParts,
  decodeSafetensors,
  decodeWeights,
  exportEncoder,
  importTextBert,
  mergeLora,
  type StateDict,
  type TextBert,
  type TokenPooling,
} from '../src/index.js';
import { relativeError } from './golden.js';
import { runModel } from './session.js';

const folder = new URL('../../../fixtures/checkpoints/', import.meta.url);
const fixture = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(name, folder)));
const { tensors } = decodeSafetensors(fixture('golden.safetensors'));
const { text, clibd } = JSON.parse(readFileSync(new URL('golden.json', folder), 'utf8')) as {
  readonly text: { readonly rows: number[][]; readonly tokens: number };
  readonly clibd: { readonly logitScale: number };
};

async function embedded(tower: TextBert, state: TrainingState): Promise<Tensor> {
  const { embedding } = await runModel(exportEncoder(tower, state), tower.collate(text.rows));
  return embedding as Tensor;
}

function expectEqual(actual: Tensor, name: string): void {
  const expected = tensors[name] as Tensor;
  expect(actual.shape, name).toEqual(expected.shape);
  const data = Array.from(expected.data, Number);
  expect(relativeError(actual, { shape: expected.shape, data }), name).toBeLessThan(1e-4);
  data.forEach((value, i) => {
    expect(Math.abs(Number(actual.data[i]) - value)).toBeLessThan(1e-5);
  });
}

describe('a Hugging Face BERT for text', () => {
  let files: Record<string, StateDict>;
  beforeAll(() => {
    files = Object.fromEntries(
      ['bert-small.bin', 'bert-small.safetensors'].map((name) => [name, decodeWeights(fixture(name)).state]),
    );
  });

  it.each(['bert-small.bin', 'bert-small.safetensors'])('computes from %s what PyTorch computes', async (name) => {
    for (const pooling of ['mean-all', 'masked-mean', 'cls'] as const satisfies TokenPooling[]) {
      const imported = importTextBert(files[name] as StateDict, { heads: 8, pooling });
      if (imported === undefined) throw new Error('no BERT found');
      expect(imported.tower.shape).toMatchObject({ layers: 4, width: 16, feedForward: 64, vocabularySize: 50 });
      expectEqual(await embedded(imported.tower, imported.state), `text/${pooling}`);
    }
  });

  it('says what it did not take', () => {
    const old = importTextBert(files['bert-small.bin'] as StateDict, { heads: 8 });
    expect(old?.dropped.toSorted()).toEqual(['embeddings.position_ids', 'pooler.dense.bias', 'pooler.dense.weight']);
    const masked = importTextBert(files['bert-small.safetensors'] as StateDict, { heads: 8 });
    expect(masked?.dropped).toHaveLength(5);
    expect(masked?.dropped.every((name) => name.startsWith('cls.predictions.'))).toBe(true);
  });

  it('never guesses the heads', async () => {
    const state = files['bert-small.bin'] as StateDict;
    expect(() => importTextBert(state, { heads: undefined })).toThrow('no number of attention heads');
    expect(() => importTextBert(state, { heads: 3 })).toThrow('a divisor of its width 16');
    const four = importTextBert(state, { heads: 4 });
    const wrong = await embedded(four?.tower as TextBert, four?.state as TrainingState);
    const { shape, data } = tensors['text/mean-all'] as Tensor;
    expect(relativeError(wrong, { shape, data: Array.from(data, Number) })).toBeGreaterThan(1e-3);
  });

  it('refuses parts that would be left out, tensors that are missing or of another shape', () => {
    const state = files['bert-small.bin'] as StateDict;
    const some = state.get('pooler.dense.weight');
    if (some === undefined) throw new Error('no pooler');
    const relative = new Map(state).set('encoder.layer.0.attention.self.distance_embedding.weight', some);
    expect(() => importTextBert(relative, { heads: 8 })).toThrow('distance_embedding.weight');
    const missing = new Map(state);
    missing.delete('encoder.layer.2.output.dense.bias');
    expect(() => importTextBert(missing, { heads: 8 })).toThrow("no tensor 'bert.encoder.layer.2.output.dense.bias'");
    const other = new Map(state).set('encoder.layer.1.intermediate.dense.weight', some);
    expect(() => importTextBert(other, { heads: 8 })).toThrow('encoder.layer.1.intermediate.dense.weight');
    expect(importTextBert(new Map([['weight', some]]), { heads: 8 })).toBeUndefined();
  });
});

describe('the text encoder of CLIBD', () => {
  it.each([
    ['clibd', 0],
    ['clibd-lora', 4],
  ])('computes from %s.pth what PyTorch computes, %d additions merged', async (name, additions) => {
    const parts = clibdParts(decodeWeights(fixture(`${name}.pth`)).state);
    expect(parts?.unused).toEqual([]);
    expect(parts?.logitScale).toBeCloseTo(name === 'clibd' ? clibd.logitScale : (parts?.logitScale ?? 0), 6);
    const { state, merged } = mergeLora(parts?.text as StateDict);
    expect(merged).toBe(additions);
    const imported = importTextBert(state, { heads: 8 });
    expect(imported?.tower.dimension).toBe(20);
    expectEqual(await embedded(imported?.tower as TextBert, imported?.state as TrainingState), `${name}/text`);
  });

  it('refuses halves of additions and additions that do not fit', () => {
    const text = clibdParts(decodeWeights(fixture('clibd-lora.pth')).state)?.text as StateDict;
    const name = 'encoder.layer.0.attention.self.query.w_b.weight';
    const half = new Map(text);
    half.delete(name);
    expect(() => mergeLora(half)).toThrow(name);
    const bias = text.get('proj.bias');
    if (bias === undefined) throw new Error('no projection');
    expect(() => mergeLora(new Map(text).set(name, bias))).toThrow('expected it to fit (16, 16)');
  });
});
