import { rng, tensor, type TrainingState } from '@bioscan/core';
import { linear, relu, sgd, tower, type Tower, type Value } from '@bioscan/graph';
import { openRuntime } from '@bioscan/runtime/node';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import {
  alignment,
  contrast,
  classify,
  inMemory,
  ntXent,
  sameLabel,
  siglip,
  type AlignmentData,
  type Term,
} from '../src/index.js';

const runtime = openRuntime({ threads: 1 });
afterAll(() => runtime.close());

type Point = readonly number[];

/** Noise in training, so that views differ. No dropout: its masks are drawn for each chunk. */
function points(): Tower<Point> {
  return tower({
    dimension: 6,
    inputs: [{ name: 'x', dtype: 'float32', shape: ['batch', 4] }],
    collate: (batch, random) => ({
      x: tensor(
        'float32',
        [batch.length, 4],
        Float32Array.from(batch.flat(), (x) => x + 0.1 * (random?.normal() ?? 0)),
      ),
    }),
    build: (_graph, { x }) => linear(relu(linear(x as Value, 'hidden', 8)), 'output', 6),
  });
}

function data(rows: number, missing: number, seed: number): AlignmentData {
  const random = rng(seed);
  const point = (): Point => Array.from({ length: 4 }, () => random.normal());
  const some = (): readonly (Point | undefined)[] =>
    Array.from({ length: rows }, () => (random.uniform() < missing ? undefined : point()));
  const bins = ['a', 'b', 'c', undefined];
  return {
    ids: Array.from({ length: rows }, (_, row) => String(row)),
    modalities: { image: inMemory(some()), dna: inMemory(some()) },
    labels: { bin: Array.from({ length: rows }, () => bins[random.integer(4)]) },
    hash: '',
  };
}

/** State after two steps of plain momentum: its first moments are sums of gradients. */
async function trained(
  world: AlignmentData,
  objective: readonly Term[],
  batchSize: number,
  chunks: number,
): Promise<TrainingState & { losses: number[] }> {
  const model = alignment({
    modalities: {
      image: { tower: points(), views: 2 },
      dna: { tower: points(), training: { kind: 'lora', pattern: /weight$/, rank: 2 } },
    },
    objective,
    width: 5,
    classes: { bin: ['a', 'b', 'c'] },
  });
  const planned = model.step({ batchSize, chunks, seed: 3, optimizer: sgd() });
  const session = await runtime.train(planned.step, planned.initial);
  const losses: number[] = [];
  for (let at = 0; at < 2; at++) {
    const feeds = await planned.collate(world, [...world.ids.keys()], rng(5).split(at));
    losses.push(Number((await session.step(feeds, { learningRate: 0.05, beta1: 0.9 }))['loss']?.data[0]));
  }
  const state = await session.read();
  await session.close();
  return { ...state, losses };
}

/** Largest difference relative to the largest number of each tensor. */
function furthest(found: TrainingState, expected: TrainingState): number {
  expect(Object.keys(found.tensors).sort()).toEqual(Object.keys(expected.tensors).sort());
  const ratios = Object.entries(expected.tensors).map(([name, { data: wanted }]) => {
    const values = found.tensors[name]?.data as Float32Array;
    const scale = Math.max(...(wanted as Float32Array).map(Math.abs), 1e-3);
    return Math.max(...(wanted as Float32Array).map((value, i) => Math.abs(value - (values[i] as number)))) / scale;
  });
  return Math.max(...ratios);
}

const objectives: Readonly<Record<string, readonly Term[]>> = {
  'all pairs, labels': [contrast({ targets: sameLabel('bin') })],
  'views by NT-Xent, a classifier': [
    contrast({ pairs: [{ between: ['image', 'image'] }], loss: ntXent() }),
    classify('dna', 'bin', { head: 'cosine', weight: 2 }),
  ],
  'a star by sigmoid': [contrast({ pairs: { star: 'dna' }, loss: siglip() })],
};

describe('a batch in chunks', () => {
  it.each(Object.entries(objectives))('has the gradient of one batch: %s', async (_, objective) => {
    const world = data(24, 0.2, 1);
    const whole = await trained(world, objective, 24, 1);
    expect(Object.keys(whole.tensors).filter((name) => name.endsWith('#momentum')).length).toBeGreaterThan(8);
    for (const chunks of [2, 6]) {
      const parts = await trained(world, objective, 24, chunks);
      expect(furthest(parts, whole)).toBeLessThan(1e-5);
      expect(Math.abs((parts.losses[1] ?? NaN) - (whole.losses[1] ?? NaN))).toBeLessThan(1e-5);
      expect(parts.losses[1]).not.toBe(parts.losses[0]);
    }
  });

  it('has it for any number of rows, chunks and missing inputs', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 2, max: 12 }),
        fc.constantFrom(2, 3, 4),
        fc.double({ min: 0, max: 0.8, noNaN: true }),
        fc.nat(99),
        async (rows, chunks, missing, seed) => {
          const world = data(rows, missing, seed);
          const objective = objectives['all pairs, labels'] ?? [];
          const [whole, parts] = [await trained(world, objective, 12, 1), await trained(world, objective, 12, chunks)];
          expect(furthest(parts, whole)).toBeLessThan(1e-5);
        },
      ),
      { numRuns: 10, seed: 2 },
    );
  });

  it('needs a divisor of the batch', () => {
    const model = alignment({ modalities: { image: { tower: points(), views: 2 } }, objective: [contrast()] });
    expect(() => model.step({ batchSize: 8, chunks: 3, seed: 1 })).toThrow(/3 chunks of a batch of 8/);
  });
});
