import { rng, tensor, type Tensors } from '@bioscan/core';
import { linear, relu, tower, type Tower, type Value } from '@bioscan/graph';
import { openRuntime } from '@bioscan/runtime/node';
import { afterAll, describe, expect, it } from 'vitest';
import { alignment, contrast, embedModality, inMemory, type AlignmentData } from '../src/index.js';

const runtime = openRuntime({ threads: 1 });
afterAll(() => runtime.close());

type Point = readonly number[];

function points(width: number): Tower<Point> {
  return tower({
    dimension: 16,
    inputs: [{ name: 'x', dtype: 'float32', shape: ['batch', width] }],
    collate: (batch) => ({ x: tensor('float32', [batch.length, width], Float32Array.from(batch.flat())) }),
    build: (_graph, { x }) => linear(relu(linear(x as Value, 'hidden', 32)), 'output', 16),
  });
}

/** Two noisy linear views of the same hidden point. */
function twoViews(count: number): AlignmentData {
  const random = rng(3);
  const rows = Array.from({ length: count }, () => Array.from({ length: 4 }, () => random.normal()));
  const view = (width: number) => {
    const matrix = Array.from({ length: 4 * width }, () => random.normal());
    return rows.map((row) =>
      Array.from({ length: width }, (_, j) => row.reduce((sum, x, i) => sum + x * (matrix[i * width + j] ?? 0), 0)),
    );
  };
  return {
    ids: rows.map((_, i) => `S${i}`),
    modalities: { image: inMemory(view(6)), dna: inMemory(view(5)) },
    labels: {},
    hash: 'two views',
  };
}

describe('alignment', () => {
  it('brings two views of the same specimens together', async () => {
    const data = twoViews(64);
    const model = alignment({
      modalities: { image: { tower: points(6) }, dna: { tower: points(5) } },
      objective: [contrast()],
      width: 8,
    });
    const planned = model.step({ batchSize: 64, seed: 1 });
    const session = await runtime.train(planned.step, planned.initial);
    const metrics: Tensors[] = [];
    const rows = data.ids.map((_, row) => row);
    for (let i = 0; i < 150; i++) {
      metrics.push(await session.step(await planned.collate(data, rows, rng(i)), { learningRate: 5e-3, beta1: 0.9 }));
    }
    const state = await session.read();
    await session.close();
    expect(Number(metrics[0]?.['loss']?.data[0])).toBeGreaterThan(3);
    expect(Number(metrics.at(-1)?.['loss']?.data[0])).toBeLessThan(0.3);
    const image = await embedModality(model, state, 'image', data, runtime);
    const dna = await embedModality(model, state, 'dna', data, runtime);
    expect(image.vectors.shape).toEqual([64, 8]);
    let hits = 0;
    for (let i = 0; i < 64; i++) {
      const scores = rows.map((j) => {
        let sum = 0;
        for (let d = 0; d < 8; d++) sum += image.vectors.data[i * 8 + d]! * dna.vectors.data[j * 8 + d]!;
        return sum;
      });
      hits += Number(scores.indexOf(Math.max(...scores)) === i);
    }
    expect(hits).toBeGreaterThan(58);
  });
});
