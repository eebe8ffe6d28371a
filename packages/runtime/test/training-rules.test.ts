import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { tensor, type Tensors, type TrainingState, type TrainingStep } from '@bioscan/core';
import {
  adamw,
  averagedState,
  decodeCheckpoint,
  embedding,
  encodeCheckpoint,
  inGraphStep,
  lamb,
  layerDecay,
  lion,
  mul,
  sgd,
  sum,
  trainingGraph,
  trainingStep,
  type TrainingStepOptions,
} from '@bioscan/graph';
import { fillDropoutMask } from '@bioscan/runtime';
import { openRuntime } from '@bioscan/runtime/node';
import { adamw as plainAdamW, floats, regressionStep, stateHash } from './fixtures.js';
import { furthest, network, networkFeeds, part, type NetworkSize } from './networks.js';

const runtime = openRuntime({ threads: 1 });
afterAll(() => runtime.close());

const size: NetworkSize = { batch: 4, tokens: 6, width: 8, layers: 2, vocabulary: 13, dropout: 0.1 };
const controls = { learningRate: 0.01, beta1: 0.9 };
type Rules = Omit<TrainingStepOptions, 'loss' | 'seed'>;
const plain: Rules = { optimizer: adamw({ clipNorm: 1 }) };

function planned(rules: Rules, sized = size): { readonly step: TrainingStep; readonly initial: TrainingState } {
  const { graph, loss, initial } = network(sized);
  return { step: trainingStep(graph, { loss, seed: 5, ...rules }), initial };
}

function plannedInGraph(rules: Rules & { readonly loop?: boolean }) {
  const { graph, loss, initial } = network(size);
  return { step: inGraphStep(graph, { loss, seed: 5, ...rules }), initial };
}

async function trained(
  { step, initial }: { readonly step: TrainingStep; readonly initial: TrainingState },
  count: number,
): Promise<{ readonly losses: readonly number[]; readonly state: TrainingState }> {
  const session = await runtime.train(step, initial);
  const losses: number[] = [];
  for (let i = initial.step; i < initial.step + count; i++) {
    losses.push(Number((await session.step(networkFeeds(size, i), controls)).loss!.data[0]));
  }
  const state = await session.read();
  await session.close();
  return { losses, state };
}

describe('frozen parameters', () => {
  it('stay in the state without moments, and the rest learns', async () => {
    const run = planned({ ...plain, freeze: /^embeddings|layer\.0\./ });
    const { state, losses } = await trained(run, 5);
    expect(losses[4]).toBeLessThan(losses[0]!);
    for (const [name, { data }] of Object.entries(run.initial.tensors)) {
      const frozen = /^embeddings|layer\.0\./.test(name);
      expect(`${name}#first` in state.tensors, name).toBe(!frozen);
      // The key bias shifts all scores of a query alike and need not move.
      if (!name.endsWith('key.bias'))
        expect(Buffer.from(data.buffer).equals(Buffer.from(state.tensors[name]!.data.buffer)), name).toBe(frozen);
    }
    expect(new TextDecoder('latin1').decode(run.step.model)).not.toContain('embeddings.weight#gradient');
  });

  it.each<[string, Rules, RegExp]>([
    [
      'a pattern that matches nothing',
      { ...plain, freeze: /encoder/ },
      /freeze, got \/encoder\/, expected a match among embeddings/,
    ],
    ['a rate for no one', { ...plain, learningRates: [[/poolr/, 2]] }, /learning rates, got \/poolr\//],
    ['nothing left to learn', { ...plain, freeze: /./ }, /no parameter that is not frozen/],
    [
      'a sparse matrix that is multiplied',
      { ...plain, sparse: ['head.weight'] },
      /'head.weight', got read by \w+, expected table lookups/,
    ],
    [
      'a sparse table under Lion',
      { optimizer: lion(), sparse: /embeddings/ },
      /sparse parameters with lion, expected adamw/,
    ],
  ])('refuses %s', (_, rules, message) => {
    expect(() => planned(rules)).toThrow(message);
  });

  it('have rates by layer that a factor on the schedule would have', () => {
    const { step } = planned({ ...plain, learningRates: layerDecay(0.5) });
    const rates = Object.fromEntries(step.parameters.map(({ name, rate }) => [name, rate ?? 1]));
    expect(rates['embeddings.weight']).toBe(0.125);
    expect(rates['layer.0.output.dense.weight']).toBe(0.25);
    expect(rates['layer.1.output.dense.bias']).toBe(0.5);
    expect(rates['head.weight']).toBe(1);
  });
});

describe('micro-batches', () => {
  const still: NetworkSize = { ...size, batch: 8, dropout: 0 };

  it('give the update of one large batch', async () => {
    const large = planned(plain, still);
    const small = planned(plain, { ...still, batch: 2 });
    const [one, four] = [
      await runtime.train(large.step, large.initial),
      await runtime.train(small.step, small.initial),
    ];
    for (let i = 0; i < 4; i++) {
      const feeds = networkFeeds(still, i);
      const { loss } = await one.step(feeds, controls);
      const parts = [0, 1, 2, 3].map((index) => part(feeds, index, 4));
      const { loss: mean } = await four.step(parts, controls);
      expect(Math.abs(Number(mean!.data[0]) - Number(loss!.data[0]))).toBeLessThan(1e-6);
    }
    const moved = Object.entries((await one.read()).tensors).filter(([name]) => !name.includes('key.bias'));
    expect(moved).toHaveLength(99);
    expect(furthest((await four.read()).tensors, Object.fromEntries(moved))).toBeLessThan(1e-4);
  });

  it('have masks of their own', async () => {
    const session = await runtime.train(regressionStep(plainAdamW), regression.initial);
    const { mask_seen: mask } = await session.step([regression.batch(1), regression.batch(2)], controls);
    const masks = [0, 1].map((micro) => fillDropoutMask(7, 0, 0, 0.25, 40, micro));
    expect(masks[0]).not.toEqual(masks[1]);
    expect(mask!.data).toEqual(masks[0]!.map((value, i) => (value + masks[1]![i]!) / 2));
  });

  it('resume bit for bit', async () => {
    const run = planned(plain);
    const batches = (i: number) => [networkFeeds(size, 2 * i), networkFeeds(size, 2 * i + 1)];
    const whole = await runtime.train(run.step, run.initial);
    for (let i = 0; i < 4; i++) await whole.step(batches(i), controls);
    const first = await runtime.train(run.step, run.initial);
    for (let i = 0; i < 2; i++) await first.step(batches(i), controls);
    const second = await runtime.train(run.step, await first.read());
    for (let i = 2; i < 4; i++) await second.step(batches(i), controls);
    expect(stateHash(await second.read())).toBe(stateHash(await whole.read()));
  });

  it('are at least one', async () => {
    const run = planned(plain);
    const session = await runtime.train(run.step, run.initial);
    await expect(session.step([], controls)).rejects.toThrow(RangeError);
  });
});

describe('a state', () => {
  it('gives its averages as a state to export', async () => {
    const { state, losses } = await trained(planned({ ...plain, average: 0.5, freeze: /layer\.0/ }), 3);
    expect(losses).toHaveLength(3);
    const { tensors } = averagedState(state);
    expect(tensors['head.weight']).toBe(state.tensors['head.weight#average']);
    expect(tensors['layer.0.output.dense.weight']).toBe(state.tensors['layer.0.output.dense.weight']);
    expect(Object.keys(tensors).some((name) => name.includes('#'))).toBe(false);
    const bare = await trained(planned(plain), 1);
    expect(() => averagedState(bare.state)).toThrow(/averages, got a state at step 1 without any/);
  });

  it.each<[string, Rules, Rules, RegExp]>([
    ['another optimiser', { optimizer: lamb() }, { optimizer: adamw() }, /moments of 'lamb', expected 'adamw'/],
    ['another optimiser with other moments', { optimizer: sgd() }, { optimizer: lion() }, /'sgd', expected 'lion'/],
    [
      'another row rule',
      { ...plain, sparse: /embed/ },
      plain,
      /'adamw; sparse-adam on embeddings.weight', expected 'adamw'/,
    ],
    ['fewer frozen parameters', { ...plain, freeze: /embed/ }, plain, /'embeddings.weight#first', got nothing/],
    [
      'more frozen parameters',
      plain,
      { ...plain, freeze: /embed/ },
      /got 'embeddings.weight#\w+', expected no moments/,
    ],
    ['no average', plain, { ...plain, average: 0.9 }, /'adamw', expected 'adamw; average'/],
  ])('of %s is refused, also from a checkpoint', async (_, before, after, message) => {
    const { state } = await trained(planned(before), 1);
    const { state: read } = decodeCheckpoint(encodeCheckpoint(state, ''));
    const { step, initial } = planned(after);
    await expect(runtime.train(step, read)).rejects.toMatchObject({ code: 'mismatch' });
    await expect(runtime.train(step, read)).rejects.toThrow(message);
    const session = await runtime.train(step, initial);
    await expect(session.write(state)).rejects.toThrow(message);
    await session.close();
  });
});

describe('several steps', () => {
  const feeds = [0, 1, 2, 3, 4].map((i) => networkFeeds(size, i));
  const rates = feeds.map((_, i) => ({ learningRate: 0.01 - 0.001 * i, beta1: 0.9 - 0.01 * i }));
  const rules: Rules = { ...plain, average: 0.9, freeze: /layer\.0\.attention/ };

  it('in one call are the steps one by one', async () => {
    const run = planned(rules);
    const [one, all] = [await runtime.train(run.step, run.initial), await runtime.train(run.step, run.initial)];
    const losses: Tensors[] = [];
    for (const [i, feed] of feeds.entries()) losses.push(await one.step(feed, rates[i]!));
    expect(await all.steps(feeds, rates)).toEqual(losses);
    expect(stateHash(await all.read())).toBe(stateHash(await one.read()));
  });

  it('in one Loop are bit for bit the steps one by one', async () => {
    const single = plannedInGraph(rules);
    const loop = plannedInGraph({ ...rules, loop: true });
    const [one, all] = [await runtime.train(single.step, single.initial), await runtime.train(loop.step, loop.initial)];
    const losses: Tensors[] = [];
    for (const [i, feed] of feeds.entries()) losses.push(await one.step(feed, rates[i]!));
    const looped = [...(await all.steps(feeds.slice(0, 4), rates.slice(0, 4))), await all.step(feeds[4]!, rates[4]!)];
    expect(looped).toEqual(losses);
    const state = await all.read();
    expect(state.step).toBe(5);
    expect(stateHash(state)).toBe(stateHash(await one.read()));
  });

  it.each([
    ['adamw', adamw({ clipNorm: 1, weightDecay: 0.1 })],
    ['sgd', sgd({ weightDecay: 0.1 })],
    ['lion', lion({ weightDecay: 0.1 })],
    ['lamb', lamb({ weightDecay: 0.1 })],
  ])('by %s in the graph go on from a checkpoint of the kernel, and agree with it', async (_, optimizer) => {
    const own: Rules = { ...rules, optimizer, learningRates: [[/head/, 0.5]] };
    const kernel = planned(own);
    const start = await trained(kernel, 2);
    const goOn = { step: kernel.step, initial: start.state };
    const there = { step: plannedInGraph({ ...own, loop: true }).step, initial: start.state };
    const [a, b] = [await trained(goOn, 3), await trained(there, 3)];
    a.losses.forEach((loss, i) => {
      expect(Math.abs(loss - b.losses[i]!)).toBeLessThan(1e-4);
    });
    const settled = Object.entries(a.state.tensors).filter(([name]) => !name.includes('key.bias'));
    expect(furthest(b.state.tensors, Object.fromEntries(settled))).toBeLessThan(1e-3);
  });

  it('with a loss that is not finite name the step and change nothing', async () => {
    const run = plannedInGraph({ optimizer: sgd(), loop: true });
    const session = await runtime.train(run.step, run.initial);
    const before = stateHash(await session.read());
    const wild = rates.map((rate, i) => (i === 1 ? { ...rate, learningRate: 1e38 } : rate));
    await expect(session.steps(feeds, wild)).rejects.toThrow(/step 3, got a loss of/);
    expect(stateHash(await session.read())).toBe(before);
    await expect(session.step(feeds, rates[0]!)).rejects.toMatchObject({ code: 'unsupported' });
  });
});

interface SparseGolden {
  readonly shape: readonly [number, number];
  readonly count: number;
  readonly initial: string;
  readonly steps: readonly {
    readonly learningRate: number;
    readonly beta1: number;
    readonly rows: readonly number[];
    readonly slopes: string;
    readonly table: string;
    readonly first: string;
    readonly second: string;
  }[];
}

describe('a row-sparse table', () => {
  const golden = JSON.parse(readFileSync('fixtures/runtime/sparse-adam.json', 'utf8')) as SparseGolden;
  const [rows, width] = golden.shape;

  function table(inGraph: boolean): TrainingStep {
    const graph = trainingGraph();
    const ids = graph.input('ids', 'int64', [golden.count]);
    const slopes = graph.input('slopes', 'float32', [golden.count, width]);
    const loss = sum(mul(embedding(ids, 'table', { rows, width }), slopes));
    const options = { loss, optimizer: adamw(), seed: 1, sparse: /table/ };
    return inGraph ? inGraphStep(graph, options) : trainingStep(graph, options);
  }

  it.each([
    ['by the kernel', false, 1e-6],
    ['in the graph', true, 1e-4],
  ])('follows torch.optim.SparseAdam %s', async (_, inGraph, tolerance) => {
    const initial = { step: 0, tensors: { 'table.weight': tensor('float32', [rows, width], floats(golden.initial)) } };
    const session = await runtime.train(table(inGraph), initial);
    let comparisons = 0;
    for (const { rows: ids, slopes, learningRate, beta1, ...expected } of golden.steps) {
      const feeds = {
        ids: tensor('int64', [golden.count], BigInt64Array.from(ids, BigInt)),
        slopes: tensor('float32', [golden.count, width], floats(slopes)),
      };
      await session.step(feeds, { learningRate, beta1 });
      const { tensors } = await session.read();
      const names = { table: 'table.weight', first: 'table.weight#first', second: 'table.weight#second' };
      for (const [key, name] of Object.entries(names)) {
        const want = tensor('float32', [rows, width], floats(expected[key as 'table']));
        expect(furthest({ it: tensors[name]! }, { it: want })).toBeLessThan(tolerance);
        comparisons++;
      }
      expect(tensors['table.weight']!.data.slice(7 * width, 10 * width)).toEqual(
        floats(golden.initial).slice(7 * width, 10 * width),
      );
    }
    expect(comparisons).toBe(42);
  });

  it('has its norm counted in the clip, and refuses micro-batches', async () => {
    const clipped = { optimizer: adamw({ clipNorm: 0.1, weightDecay: 0 }) };
    const sparse = planned({ ...clipped, sparse: /embeddings/ });
    const dense = planned(clipped);
    const [a, b] = [await trained(sparse, 1), await trained(dense, 1)];
    // At the first step both rules move a touched row alike: by the rate times the sign.
    const { 'embeddings.weight': ours } = a.state.tensors;
    const rest = Object.entries(b.state.tensors).filter(
      ([name]) => !name.startsWith('embeddings') && !name.includes('key.bias'),
    );
    expect(furthest(a.state.tensors, Object.fromEntries(rest))).toBeLessThan(1e-5);
    expect(furthest({ it: ours! }, { it: b.state.tensors['embeddings.weight']! })).toBeLessThan(1e-5);
    const session = await runtime.train(sparse.step, sparse.initial);
    await expect(session.step([networkFeeds(size, 0), networkFeeds(size, 1)], controls)).rejects.toMatchObject({
      code: 'unsupported',
    });
  });
});

describe('recomputed blocks', () => {
  it('give the same slopes and keep less', async () => {
    const [kept, again] = [planned(plain), planned(plain, { ...size, recomputed: true })];
    const [a, b] = [await trained(kept, 1), await trained(again, 1)];
    // Where nothing else reads a forward value the engine fuses more: last digits may differ.
    expect(Math.abs(b.losses[0]! / a.losses[0]! - 1)).toBeLessThan(1e-6);
    const slopes = Object.entries(a.state.tensors).filter(
      ([name]) => /#first$/.test(name) && !name.includes('key.bias'),
    );
    expect(slopes).toHaveLength(33);
    expect(furthest(b.state.tensors, Object.fromEntries(slopes))).toBeLessThan(2e-6);
    expect(again.step.activationBytes).toBeLessThan(kept.step.activationBytes!);
  });
});

const regression = {
  initial: {
    step: 0,
    tensors: {
      weight: tensor('float32', [5, 3], new Float32Array(15).fill(0.1)),
      bias: tensor('float32', [3], new Float32Array(3)),
    },
  },
  batch: (value: number): Tensors => ({
    x: tensor('float32', [8, 5], new Float32Array(40).fill(value)),
    target: tensor('float32', [8, 3], new Float32Array(24).fill(1)),
  }),
};
