import { rng, tensor, type EmbeddingBlock } from '@bioscan/core';
import { exportEncoder, initialStateOf } from '@bioscan/graph';
import { openRuntime } from '@bioscan/runtime/node';
import { afterAll, describe, expect, it } from 'vitest';
import {
  alignment,
  contrast,
  embedFrozen,
  embedModality,
  exportModality,
  vectorRows,
  vectors,
  withModality,
} from '../src/index.js';
import { dna, points, train, views, type Point } from './points.js';

const runtime = openRuntime({ threads: 1 });
afterAll(() => runtime.close());

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
    const { losses, state } = await train(runtime, model, changed, 60);
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
    const { state } = await train(runtime, model, data, 5, 0.05);
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
