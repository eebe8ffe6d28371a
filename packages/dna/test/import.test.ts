import { readFileSync } from 'node:fs';
import type { Tensor } from '@bioscan/core';
import {
  barcodeBertOf,
  barcodeEncoder,
  decodeBarcodeCheckpoint,
  encodeBarcodeCheckpoint,
  importBarcodeBert,
  importClibdDna,
  type Pooling,
} from '@bioscan/dna';
import { clibdParts, decodeSafetensors, decodeWeights, exportEncoder, type WeightFile } from '@bioscan/graph';
import { openRuntime, type EngineRuntime } from '@bioscan/runtime/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const bytes = (name: string): Uint8Array => new Uint8Array(readFileSync(`fixtures/checkpoints/${name}`));
const { tensors } = decodeSafetensors(bytes('golden.safetensors'));
const { sequences } = JSON.parse(readFileSync('fixtures/checkpoints/golden.json', 'utf8')) as { sequences: string[] };
const file = (name: string): WeightFile => decodeWeights(bytes(name));

let compared = 0;
function expectEqual(actual: Tensor | undefined, name: string): void {
  const expected = tensors[name] as Tensor<'float32'>;
  const data = actual?.data as Float32Array;
  expect(actual?.shape, name).toEqual(expected.shape);
  const difference = expected.data.map((value, i) => value - data[i]!);
  expect(Math.hypot(...difference), name).toBeLessThan(1e-4 * Math.hypot(...expected.data));
  expect(Math.max(...difference.map(Math.abs)), name).toBeLessThan(1e-5);
  compared++;
}

describe('published BarcodeBERT checkpoints', () => {
  let runtime: EngineRuntime;
  beforeAll(() => {
    runtime = openRuntime({ threads: 1 });
  });
  afterAll(async () => {
    await runtime.close();
    expect(compared).toBe(8);
  });

  it.each<[string, number | undefined, Pooling, string]>([
    ['barcodebert-current.pt', undefined, 'masked-mean', 'current/masked-mean'],
    ['barcodebert-current.pt', 4, 'mean-all', 'current/mean-all'],
    ['barcodebert-finetuned.pt', undefined, 'mean-all', 'current/mean-all'],
    ['barcodemae.pt', undefined, 'masked-mean', 'current/masked-mean'],
    ['barcodebert-workshop.pth', 4, 'mean-all', 'workshop/mean-all'],
    ['barcodebert-workshop.pth', 4, 'softmax-mean', 'workshop/softmax-mean'],
  ])('%s with heads %s and %s embeds as PyTorch does', async (name, heads, pooling, wanted) => {
    const imported = importBarcodeBert(file(name), { pooling, ...(heads === undefined ? {} : { heads }) });
    if (imported === undefined) throw new Error('no BarcodeBERT found');
    // Through our own file, as `bioscan convert` and `bioscan embed` pass it on.
    const { checkpoint } = decodeBarcodeCheckpoint(encodeBarcodeCheckpoint(imported.checkpoint));
    const encoder = await barcodeEncoder(checkpoint, runtime);
    expect(encoder.provenance.settings).toMatchObject({ pooling, k: 3, objective: `barcodebert-${imported.layout}` });
    expect(encoder.provenance.corpus).toBeUndefined();
    expectEqual(await encoder.encode(sequences), wanted);
    await encoder.close();
  });

  it('finds layout, vocabulary, pooling, heads and what has no use', () => {
    const current = importBarcodeBert(file('barcodebert-current.pt'));
    expect(current).toMatchObject({ layout: 'current', headsFrom: 'bert_config', dropped: [] });
    expect(current?.checkpoint).toMatchObject({ steps: 1234, recommended: { pooling: 'masked-mean', layer: 2 } });
    expect(current?.checkpoint.config).toMatchObject({ layers: 2, heads: 4, width: 16, maxPositions: 224 });
    expect(current?.checkpoint.config.vocabulary).toMatchObject({ name: 'current', k: 3, masksPadding: true });
    // The head comes along, to go on training.
    expect(current?.checkpoint.parameters['classifier.weight']?.shape).toEqual([16, 64]);

    const workshop = importBarcodeBert(file('barcodebert-workshop.pth'), { heads: 4 });
    expect(workshop).toMatchObject({ layout: 'workshop', headsFrom: 'option' });
    expect(workshop?.checkpoint.config.vocabulary).toMatchObject({ name: 'workshop', k: 3, masksPadding: false });
    expect(workshop?.dropped).toContain('cls.predictions.transform.dense.weight');
    expect(workshop?.dropped).toContain('bert.embeddings.position_ids');

    const tuned = importBarcodeBert(file('barcodebert-finetuned.pt'));
    expect(tuned?.checkpoint.recommended.pooling).toBe('mean-all');
    expect(tuned?.dropped.every((name) => /^(base_model\.)?classifier\./.test(name))).toBe(true);
    const mae = importBarcodeBert(file('barcodemae.pt'));
    expect(mae).toMatchObject({ layout: 'mae', headsFrom: 'bert_config' });
    expect(mae?.dropped).toContain('projection_layer.weight');
    expect(importBarcodeBert(file('bert-small.bin'), { heads: 8 })).toBeUndefined();
    expect(importBarcodeBert(file('vit.pth'))).toBeUndefined();
  });

  it('never guesses the heads, and takes the word of the file', () => {
    expect(() => importBarcodeBert(file('barcodebert-workshop.pth'))).toThrow('no number of attention heads');
    expect(() => importBarcodeBert(file('barcodebert-workshop.pth'), { heads: 5 })).toThrow('a divisor of its width');
    expect(() => importBarcodeBert(file('barcodebert-current.pt'), { heads: 8 })).toThrow(
      'expected 4 as the checkpoint',
    );
  });

  it('refuses a config that describes another model', () => {
    const { root, ...rest } = file('barcodebert-current.pt');
    const changed = (key: string, value: string | number): WeightFile => {
      const all = root as Map<string, Map<string, string | number>>;
      const config = new Map(all.get('bert_config')).set(key, value);
      return { ...rest, root: new Map<string, Map<string, string | number>>([...all, ['bert_config', config]]) };
    };
    expect(importBarcodeBert(changed('hidden_act', 'gelu'))).toBeDefined();
    expect(() => importBarcodeBert(changed('hidden_act', 'relu'))).toThrow('bert_config.hidden_act, got relu');
    expect(() => importBarcodeBert(changed('num_hidden_layers', 7))).toThrow('num_hidden_layers, got 7, expected 2');
    expect(() => importBarcodeBert(changed('position_embedding_type', 'relative_key'))).toThrow('relative_key');
  });

  it.each([
    ['clibd', 0],
    ['clibd-lora', 4],
  ])('the DNA encoder of %s.pth embeds as PyTorch does, %d additions merged', async (name, additions) => {
    const parts = clibdParts(file(`${name}.pth`).state);
    const { tower, state, merged, dropped } = importClibdDna(parts?.dna ?? new Map(), { heads: 4 });
    expect(merged).toBe(additions);
    expect(dropped).toEqual(['cls.predictions.bias']);
    expect(tower.config.vocabulary).toMatchObject({ name: 'clibd', prependIds: [0] });
    const session = await runtime.open(exportEncoder(tower, state));
    const feeds = tower.collate(sequences);
    expect(feeds['input_ids']?.shape).toEqual([3, 221]);
    const { embedding } = await session.run(feeds);
    expectEqual(embedding, `${name}/dna`);
    await session.close();
  });

  it('needs the body of a CLIBD encoder to be one of BarcodeBERT', () => {
    const parts = clibdParts(file('clibd.pth').state);
    expect(() => importClibdDna(parts?.dna ?? new Map(), { heads: undefined })).toThrow('attention heads');
    expect(() => importClibdDna(parts?.text ?? new Map(), { heads: 4 })).toThrow('expected 4^k + 3');
  });

  it('opens a classifier head that training goes on with', () => {
    const { checkpoint } = importBarcodeBert(file('barcodebert-current.pt'))!;
    const names = barcodeBertOf(checkpoint.config).parameters.map(({ name }) => name);
    expect(Object.keys(checkpoint.parameters).sort()).toEqual(
      [...names, 'classifier.weight', 'classifier.bias'].sort(),
    );
  });
});
