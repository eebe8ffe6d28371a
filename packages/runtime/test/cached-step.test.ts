import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import fc from 'fast-check';
import {
  elementCount,
  rng,
  tensor,
  type CachedFeeds,
  type OptimizerPlan,
  type Tensor,
  type Tensors,
  type TrainingState,
  type TrainingStep,
} from '@bioscan/core';
import {
  adamw,
  add,
  batchNormTraining,
  cachedTrainingStep,
  crossEntropy,
  exp,
  gelu,
  inGraphStep,
  initialStateOf,
  linear,
  matmul,
  mean,
  mul,
  normalizeRows,
  planMemory,
  sgd,
  showMemory,
  sum,
  trainingGraph,
  transpose,
  type Graph,
  type Value,
  type Values,
} from '@bioscan/graph';
import { fillDropoutMask } from '@bioscan/runtime';
import { openRuntime } from '@bioscan/runtime/node';
import { engine } from '../src/worker/engine.js';
import { stateHash } from './fixtures.js';
import { furthest } from './networks.js';
import { batchOf, chunked, clipLoss, dropping, features, hidden, inChunks, whole } from './two-towers.js';
import type { Rules } from './two-towers.js';

const runtime = openRuntime({ threads: 1 });
afterAll(() => runtime.close());

const controls = { learningRate: 0.01, beta1: 0.9 };

/** Metrics, state and slopes (the first momentum of SGD) after some steps. */
async function taken(step: TrainingStep, initial: TrainingState, ...feeds: readonly (Tensors | CachedFeeds)[]) {
  const session = await runtime.train(step, initial);
  let metrics: Tensors = {};
  for (const each of feeds) metrics = await session.step(each, controls);
  const state = await session.read();
  await session.close();
  const slopes = Object.entries(state.tensors).filter(([name]) => name.endsWith('#momentum'));
  return { metrics, state, slopes: Object.fromEntries(slopes) };
}

async function compared(rows: number, chunks: number, seed: number, rules: Rules = {}) {
  const { step, initial } = whole(rows, rules);
  const feeds = batchOf(rows, seed);
  const one = await taken(step, initial, feeds);
  const parts = await taken(chunked(rows, chunks, rules).step, initial, inChunks(feeds, chunks));
  return { one, parts };
}

describe('a step in chunks', () => {
  it.each([1, 2, 4, 8])('of 64 rows in %d has the loss, the gradients and the state of one batch', async (chunks) => {
    const { one, parts } = await compared(64, chunks, 3);
    expect(Object.keys(one.slopes)).toHaveLength(14);
    expect(furthest(parts.slopes, one.slopes)).toBeLessThan(1e-6);
    expect(furthest(parts.metrics, one.metrics)).toBeLessThan(1e-6);
    expect(furthest(parts.state.tensors, one.state.tensors)).toBeLessThan(1e-6);
    expect(Object.keys(parts.state.tensors)).toEqual(Object.keys(one.state.tensors));
    expect(parts.state).toMatchObject({ step: 1, rule: 'sgd' });
  });

  it('has them for any size', async () => {
    const sizes = [fc.integer({ min: 2, max: 6 }), fc.integer({ min: 1, max: 8 }), fc.nat(1000)] as const;
    await fc.assert(
      fc.asyncProperty(...sizes, async (size, chunks, seed) => {
        const { one, parts } = await compared(size * chunks, chunks, seed);
        expect(furthest(parts.metrics, one.metrics)).toBeLessThan(1e-5);
        expect(furthest(parts.slopes, one.slopes)).toBeLessThan(1e-5);
      }),
      { numRuns: 10 },
    );
  });

  it('is clipped over all, averaged, frozen and slowed as one batch is', async () => {
    const rules: Rules = {
      optimizer: adamw({ clipNorm: 0.05 }),
      average: 0.5,
      freeze: /^image\.hidden|shift/,
      learningRates: [[/^dna/, 0.5]],
    };
    const { step, initial } = whole(24, rules);
    const { step: parted, parameters } = chunked(24, 4, rules);
    expect(parameters.map(({ name }) => name)).toEqual(step.parameters.map(({ name }) => name));
    expect(parted.parameters).toEqual(step.parameters);
    const feeds = [0, 1, 2, 3].map((seed) => batchOf(24, seed));
    const one = await taken(step, initial, ...feeds);
    const parts = await taken(parted, initial, ...feeds.map((each) => inChunks(each, 4)));
    expect(Object.keys(one.state.tensors)).toHaveLength(14 + 3 * 11);
    expect(furthest(parts.state.tensors, one.state.tensors)).toBeLessThan(1e-5);
  });

  it('adds the gradients of a parameter of the towers that the loss reads too', async () => {
    const loss = (graph: Graph, vectors: Values) => {
      const shared = graph.parameter('image.output.weight', [hidden, 8], { initial: 'zeros' });
      const plain = clipLoss(graph, vectors);
      return { ...plain, loss: add(plain.loss, mul(sum(mul(shared, shared)), 0.5)) };
    };
    const { one, parts } = await compared(16, 4, 8, { loss });
    const { one: without } = await compared(16, 4, 8);
    expect(furthest(parts.slopes, one.slopes)).toBeLessThan(1e-6);
    const name = 'image.output.weight#momentum';
    expect(furthest({ it: without.slopes[name]! }, { it: one.slopes[name]! })).toBeGreaterThan(0.01);
  });

  it('leaves vectors alone that only a metric reads, and a tower that nothing reads', async () => {
    const square = (x: Value): Value => mean(mul(x, x));
    for (const [rules, count] of [
      [{ loss: (_, { image, dna }) => ({ loss: square(image!), metrics: { other: mean(dna!) } }), freeze: /^dna/ }, 12],
      [{ loss: (_, { image }) => ({ loss: square(image!) }) }, 6],
    ] as [Rules, number][]) {
      const { step, initial } = whole(12, rules);
      const { image, dna } = batchOf(12, 4);
      const feeds = { image: image!, dna: dna! };
      const one = await taken(step, initial, feeds);
      const parts = await taken(chunked(12, 3, rules).step, initial, inChunks(feeds, 3));
      expect(step.parameters).toHaveLength(count);
      expect(furthest(parts.metrics, one.metrics)).toBeLessThan(1e-6);
      expect(furthest(parts.slopes, one.slopes)).toBeLessThan(1e-6);
      expect(Object.keys(parts.state.tensors)).toEqual(Object.keys(one.state.tensors));
    }
    const unreached: Rules = {
      loss: (_, { image, dna }) => ({ loss: square(image!), metrics: { other: mean(dna!) } }),
    };
    expect(() => whole(12, unreached)).toThrow(/'dna.hidden.weight', got no gradient/);
    expect(() => chunked(12, 3, unreached)).toThrow(/'dna.hidden.weight', got no gradient/);
  });

  it('drops the same elements in the second pass as in the first', async () => {
    const [rows, chunks, rate, seed] = [24, 4, 0.25, 5];
    const { step } = chunked(rows, chunks, { drop: dropping(rate) });
    expect(step.masks.map(({ shape }) => shape)).toEqual([
      [6, hidden],
      [6, hidden],
    ]);
    // All rows at once, with masks that are fed.
    const masked = whole(rows, { drop: (x, name) => mul(x, x.graph.input(`${name}.mask`, 'float32', x.shape)) });
    const maskOf = (at: number, index: number): Tensor => {
      const parts = Array.from({ length: chunks }, (_, chunk) =>
        fillDropoutMask(seed, at, index, rate, (rows / chunks) * hidden, chunk),
      );
      return tensor('float32', [rows, hidden], Float32Array.from(parts.flatMap((part) => [...part])));
    };
    const feeds = [0, 1, 2].map((at) => batchOf(rows, at));
    const masks = feeds.map((feed, at) => ({ ...feed, 'image.mask': maskOf(at, 0), 'dna.mask': maskOf(at, 1) }));
    const one = await taken(masked.step, masked.initial, ...masks);
    const parts = await taken(step, masked.initial, ...feeds.map((feed) => inChunks(feed, chunks)));
    expect(furthest(parts.state.tensors, one.state.tensors)).toBeLessThan(1e-5);
    const same = await taken(
      masked.step,
      masked.initial,
      ...feeds.map((feed) => ({ ...feed, 'image.mask': maskOf(9, 0), 'dna.mask': maskOf(9, 1) })),
    );
    expect(furthest(same.state.tensors, one.state.tensors)).toBeGreaterThan(0.01);
  });

  it('goes on bit for bit after read and write, on any number of threads', async () => {
    const rules: Rules = { drop: dropping(0.2), optimizer: adamw({ clipNorm: 1 }), average: 0.9 };
    const { step, parameters } = chunked(24, 3, rules);
    const initial = initialStateOf(parameters, rng(1));
    const feeds = Array.from({ length: 6 }, (_, at) => inChunks(batchOf(24, at), 3));
    const hashes: string[] = [];
    for (const threads of [1, 2, 4]) {
      const engine = openRuntime({ threads, arenaBytes: 4096 });
      const session = await engine.train(step, initial);
      for (const feed of feeds) await session.step(feed, controls);
      hashes.push(stateHash(await session.read()));
      await engine.close();
    }
    const half = await taken(step, initial, ...feeds.slice(0, 3));
    const other = await runtime.train(step, initial);
    await other.step(feeds[5]!, controls);
    await other.write(half.state);
    for (const feed of feeds.slice(3)) await other.step(feed, controls);
    hashes.push(stateHash(await other.read()));
    hashes.push(stateHash((await taken(step, half.state, ...feeds.slice(3))).state));
    expect(new Set(hashes).size).toBe(1);
  });

  it('with a loss that is not finite changes nothing and says which rows', async () => {
    const { step, parameters } = chunked(24, 4, { optimizer: adamw({ clipNorm: 1 }) });
    const session = await runtime.train(step, initialStateOf(parameters, rng(1)));
    await session.step(inChunks(batchOf(24, 0), 4), controls);
    const before = stateHash(await session.read());
    const bad = batchOf(24, 1);
    for (const row of [7, 19]) bad.image!.data[row * features] = NaN;
    const rejected = session.step(inChunks(bad, 4), controls);
    await expect(rejected).rejects.toMatchObject({ code: 'engine', details: { step: 2, rows: ['7', '19'] } });
    await expect(rejected).rejects.toThrow(/step 2, got a loss of NaN.*'image' in rows 7, 19 of the batch/);
    expect(stateHash(await session.read())).toBe(before);
    await session.step(inChunks(batchOf(24, 1), 4), controls);
    expect((await session.read()).step).toBe(2);
  });

  it('ends between two chunks when it is told to, and changes nothing', async () => {
    const { step, parameters } = chunked(24, 4, { drop: dropping(0.2) });
    let left = Infinity;
    const { handle } = engine(undefined, () => left-- <= 0);
    const settings = { threads: 1, provider: 'cpu', arenaBytes: 2 ** 20 } as const;
    const initial = initialStateOf(parameters, rng(1));
    const session = (await handle({ kind: 'train', step, initial, settings })).value as number;
    const { chunks: batches, batch } = inChunks(batchOf(24, 1), 4);
    const request = { kind: 'step', session, batches, controls, whole: batch } as const;
    const read = async () => stateHash((await handle({ kind: 'read', session })).value as TrainingState);
    const before = await read();
    // Four chunks are embedded and then taken backwards: eight looks.
    for (const looks of [0, 3, 6, 7]) {
      left = looks;
      await expect(handle(request)).rejects.toMatchObject({ code: 'cancelled' });
      expect(await read()).toBe(before);
    }
    left = 8;
    await handle(request);
    expect(await read()).not.toBe(before);
    await handle({ kind: 'release', session });
  });

  it('takes its feeds over', async () => {
    const { step, parameters } = chunked(8, 2);
    const session = await runtime.train(step, initialStateOf(parameters, rng(1)));
    const feeds = inChunks(batchOf(8, 1), 2);
    await session.step(feeds, controls, { transfer: true });
    expect(feeds.chunks[1]!.image!.data).toHaveLength(0);
  });
});

describe('memory of a step in chunks', () => {
  it('is that of a chunk, with the vectors, slopes and feeds of all', () => {
    const rows = 64;
    const plans = [1, 8].map((chunks) => planMemory(chunked(rows, chunks).step));
    const one = planMemory(whole(rows).step);
    expect(plans[1]!.activations).toBeLessThan(plans[0]!.activations);
    expect(plans[1]!.batch).toBe(4 * rows * (2 * features + 4 * 8) + 2 * 8 * rows);
    expect(plans[1]!.gradients).toBe(2 * one.gradients);
    expect(one.batch).toBe(0);
    expect(showMemory(plans[1]!)).toMatch(/activations .*, batch /);
    expect(showMemory(one)).not.toContain('batch');
  });

  it('takes one tower after the other', () => {
    const [both, image] = [['image', 'dna'], ['image']].map((names) => {
      const { step } = cachedTrainingStep({
        chunks: 2,
        embed: (graph) => {
          const vectors = names.map((name) => {
            let x = graph.input(name, 'float32', [64, 32]);
            for (let layer = 0; layer < 8; layer++) x = gelu(linear(x, `${name}.${layer}`, 32));
            return [name, mean(x, { axes: [1], keep: true })] as const;
          });
          return Object.fromEntries(vectors);
        },
        loss: (_, vectors) => ({ loss: mean(Object.values(vectors).reduce(mul)) }),
        optimizer: sgd(),
        seed: 1,
      });
      return planMemory(step).activations;
    }) as [number, number];
    expect(both).toBeLessThan(1.4 * image);
  });
});

describe('what cannot be cached', () => {
  const frozenBatch = (graph: Graph): Values => {
    const x = graph.input('x', 'float32', [4, 3]);
    const scale = graph.parameter('scale', [3], { initial: 'ones' });
    return { x: batchNormTraining(x, { scale, shift: scale, mean: scale, variance: scale }).output };
  };

  it.each<[string, () => unknown, RegExp]>([
    ['statistics of the batch', () => chunkedOf(frozenBatch), /batch normalisation by statistics of the batch/],
    ['no vectors', () => chunkedOf(() => ({})), /got no vectors from `embed`/],
    ['numbers of rows', () => chunkedOf((graph) => ({ x: graph.input('x', 'int64', [4, 3]) })), /got int64 \(4, 3\)/],
    ['towers that are frozen', () => chunked(8, 2, { freeze: /^(image|dna)/ }), /no parameter of `embed`/],
    ['everything frozen', () => chunked(8, 2, { freeze: /./ }), /no parameter that is not frozen/],
    ['a pattern without a match', () => chunked(8, 2, { freeze: /text/ }), /freeze, got \/text\//],
    ['no chunks', () => chunked(8, 0), /got 0 chunks, expected 1 to 65536/],
    [
      'dropout in the loss',
      () => chunked(8, 2, { loss: (_, { image }) => ({ loss: mean(dropping(0.5)(image!, '')) }) }),
      /dropout in `loss`/,
    ],
    [
      'a parameter of another shape in the loss',
      () =>
        chunked(8, 2, {
          loss: (graph, { image }) => {
            return { loss: mean(mul(image!, graph.parameter('image.norm.bias', [1], { initial: 'ones' }))) };
          },
        }),
      /'image.norm.bias' of `loss`, got \(1\)/,
    ],
  ])('%s', (_, plan, message) => {
    expect(plan).toThrow(message);
  });

  const { step, parameters } = chunked(8, 2);
  const initial = initialStateOf(parameters, rng(1));
  const feeds = batchOf(8, 1);
  const parts = inChunks(feeds, 2);

  it.each<[string, unknown, RegExp]>([
    ['plain feeds', feeds, /step in chunks got plain feeds, expected \{ chunks, batch \} with 2 chunks/],
    ['micro-batches', [feeds, feeds], /step in chunks got plain feeds/],
    ['other numbers of chunks', { ...parts, chunks: parts.chunks.slice(1) }, /got 1 chunks, expected 2/],
    [
      'a feed of the loss in a chunk',
      { ...parts, chunks: [feeds, feeds] },
      /chunk 0 of the training step has no input 'targets'/,
    ],
    ['no feeds of the loss', { ...parts, batch: {} }, /the loss of the training step needs the input 'targets'/],
  ])('%s are refused', async (_, given, message) => {
    const session = await runtime.train(step, initial);
    await expect(session.step(given as CachedFeeds, controls)).rejects.toThrow(message);
    await expect(session.steps([feeds], [controls])).rejects.toMatchObject({ code: 'mismatch' });
    await session.close();
  });

  it('nor a plain step, an update in the model, or models that do not fit', async () => {
    const one = whole(8);
    const plain = await runtime.train(one.step, one.initial);
    await expect(plain.step(parts, controls)).rejects.toThrow(/plain step got \{ chunks, batch \}/);
    const { graph, loss } = quadratic();
    const update = inGraphStep(graph, { loss, optimizer: sgd(), seed: 1 }).update!;
    await expect(runtime.train({ ...step, update }, initial)).rejects.toMatchObject({ code: 'unsupported' });
    for (const [broken, message] of [
      [{ ...step, metrics: ['accuracy'] }, /no output 'accuracy'/],
      [{ ...step, masks: [{ name: 'mask', shape: [4], rate: 0.5 }] }, /no model has the input 'mask'/],
      [{ ...step, cached: { ...step.cached!, vectors: [] } }, /input 'image#\w+' is no parameter, mask or feed/],
      [{ ...step, cached: { ...step.cached!, chunks: 3 } }, /loss model input 'image#vector', got \[12, 8\]/],
    ] as [TrainingStep, RegExp][]) {
      await expect(runtime.train(broken, initial)).rejects.toThrow(message);
    }
  });
});

function chunkedOf(embed: (graph: Graph) => Values) {
  return cachedTrainingStep({ chunks: 2, embed, loss: (_, { x }) => ({ loss: mean(x!) }), optimizer: sgd(), seed: 1 });
}

function quadratic() {
  const graph = trainingGraph();
  const x = graph.parameter('x', [3], { initial: 'ones' });
  return { graph, loss: mean(mul(x, x)) };
}

interface Described {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}
type DescribedSet = Readonly<Record<string, Described>>;

describe('CLIP in chunks', () => {
  const golden = JSON.parse(readFileSync('fixtures/runtime/gradient-cache.json', 'utf8')) as {
    readonly rows: number;
    readonly initial: DescribedSet;
    readonly feeds: readonly DescribedSet[];
    readonly gradients: DescribedSet;
    readonly losses: readonly number[];
    readonly final: DescribedSet;
  };
  const tensors = (set: DescribedSet, suffix = ''): Tensors =>
    Object.fromEntries(
      Object.entries(set).map(([name, { shape, data }]) => [
        name + suffix,
        tensor('float32', shape, Float32Array.from(data)),
      ]),
    );

  function clip(chunks: number, optimizer: OptimizerPlan = adamw({ weightDecay: 0.01, clipNorm: 1 })) {
    return cachedTrainingStep({
      chunks,
      embed: (graph) =>
        Object.fromEntries(
          ['image', 'dna'].map((name) => {
            const x = graph.input(name, 'float32', [golden.rows / chunks, 6]);
            const inner = gelu(linear(x, `${name}.hidden`, hidden));
            return [name, normalizeRows(linear(inner, `${name}.output`, 8))];
          }),
        ),
      loss: (graph, { image, dna }) => {
        const scale = exp(graph.parameter('logit_scale', [], { initial: 'zeros' }));
        const logits = mul(matmul(image!, dna!, { transposeY: true }), scale);
        const rows = BigInt64Array.from({ length: golden.rows }, (_, i) => BigInt(i));
        const labels = graph.constant(tensor('int64', [golden.rows], rows));
        return { loss: mul(add(crossEntropy(logits, labels), crossEntropy(transpose(logits, [1, 0]), labels)), 0.5) };
      },
      optimizer,
      seed: 1,
    }).step;
  }

  it.each([1, 6, 12])('has the gradients of torch over the whole batch, and its five steps, in %d', async (chunks) => {
    const initial = { step: 0, tensors: tensors(golden.initial) };
    const feeds = golden.feeds.map((feed) => inChunks(tensors(feed), chunks));
    const first = await taken(clip(chunks, sgd()), initial, feeds[0]!);
    const slopes = tensors(golden.gradients, '#momentum');
    expect(Object.values(slopes).reduce((sum, { shape }) => sum + elementCount(shape), 0)).toBe(377);
    expect(Object.keys(first.slopes).sort()).toEqual(Object.keys(slopes).sort());
    expect(furthest(first.slopes, slopes)).toBeLessThan(2e-6);
    const session = await runtime.train(clip(chunks), initial);
    for (const [at, feed] of feeds.entries()) {
      const { loss } = await session.step(feed, controls);
      expect(Math.abs(Number(loss!.data[0]) / golden.losses[at]! - 1)).toBeLessThan(1e-5);
    }
    expect(furthest((await session.read()).tensors, tensors(golden.final))).toBeLessThan(1e-5);
  });
});
