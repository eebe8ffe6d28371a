import { rng, tensor, type EmbeddingBlock, type TrainingState } from '@bioscan/core';
import {
  batchSymbol,
  dropout,
  exportEncoder,
  initialStateOf,
  linear,
  relu,
  scopedState,
  tower,
  type Tower,
  type Value,
} from '@bioscan/graph';
import { openRuntime } from '@bioscan/runtime/node';
import { afterAll, describe, expect, it } from 'vitest';
import {
  alignment,
  alignmentRecord,
  classesOf,
  classify,
  contrast,
  decodeAlignment,
  embedFrozen,
  embedModality,
  encodeAlignment,
  exportModality,
  inMemory,
  ntXent,
  sameLabel,
  siglip,
  vectorRows,
  vectors,
  withModality,
  withoutModality,
  type Alignment,
  type AlignmentData,
  type AlignmentOptions,
  type Modality,
} from '../src/index.js';

const runtime = openRuntime({ threads: 1 });
afterAll(() => runtime.close());

type Point = readonly number[];

function points(
  width: number,
  options: { readonly rate?: number; readonly noise?: number; readonly notes?: Record<string, unknown> } = {},
): Tower<Point> {
  const { rate = 0, noise = 0, notes } = options;
  return tower({
    dimension: 16,
    inputs: [{ name: 'x', dtype: 'float32', shape: [batchSymbol, width] }],
    ...(notes === undefined ? {} : { notes }),
    collate: (batch, random) => {
      const values = Float32Array.from(batch.flat(), (x) => x + noise * (random?.normal() ?? 0));
      return { x: tensor('float32', [batch.length, width], values) };
    },
    build: (_graph, { x }) => linear(dropout(relu(linear(x as Value, 'hidden', 32)), rate), 'output', 16),
  });
}

/** Linear views of hidden points: nothing is in one that is not in the other. Species are the nearest of four corners. */
function views(count: number, seed = 3): AlignmentData {
  const random = rng(seed);
  const rows = Array.from({ length: count }, () => Array.from({ length: 4 }, () => random.normal()));
  const maps = rng(1);
  const view = (width: number): Point[] => {
    const matrix = Array.from({ length: 4 * width }, () => maps.normal());
    return rows.map((row) =>
      Array.from({ length: width }, (_, j) => row.reduce((sum, x, i) => sum + x * (matrix[i * width + j] ?? 0), 0)),
    );
  };
  return {
    ids: rows.map((_, i) => `S${i}`),
    modalities: { image: inMemory(view(6)), dna: inMemory(view(5)), sound: inMemory(view(3)) },
    labels: { species: rows.map(([x = 0, y = 0]) => `${x > 0 ? 'p' : 'q'}${y > 0 ? 'r' : 's'}`) },
    hash: 'views',
  };
}

async function train(
  model: Alignment,
  data: AlignmentData,
  steps: number,
  learningRate = 5e-3,
): Promise<{ readonly losses: number[]; readonly state: TrainingState; readonly metrics: string[] }> {
  const planned = model.step({ batchSize: data.ids.length, seed: 1 });
  const session = await runtime.train(planned.step, planned.initial);
  const losses: number[] = [];
  for (let i = 0; i < steps; i++) {
    const feeds = await planned.collate(data, [...data.ids.keys()], rng(i));
    losses.push(Number((await session.step(feeds, { learningRate, beta1: 0.9 }))['loss']?.data[0]));
  }
  const state = await session.read();
  await session.close();
  return { losses, state, metrics: [...planned.step.metrics] };
}

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

const image: Modality = { tower: points(6) };
const dna: Modality = { tower: points(5) };

describe('alignment', () => {
  it('brings views of the same specimens together, unseen ones too', async () => {
    const data = views(128);
    const model = alignment({ modalities: { image, dna }, objective: [contrast()], width: 8 });
    const { losses, state, metrics } = await train(model, data, 200);
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
    const { losses } = await train(model, data, 40);
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
    const { state } = await train(model, data, 3);
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

describe('frozen towers, embedded once', () => {
  it('train as vectors and ship as one model', async () => {
    const data = views(48);
    const frozen = {
      tower: points(6, { rate: 0.2, noise: 0.1 }),
      weights: initialStateOf(points(6).parameters, rng(7)),
    };
    const rows = await embedFrozen(data, 'image', frozen, runtime, { augmented: 2, batchSize: 10, seed: 5 });
    const [first] = await rows.read([3]);
    expect(first).toHaveLength(3);
    const whole = await runtime.open(exportEncoder(frozen.tower, frozen.weights));
    const inputs = (await data.modalities['image']?.read([...data.ids.keys()])) as Point[];
    const { embedding } = await whole.run(frozen.tower.collate(inputs));
    expect(Array.from(first?.[0] ?? [])).toEqual(Array.from((embedding?.data as Float32Array).subarray(48, 64)));
    expect(first?.[1]).not.toEqual(first?.[0]);
    await whole.close();

    const changed = withModality(data, 'image', rows, 'frozen points');
    const model = alignment({ modalities: { image: { tower: vectors(16) }, dna }, objective: [contrast()], width: 8 });
    const { losses, state } = await train(model, changed, 60);
    expect(losses.at(-1)).toBeLessThan(0.5 * (losses[0] ?? 0));
    const expected = await embedModality(model, state, 'image', changed, runtime);
    const shipped = await runtime.open(exportModality(model, state, 'image', { below: frozen }));
    const found = await shipped.run(frozen.tower.collate(inputs));
    await shipped.close();
    near(found['embedding']?.data as Float32Array, expected.vectors.data);
  });

  it('draw augmented views in training only', () => {
    const views = [
      [0, 0],
      [1, 1],
      [2, 2],
    ].map((values) => Float32Array.from(values));
    const made = vectors(2);
    expect(Array.from(made.collate([views])['vectors']?.data as Float32Array)).toEqual([0, 0]);
    const drawn = new Set(
      Array.from({ length: 30 }, (_, seed) => Number(made.collate([views], rng(seed))['vectors']?.data[0])),
    );
    expect([...drawn].sort()).toEqual([1, 2]);
    expect(Number(made.collate([views.slice(0, 1)], rng(1))['vectors']?.data[0])).toBe(0);
    expect(() => made.collate([[new Float32Array(3)]])).toThrow(RangeError);
  });

  it('join embeddings by id', async () => {
    const block = (ids: readonly string[], value: number): EmbeddingBlock => ({
      ids,
      vectors: tensor(
        'float32',
        [ids.length, 1],
        new Float32Array(ids.length).map((_, i) => value + i),
      ),
    });
    const rows = vectorRows(['a', 'b', 'c'], block(['c', 'a'], 10), [block(['a', 'b'], 20)]);
    expect([0, 1, 2].map((row) => rows.has(row))).toEqual([true, false, true]);
    expect((await rows.read([0, 2])).map((found) => found.map(([value]) => value))).toEqual([[11, 20], [10]]);
  });
});

describe('what is shipped', () => {
  it('equals what was trained, adapters merged', async () => {
    const data = views(12);
    const model = alignment({
      modalities: {
        image: {
          tower: points(6),
          training: { kind: 'lora', pattern: ['hidden.weight'], rank: 3, alpha: 6 },
          projection: { kind: 'mlp', hidden: 7, layers: 3 },
        },
        dna: { ...dna, projection: { kind: 'none' } },
      },
      objective: [contrast()],
      width: 16,
    });
    const { state } = await train(model, data, 5, 0.05);
    // The loss of a step in training equals the loss of the exported vectors.
    const [x, y] = [
      await embedModality(model, state, 'image', data, runtime),
      await embedModality(model, state, 'dna', data, runtime),
    ];
    const planned = model.step({ batchSize: 12, seed: 1 });
    const session = await runtime.open(planned.step.model);
    const known = new Set(planned.step.parameters.map(({ name }) => name));
    const parameters = Object.fromEntries(Object.entries(state.tensors).filter(([name]) => known.has(name)));
    const outputs = await session.run({ ...parameters, ...(await model.collate(data, [...data.ids.keys()], 12)) });
    await session.close();
    expect(Number(outputs['loss']?.data[0])).toBeCloseTo(clipLoss(x, y, Number(outputs['logitScale']?.data[0])), 4);
    const bytes = exportModality(model, state, 'image');
    expect(new TextDecoder('latin1').decode(bytes)).not.toContain('lora_a');
    expect(() => exportModality(model, state, 'imag')).toThrow(
      /model without modality 'imag', got image, dna; did you mean 'image'/,
    );
  });
});

describe('checkpoints', () => {
  const options = { modalities: { image, dna }, objective: [contrast()], width: 8 };
  const model = alignment(options);
  const { initial } = model.step({ batchSize: 4, seed: 1 });
  const bytes = encodeAlignment(model, initial, { step: 3 });

  it('come back as they were', () => {
    expect(decodeAlignment(model, bytes)).toEqual({ state: initial, notes: { step: 3 } });
    expect(encodeAlignment(model, initial, { step: 3 })).toEqual(bytes);
    expect(alignmentRecord(bytes)).toEqual(model.describe());
  });

  it.each<[string, AlignmentOptions, RegExp]>([
    ['width', { ...options, width: 9 }, /got width 8, expected 9/],
    [
      'tower',
      { ...options, modalities: { image, dna: { tower: points(4) } } },
      /got modalities.dna.inputs.0 "x float32 \(batch, 5\)", expected "x float32 \(batch, 4\)"/,
    ],
    [
      'vocabulary',
      { ...options, modalities: { image, dna: { tower: points(5, { notes: { vocabulary: 'k-mers' } }) } } },
      /modalities.dna.notes nothing, expected \{"vocabulary":"k-mers"\}/,
    ],
    [
      'modalities',
      { ...options, modalities: { image, dna, sound: { tower: points(3) } } },
      /got modalities.sound nothing/,
    ],
    [
      'objective',
      { ...options, objective: [contrast({ loss: siglip() })] },
      /got objective.0.loss.kind "info-nce", expected "sigmoid"/,
    ],
    ['classes', { ...options, classes: { bin: ['a', 'b'] } }, /got classes.bin nothing/],
  ])('of another %s are refused, naming the difference', (_, other, message) => {
    expect(() => decodeAlignment(alignment(other), bytes)).toThrow(message);
  });

  it('that are none are refused', () => {
    expect(() => decodeAlignment(model, bytes.subarray(0, 100))).toThrow(/graph: safetensors|truncated|ends/i);
    expect(() => decodeAlignment(model, new Uint8Array(50))).toThrow();
  });
});

describe('bad input', () => {
  const data = views(6);
  it.each<[string, AlignmentOptions, RegExp]>([
    ['no modality', { modalities: {}, objective: [contrast()] }, /got no modality/],
    ['no term', { modalities: { image }, objective: [] }, /got no term/],
    [
      'one modality with one view',
      { modalities: { image }, objective: [contrast()] },
      /no pair of modalities.*2 views/,
    ],
    [
      'an unknown modality',
      { modalities: { image, dna }, objective: [contrast({ pairs: { star: 'text' } })] },
      /'text', expected one of image, dna/,
    ],
    [
      'an idle modality',
      { modalities: { image, dna }, objective: [classify('image', 'bin')], classes: { bin: ['a', 'b'] } },
      /modality 'dna', got no term/,
    ],
    [
      'a pair twice',
      {
        modalities: { image, dna },
        objective: [contrast({ pairs: [{ between: ['image', 'dna'] }, { between: ['dna', 'image'] }] })],
      },
      /a pair twice/,
    ],
    ['a classifier without classes', { modalities: { image }, objective: [classify('image', 'bin')] }, /no vocabulary/],
    [
      'a classifier of one class',
      { modalities: { image }, objective: [classify('image', 'bin')], classes: { bin: ['a'] } },
      /1 classes/,
    ],
    ['a name that is none', { modalities: { 'a.b': image, dna }, objective: [contrast()] }, /'a.b'/],
    [
      'widths that differ',
      { modalities: { image: { ...image, projection: { kind: 'none' } }, dna }, objective: [contrast()] },
      /vectors of 16, expected the common width 256/,
    ],
  ])('%s', (_, options, message) => {
    expect(() => alignment(options)).toThrow(message);
  });

  it('data that cannot train the model', () => {
    const model = alignment({ modalities: { image, dna }, objective: [contrast({ targets: sameLabel('bin') })] });
    const labelled = { ...data, labels: { bin: ['a', 'b', 'a', 'b', 'a', 'b'] } };
    model.check(labelled);
    expect(() => {
      model.check(data);
    }).toThrow(/label 'bin', got species/);
    expect(() => {
      model.check({ ...labelled, labels: { bin: Array<string>(6).fill('a') } });
    }).toThrow(/label 'bin', got 1 classes among 6 rows/);
    expect(() => {
      model.check(withoutModality(labelled, 'dna'));
    }).toThrow(/without modality 'dna'/);
    const none = inMemory<Point>([]);
    expect(() => {
      model.check(withModality(labelled, 'dna', none, ''));
    }).toThrow(/modality 'dna', got none of 6 rows/);
    const apart = { ...labelled, modalities: { image: inMemory([[1], undefined]), dna: inMemory([undefined, [1]]) } };
    expect(() => {
      model.check(apart);
    }).toThrow(/pair image-dna, got no row that has both/);
    expect(() => {
      model.check({ ...labelled, ids: ['S0'] });
    }).toThrow(/data of 1 rows/);
    expect(() => model.step({ batchSize: 1, seed: 0 })).toThrow(RangeError);
    expect(() =>
      alignment({ modalities: { image, dna }, objective: [contrast()], logitScale: { initial: 5 } }),
    ).toThrow(/logit scale, got 5/);
  });
});

function clipLoss(x: EmbeddingBlock, y: EmbeddingBlock, scale: number): number {
  const [n = 0, width = 0] = x.vectors.shape;
  const at = (i: number, j: number): number => {
    let sum = 0;
    for (let d = 0; d < width; d++) sum += (x.vectors.data[i * width + d] ?? 0) * (y.vectors.data[j * width + d] ?? 0);
    return scale * sum;
  };
  const indices = Array.from({ length: n }, (_, i) => i);
  const row = (i: number): number => Math.log(indices.reduce((sum, j) => sum + Math.exp(at(i, j)), 0)) - at(i, i);
  const column = (j: number): number => Math.log(indices.reduce((sum, i) => sum + Math.exp(at(i, j)), 0)) - at(j, j);
  return indices.reduce((sum, i) => sum + (row(i) + column(i)) / 2, 0) / n;
}

function near(found: Float32Array, expected: Float32Array): void {
  expect(found).toHaveLength(expected.length);
  found.forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i] ?? NaN, 5);
  });
}
