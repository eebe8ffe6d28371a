import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { rng, tensor, type Tensors, type TrainingState } from '@bioscan/core';
import {
  adamw,
  exportEncoder,
  initialStateOf,
  linear,
  lora,
  mean,
  mergedState,
  mul,
  relu,
  sub,
  tower,
  towerInputs,
  trainingGraph,
  trainingStep,
  type LoraOptions,
  type Tower,
  type Value,
} from '@bioscan/graph';
import { openRuntime } from '@bioscan/runtime/node';
import { furthest } from './networks.js';

interface Described {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}
type Set = Readonly<Record<string, Described>>;

const golden = JSON.parse(readFileSync('fixtures/graph/lora.json', 'utf8')) as {
  readonly rank: number;
  readonly alpha: number;
  readonly plain: Set;
  readonly start: Set;
  readonly end: Set;
  readonly merged: Set;
  readonly x: Described;
  readonly target: Described;
  readonly output: Described;
  readonly losses: readonly number[];
};

const runtime = openRuntime({ threads: 1 });
afterAll(() => runtime.close());

const base: Tower<readonly number[]> = tower({
  dimension: 5,
  inputs: [{ name: 'x', dtype: 'float32', shape: ['batch', 6] }],
  collate: (batch) => ({ x: tensor('float32', [batch.length, 6], Float32Array.from(batch.flat())) }),
  build: (_graph, { x }) => linear(relu(linear(x as Value, 'hidden', 9)), 'output', 5),
});
const both = { pattern: /\.weight$/, rank: golden.rank, alpha: golden.alpha };

function tensors(set: Set): Tensors {
  return Object.fromEntries(Object.entries(set).map(([name, item]) => [name, floats(item)]));
}

function floats({ shape, data }: Described) {
  return tensor('float32', shape, Float32Array.from(data));
}

async function train(options: LoraOptions): Promise<{ losses: number[]; state: TrainingState; frozen: string[] }> {
  const adapted = lora(base, options);
  const graph = trainingGraph();
  const output = adapted.build(graph, towerInputs(graph, adapted.inputs, 12));
  const error = sub(output, graph.input('target', 'float32', [12, 5]));
  const step = trainingStep(graph, { loss: mean(mul(error, error)), optimizer: adamw(), seed: 1 });
  const fresh = initialStateOf(adapted.parameters, rng(1)).tensors;
  const initial = { step: 0, tensors: { ...fresh, ...tensors(golden.plain), ...tensors(golden.start) } };
  const session = await runtime.train(step, initial);
  const losses: number[] = [];
  for (let i = 0; i < golden.losses.length; i++) {
    const feeds = { x: floats(golden.x), target: floats(golden.target) };
    losses.push(Number((await session.step(feeds, { learningRate: 0.05, beta1: 0.9 })).loss!.data[0]));
  }
  const state = await session.read();
  await session.close();
  const frozen = step.parameters.filter(({ gradient }) => gradient === undefined).map(({ name }) => name);
  return { losses, state, frozen };
}

describe('a tower with low-rank adapters', () => {
  it('learns as peft does and merges into plain weights', async () => {
    const { losses, state, frozen } = await train(both);
    losses.forEach((loss, i) => {
      expect(Math.abs(loss / golden.losses[i]! - 1)).toBeLessThan(1e-5);
    });
    expect(frozen.filter((name) => !name.endsWith('scale')).sort()).toEqual(Object.keys(golden.plain).sort());
    expect(furthest(state.tensors, tensors(golden.end))).toBeLessThan(1e-4);
    expect(furthest(state.tensors, tensors(golden.plain))).toBe(0);
    const merged = mergedState(state);
    expect(Object.keys(merged.tensors).sort()).toEqual(Object.keys(golden.merged).sort());
    expect(furthest(merged.tensors, tensors(golden.merged))).toBeLessThan(1e-5);
  });

  it('exports the same function merged and adapted', async () => {
    const { state } = await train({ ...both, pattern: ['output.weight'] });
    const [adapted, merged] = await Promise.all(
      [
        exportEncoder(lora(base, { ...both, pattern: ['output.weight'] }), state),
        exportEncoder(base, mergedState(state)),
      ].map(async (model) => (await (await runtime.open(model)).run({ x: floats(golden.x) })).embedding!),
    );
    expect(furthest({ adapted: adapted! }, { adapted: merged! })).toBeLessThan(1e-6);
    expect(furthest({ adapted: adapted! }, { adapted: floats(golden.output) })).toBeGreaterThan(0.01);
  });

  it('starts as the tower that it adapts, and keeps training what it is told to', () => {
    const adapted = lora(base, { ...both, train: /bias$/ });
    const fresh = initialStateOf(adapted.parameters, rng(1));
    const plain = { ...fresh, tensors: { ...fresh.tensors, ...tensors(golden.plain) } };
    expect(furthest(mergedState(plain).tensors, tensors(golden.plain))).toBe(0);
    const bound = 1 / Math.sqrt(6);
    const a = fresh.tensors['hidden.weight.lora_a']!.data as Float32Array;
    expect(Math.max(...a.map(Math.abs))).toBeLessThanOrEqual(bound);
    expect(Math.max(...a.map(Math.abs))).toBeGreaterThan(bound / 2);
    expect(
      adapted.parameters
        .filter(({ frozen }) => frozen !== true)
        .map(({ name }) => name)
        .sort(),
    ).toEqual([
      'hidden.bias',
      'hidden.weight.lora_a',
      'hidden.weight.lora_b',
      'output.bias',
      'output.weight.lora_a',
      'output.weight.lora_b',
    ]);
  });

  it.each<[string, LoraOptions, RegExp]>([
    [
      'a pattern without a match',
      { pattern: /attention/, rank: 2 },
      /lora, got \/attention\/, expected a match among hidden/,
    ],
    ['a name that is not there', { pattern: ['hiden.weight'], rank: 2 }, /did you mean 'hidden.weight'/],
    ['a rank above the matrix', { pattern: /output.weight/, rank: 6 }, /'output.weight', got rank 6, expected 1 to 5/],
    ['a vector', { pattern: /bias/, rank: 1 }, /'hidden.bias', got shape \(9\), expected a matrix/],
  ])('refuses %s', (_, options, message) => {
    expect(() => lora(base, options)).toThrow(message);
  });

  it('refuses to merge half an adapter', async () => {
    const { state } = await train(both);
    const rest = Object.fromEntries(Object.entries(state.tensors).filter(([name]) => name !== 'output.weight.lora_b'));
    expect(() => mergedState({ ...state, tensors: rest })).toThrow(/mergedState of 'output.weight'/);
  });
});
