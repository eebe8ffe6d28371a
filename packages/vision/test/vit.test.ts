import { readFileSync } from 'node:fs';
import { rng, type Picture, type Tensor } from '@bioscan/core';
import {
  augmentations,
  importClibdImage,
  importVit,
  presets,
  timmHeads,
  timmVitPreprocessing,
  vit,
  type ImportedVit,
  type ImportVitOptions,
} from '@bioscan/vision';
import {
  clibdParts,
  decodeSafetensors,
  decodeWeights,
  exportEncoder,
  gradients,
  initialStateOf,
  mean,
  towerInputs,
  trainingGraph,
  type StateDict,
} from '@bioscan/graph';
import { openRuntime, type EngineRuntime } from '@bioscan/runtime/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resamplePositions } from '../src/resample-positions.js';

const bytes = (name: string): Uint8Array => new Uint8Array(readFileSync(`fixtures/checkpoints/${name}`));
const { tensors } = decodeSafetensors(bytes('golden.safetensors'));
const stateOf = (name: string): StateDict => decodeWeights(bytes(name)).state;

interface Published {
  readonly heads: number;
  readonly width: number;
  readonly layers: number;
  readonly patch: number;
  readonly image: number;
  readonly epsilon: number;
  readonly parameters: number;
  readonly mean: readonly number[];
  readonly std: readonly number[];
  readonly cropPct: number;
  readonly interpolation: string;
}
const { timm } = JSON.parse(readFileSync('fixtures/checkpoints/golden.json', 'utf8')) as {
  readonly timm: Readonly<Record<string, Published>>;
};

function expectEqual(actual: Tensor | undefined, name: string): void {
  const expected = tensors[name] as Tensor<'float32'>;
  const data = actual?.data as Float32Array;
  expect(actual?.shape, name).toEqual(expected.shape);
  const difference = expected.data.map((value, i) => value - (data[i] ?? Number.NaN));
  expect(Math.hypot(...difference), name).toBeLessThan(1e-4 * Math.hypot(...expected.data));
  expect(Math.max(...difference.map(Math.abs)), name).toBeLessThan(1e-5);
}

describe('a ViT from timm', () => {
  let runtime: EngineRuntime;
  beforeAll(() => {
    runtime = openRuntime({ threads: 1 });
  });
  afterAll(() => runtime.close());

  async function embedded(imported: ImportedVit | undefined, pixels: string): Promise<Tensor | undefined> {
    if (imported === undefined) throw new Error('no ViT found');
    const session = await runtime.open(exportEncoder(imported.tower, imported.state));
    const { embedding } = await session.run({ pixel_values: tensors[pixels] as Tensor });
    await session.close();
    return embedding;
  }

  it.each<[string, Omit<ImportVitOptions, 'heads'>, string, string]>([
    ['vit.pth', {}, 'vit/pixels', 'vit/cls'],
    ['vit.safetensors', {}, 'vit/pixels', 'vit/cls'],
    ['vit.pth', { pooling: 'mean' }, 'vit/pixels', 'vit/mean'],
    ['vit.pth', { head: true }, 'vit/pixels', 'vit/head'],
    ['vit.pth', { image: 48 }, 'vit/pixels-48', 'vit/cls-48'],
    ['vit.pth', { image: 24 }, 'vit/pixels-24', 'vit/cls-24'],
    ['vit-avg.pth', {}, 'vit/pixels', 'vit-avg/mean'],
  ])('computes from %s with %j what PyTorch computes', async (name, options, pixels, wanted) => {
    expectEqual(await embedded(importVit(stateOf(name), { ...options, heads: 3 }), pixels), wanted);
  });

  it.each([48, 24])('resamples positions for %d pixels as timm does', (size) => {
    const positions = stateOf('vit.pth').get('pos_embed')?.read() as Tensor<'float32'>;
    expectEqual(resamplePositions(positions, size / 8), `vit/positions-${size}`);
  });

  it.each([
    ['clibd', 4],
    ['clibd-lora', 4],
  ])('computes the image encoder of %s.pth, %d additions always merged', async (name, additions) => {
    const imported = importClibdImage(clibdParts(stateOf(`${name}.pth`))?.image ?? new Map(), { heads: 3 });
    expect(imported?.merged).toBe(additions);
    expect(imported?.dropped).toEqual([]);
    expect(imported?.tower.input.preprocessing.normalise).toBeUndefined();
    expectEqual(await embedded(imported, 'vit/pixels'), `${name}/image`);
  });

  it('says what it did not take, and never guesses the heads', () => {
    const imported = importVit(stateOf('vit.pth'), { heads: 3 });
    expect(imported?.dropped).toEqual(['head.weight', 'head.bias']);
    expect(imported?.trainedOn).toBe(32);
    expect(() => importVit(stateOf('vit.pth'), { heads: undefined })).toThrow('no number of attention heads');
    expect(importVit(stateOf('bert-small.bin'), { heads: 3 })).toBeUndefined();
  });

  it('refuses ViTs of other kinds', () => {
    const state = stateOf('vit.pth');
    const some = state.get('norm.weight');
    if (some === undefined) throw new Error('no norm');
    expect(() => importVit(new Map(state).set('blocks.0.ls1.gamma', some), { heads: 3 })).toThrow('blocks.0.ls1.gamma');
    expect(() => importVit(new Map(state).set('reg_token', some), { heads: 3 })).toThrow('reg_token');
    expect(() => importVit(new Map(state).set('pos_embed', some), { heads: 3 })).toThrow('a square grid');
    expect(() => importVit(state, { heads: 3, image: 30 })).toThrow('a multiple of the patch 8');
    const without = new Map(state);
    without.delete('blocks.1.attn.qkv.bias');
    expect(() => importVit(without, { heads: 3 })).toThrow('blocks.1.attn.qkv.bias');
  });

  it('knows the sizes and the preprocessing that timm publishes', () => {
    expect(Object.keys(timm)).toHaveLength(5);
    for (const [name, published] of Object.entries(timm)) {
      expect(timmHeads(name), name).toBe(published.heads);
      const { image, patch, layers, heads, width } = published;
      const preprocessing = timmVitPreprocessing(image);
      const tower = vit({ image, patch, layers, heads, width, head: 1000 }, { preprocessing });
      const count = tower.parameters.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
      expect(count, name).toBe(published.parameters);
      expect(published.epsilon).toBe(1e-6);
      expect(preprocessing.normalise).toEqual({ mean: published.mean, deviation: published.std });
      expect(preprocessing.interpolation).toBe(published.interpolation);
      expect(preprocessing.resize).toBe(Math.floor(image / published.cropPct));
    }
    expect(timmHeads('vit_base_patch16_224.augreg_in21k')).toBe(12);
    expect(timmHeads('deit_tiny_patch16_224')).toBeUndefined();
  });

  it('is a tower of pictures: prepared at inference, varied in training, a gradient for every parameter', async () => {
    const preprocessing = { ...presets.clibd, resize: 36, crop: 32 };
    const tower = vit({ image: 32, patch: 8, layers: 1, heads: 2, width: 8 }, { preprocessing });
    const random = rng(3);
    const data = Uint8Array.from({ length: 40 * 50 * 3 }, () => random.integer(256));
    const picture: Picture = { width: 40, height: 50, data };
    const feeds = tower.collate([picture, picture]);
    expect(feeds['pixel_values']?.shape).toEqual([2, 3, 32, 32]);

    const graph = trainingGraph();
    const loss = mean(tower.build(graph, towerInputs(graph, tower.inputs, 2)));
    const values = [...graph.parameters.values()].map(({ value }) => value);
    expect(values.map(({ name }) => name)).toEqual(tower.parameters.map(({ name }) => name));
    const slopes = [...gradients(loss, values).values()].map(({ shape }) => shape);
    expect(slopes).toEqual(tower.parameters.map(({ shape }) => shape));

    const session = await runtime.open(exportEncoder(tower, initialStateOf(tower.parameters, rng(1))));
    const { embedding } = await session.run(feeds);
    expect(embedding?.shape).toEqual([2, 8]);
    await session.close();
  });

  it('refuses inputs of another size and shapes that do not divide', () => {
    const sizes = { image: 32, patch: 8, layers: 1, heads: 2, width: 8 };
    const preprocessing = { ...presets.clibd, resize: 36, crop: 32 };
    expect(() => vit(sizes, { preprocessing: presets.clibd })).toThrow('gives 224 x 224 pixels, expected 32 x 32');
    expect(() => vit({ ...sizes, patch: 7 }, { preprocessing })).toThrow('no multiple of patch');
    expect(() => vit({ ...sizes, heads: 3 }, { preprocessing })).toThrow('no multiple of 3 heads');
    const [augmentation] = Object.values(augmentations);
    expect(() => vit(sizes, { preprocessing, augmentation: augmentation as never })).toThrow('augmentation gives');
  });
});
