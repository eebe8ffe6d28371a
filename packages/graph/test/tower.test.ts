import { rng, tensor, type Tensor } from '@bioscan/core';
import { describe, expect, it } from 'vitest';
import {
  adamw,
  exportEncoder,
  initialState,
  initialStateOf,
  linear,
  mean,
  mul,
  relu,
  tower,
  towerInputs,
  trainingGraph,
  trainingStep,
  type Tower,
} from '../src/index.js';
import { runModel } from './session.js';

function points(dimension = 5): Tower<readonly number[]> {
  return tower({
    dimension,
    inputs: [{ name: 'points', dtype: 'float32', shape: ['batch', 3] }],
    collate: (batch) => ({ points: tensor('float32', [batch.length, 3], Float32Array.from(batch.flat())) }),
    build: (_graph, { points: x }) => {
      if (x === undefined) throw new Error('no points');
      return linear(relu(linear(x, 'hidden', 4)), 'output', 5);
    },
  });
}

describe('a tower', () => {
  it('knows its parameters without being told', () => {
    expect(points().parameters.map(({ name, shape, decay }) => [name, shape, decay])).toEqual([
      ['hidden.weight', [3, 4], true],
      ['hidden.bias', [4], false],
      ['output.weight', [4, 5], true],
      ['output.bias', [5], false],
    ]);
  });

  it('refuses a dimension that its output does not have', () => {
    expect(() => points(6)).toThrow(/output of \(batch, 5\), expected \(batch, 6\)/);
  });

  it('starts from the same numbers by its parameters as by a graph', () => {
    const graph = trainingGraph();
    points().build(graph, towerInputs(graph, points().inputs, 2));
    expect(initialStateOf(points().parameters, rng(4))).toEqual(initialState(graph, rng(4)));
  });

  it('computes the same exported as in a training graph, for any batch', async () => {
    const built = points();
    const state = initialStateOf(built.parameters, rng(4));
    const batch = [
      [1, 2, 3],
      [-1, 0.5, 2],
      [0, 0, 0],
    ];
    const exported = await runModel(exportEncoder(built, state), built.collate(batch));
    const graph = trainingGraph();
    const output = built.build(graph, towerInputs(graph, built.inputs, 3, 'a.'));
    const step = trainingStep(graph, {
      loss: mean(mul(output, output)),
      metrics: { output },
      optimizer: adamw(),
      seed: 0,
    });
    expect(step.feeds.map((feed) => feed.name)).toEqual(['a.points']);
    const trained = await runModel(step.model, {
      ...state.tensors,
      'a.points': built.collate(batch)['points'] as Tensor,
    });
    expect(exported['embedding']?.shape).toEqual([3, 5]);
    Array.from(exported['embedding']?.data as Float32Array).forEach((value, i) => {
      expect(value).toBeCloseTo(Number(trained['output']?.data[i]), 6);
    });
  });
});
