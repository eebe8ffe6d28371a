import { rng, type EmbeddingBlock } from '@bioscan/core';
import { initialStateOf, scopedState } from '@bioscan/graph';
import { openRuntime } from '@bioscan/runtime/node';
import { afterAll, describe, expect, it } from 'vitest';
import {
  alignment,
  classesOf,
  classify,
  contrast,
  embedModality,
  inMemory,
  ntXent,
  sameLabel,
  siglip,
  type AlignmentData,
  type AlignmentOptions,
} from '../src/index.js';
import { dna, image, points, train, views } from './points.js';

const runtime = openRuntime({ threads: 1 });
afterAll(() => runtime.close());

/** Share of queries whose nearest key is of the same specimen. */
function retrieval(queries: EmbeddingBlock, keys: EmbeddingBlock): number {
  const width = queries.vectors.shape[1] ?? 0;
  const hits = queries.ids.filter((id, i) => {
    const scores = keys.ids.map((_, j) => {
      let sum = 0;
      for (let d = 0; d < width; d++)
        sum += (queries.vectors.data[i * width + d] ?? 0) * (keys.vectors.data[j * width + d] ?? 0);
      return sum;
    });
    return keys.ids[scores.indexOf(Math.max(...scores))] === id;
  });
  return hits.length / queries.ids.length;
}

function norms({ vectors: { data, shape } }: EmbeddingBlock): number[] {
  const width = shape[1] ?? 1;
  return Array.from({ length: shape[0] ?? 0 }, (_, row) =>
    Math.hypot(...data.subarray(row * width, (row + 1) * width)),
  );
}

describe('alignment', () => {
  it('brings views of the same specimens together, unseen ones too', async () => {
    const data = views(128);
    const model = alignment({ modalities: { image, dna }, objective: [contrast()], width: 8 });
    const { losses, state, metrics } = await train(runtime, model, data, 200);
    expect(losses[0]).toBeGreaterThan(3.5);
    expect(losses.at(-1)).toBeLessThan(0.5);
    expect(metrics).toEqual(['loss', 'logitScale', 'image-dna accuracy', 'image-dna info-nce']);
    const unseen = views(64, 9);
    const [queries, keys] = [
      await embedModality(model, state, 'image', unseen, runtime),
      await embedModality(model, state, 'dna', unseen, runtime, { batchSize: 10 }),
    ];
    expect(keys.vectors.shape).toEqual([64, 8]);
    expect(retrieval(queries, keys)).toBeGreaterThan(0.6);
    for (const norm of [...norms(queries), ...norms(keys)]) expect(norm).toBeCloseTo(1, 5);
  });

  it.each<[string, Partial<AlignmentOptions>]>([
    [
      'three modalities in a star, one of them new, by sigmoid',
      {
        modalities: { image, dna, sound: { tower: points(3), projection: { kind: 'mlp', hidden: 12 } } },
        objective: [contrast({ pairs: { star: 'image' }, loss: siglip() })],
      },
    ],
    [
      'one modality in two views',
      {
        modalities: { dna: { tower: points(5, { noise: 0.05 }), views: 2 } },
        objective: [contrast({ loss: ntXent() })],
      },
    ],
    [
      'supervised contrastive on one modality',
      {
        modalities: { dna: { tower: points(5, { noise: 0.05 }), views: 2 } },
        objective: [contrast({ loss: ntXent(), targets: sameLabel('species') })],
      },
    ],
    ['a classifier alone, without a contrast', { modalities: { image }, objective: [classify('image', 'species')] }],
    [
      'a contrast and a cosine classifier',
      {
        modalities: { image, dna },
        objective: [contrast({ weight: 0.5 }), classify('image', 'species', { head: 'cosine' })],
      },
    ],
    [
      'low-rank adapters beside a frozen tower',
      {
        modalities: {
          image: { tower: points(6), training: { kind: 'lora', pattern: /weight$/, rank: 4 } },
          dna: { ...dna, training: { kind: 'frozen' } },
        },
        objective: [contrast()],
      },
    ],
  ])('learns %s', async (_, options) => {
    const data = views(32);
    const model = alignment({
      modalities: {},
      objective: [],
      width: 8,
      classes: { species: classesOf(data, 'species') },
      ...options,
    });
    const { losses } = await train(runtime, model, data, 40);
    expect(losses.every(Number.isFinite)).toBe(true);
    expect(losses.slice(-5).reduce((sum, loss) => sum + loss, 0) / 5).toBeLessThan(0.8 * (losses[0] ?? 0));
  });

  it('changes what learns and nothing else', async () => {
    const data = views(16);
    const locked = { kind: 'locked', pattern: /^hidden/ } as const;
    const model = alignment({
      modalities: { image: { ...image, training: locked }, dna: { ...dna, training: { kind: 'frozen' } } },
      objective: [contrast()],
      width: 8,
      logitScale: { learnable: false },
    });
    const { initial } = model.step({ batchSize: 16, seed: 1 });
    const { state } = await train(runtime, model, data, 3);
    const moved = Object.keys(initial.tensors).filter((name) =>
      initial.tensors[name]?.data.some((value, i) => value !== state.tensors[name]?.data[i]),
    );
    expect(moved).toEqual([
      'image.tower.output.weight',
      'image.tower.output.bias',
      'image.projection.0.weight',
      'image.projection.0.bias',
      'dna.projection.0.weight',
      'dna.projection.0.bias',
    ]);
    expect(Object.keys(initial.tensors)).toContain('logit_scale');
  });

  it('starts from pretrained weights, and refuses those of another tower', () => {
    const weights = initialStateOf(image.tower.parameters, rng(99));
    const model = alignment({ modalities: { image: { ...image, weights }, dna }, objective: [contrast()], width: 8 });
    const { initial } = model.step({ batchSize: 4, seed: 1 });
    expect(scopedState(initial, 'image.tower').tensors).toEqual(weights.tensors);
    const other = alignment({ modalities: { image, dna: { ...dna, weights } }, objective: [contrast()] });
    expect(() => other.step({ batchSize: 4, seed: 1 })).toThrow(
      /weights of modality 'dna', got \(6, 32\) for 'hidden.weight', expected \(5, 32\)/,
    );
  });

  it('runs a frozen tower as at inference: no dropout', () => {
    const still = alignment({
      modalities: { image: { tower: points(6, { rate: 0.5 }), training: { kind: 'frozen' } }, dna },
      objective: [contrast()],
    });
    const full = alignment({
      modalities: { image: { tower: points(6, { rate: 0.5 }) }, dna },
      objective: [contrast()],
    });
    expect(still.step({ batchSize: 4, seed: 1 }).step.masks).toHaveLength(0);
    expect(full.step({ batchSize: 4, seed: 1 }).step.masks).toHaveLength(1);
  });
});

describe('batches', () => {
  const data: AlignmentData = {
    ids: ['a', 'b', 'c'],
    modalities: {
      image: inMemory([[1, 2, 3, 4, 5, 6], undefined, [7, 8, 9, 10, 11, 12]]),
      dna: inMemory([undefined, undefined, [1, 1, 1, 1, 1]]),
    },
    labels: { bin: ['x', undefined, 'x'], species: ['s', 'new', undefined] },
    hash: '',
  };

  it('hold zeros for what is missing, masks and labels', async () => {
    const model = alignment({
      modalities: { image: { ...image, views: 2 }, dna },
      objective: [contrast({ targets: sameLabel('bin') }), classify('image', 'species')],
      classes: { species: ['r', 's'] },
    });
    const feeds = await model.collate(data, [2, 1, 0], 4, rng(1));
    const listed = Object.fromEntries(
      Object.entries(feeds).map(([name, { data: values }]) => [name, Array.from(values as Float32Array, Number)]),
    );
    expect(listed).toEqual({
      'image.x': [7, 8, 9, 10, 11, 12, ...Array<number>(6).fill(0), 1, 2, 3, 4, 5, 6, ...Array<number>(6).fill(0)],
      'image@2.x': listed['image.x'],
      '@present.image': [1, 0, 1, 0],
      'dna.x': [1, 1, 1, 1, 1, ...Array<number>(15).fill(0)],
      '@present.dna': [1, 0, 0, 0],
      '@positives.bin': [0, 1, 0, 3],
      '@class.species': [0, 0, 1, 0],
      '@known.species': [0, 0, 1, 0],
    });
    await expect(model.collate(data, [0, 1, 2], 2)).rejects.toThrow(/3 rows, expected 1 to 2/);
  });

  it('draw each view anew, and the same from the same stream', async () => {
    const model = alignment({
      modalities: { image: { tower: points(6, { noise: 1 }), views: 2 } },
      objective: [contrast()],
    });
    const [one, again, plain] = [
      await model.collate(data, [0, 2], 2, rng(1)),
      await model.collate(data, [0, 2], 2, rng(1)),
      await model.collate(data, [0, 2], 2),
    ];
    expect(one).toEqual(again);
    expect(one['image.x']).not.toEqual(one['image@2.x']);
    expect(plain['image.x']).toEqual(plain['image@2.x']);
  });
});
