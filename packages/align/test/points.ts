import { rng, tensor, type Runtime, type TrainingState } from '@bioscan/core';
import { batchSymbol, dropout, linear, relu, tower, type Tower, type Value } from '@bioscan/graph';
import { inMemory, type Alignment, type AlignmentData, type Modality } from '../src/index.js';

export type Point = readonly number[];

export function points(
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
export function views(count: number, seed = 3): AlignmentData {
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

export async function train(
  runtime: Runtime,
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

export const image: Modality = { tower: points(6) };
export const dna: Modality = { tower: points(5) };
