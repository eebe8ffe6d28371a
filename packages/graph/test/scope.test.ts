import { rng, tensor, type Tensor, type Tensors } from '@bioscan/core';
import { describe, expect, it } from 'vitest';
import {
  adamw,
  exportEncoder,
  gelu,
  inferenceGraph,
  inferenceModel,
  initialState,
  initialStateOf,
  joinedState,
  linear,
  lora,
  matmul,
  mean,
  mergedState,
  mul,
  scoped,
  scopedState,
  tower,
  towerInputs,
  trainingGraph,
  trainingStep,
  type Tower,
  type Value,
} from '../src/index.js';
import { runModel } from './session.js';

type Point = readonly number[];

const points: Tower<Point> = tower({
  dimension: 4,
  inputs: [{ name: 'points', dtype: 'float32', shape: ['batch', 3] }],
  collate: (batch) => ({ points: tensor('float32', [batch.length, 3], Float32Array.from(batch.flat())) }),
  build: (_, { points: x }) => {
    const hidden = gelu(linear(x as Value, 'hidden', 5));
    const first = linear(hidden, 'tied', 5);
    return linear(linear(first, 'tied', 5), 'output', 4);
  },
});
const names = ['hidden.weight', 'hidden.bias', 'tied.weight', 'tied.bias', 'output.weight', 'output.bias'];
const batch = [
  [1, 2, 3],
  [-1, 0.5, 2],
];

function below(prefix: string): string[] {
  return names.map((name) => `${prefix}.${name}`);
}

async function embed(trained: Tower<Point>, tensors: Tensors): Promise<readonly number[]> {
  const exported = await runModel(exportEncoder(trained, { step: 0, tensors }), points.collate(batch));
  return Array.from(exported['embedding']?.data as Float32Array);
}

describe('towers with equal parameter names in one graph', () => {
  it('have parameters of their own, tied inside each', () => {
    const graph = trainingGraph();
    for (const prefix of ['image', 'dna']) {
      const own = scoped(prefix, points);
      expect(own.parameters.map(({ name }) => name)).toEqual(below(prefix));
      own.build(graph, towerInputs(graph, own.inputs, 2, `${prefix}.`));
    }
    expect([...graph.parameters.keys()]).toEqual([...below('image'), ...below('dna')]);
    expect(graph.inputs.map(({ name }) => name)).toEqual(['image.points', 'dna.points']);
  });

  it('share them under the same scope', () => {
    const graph = trainingGraph();
    for (const view of ['first.', 'second.']) {
      scoped('image', points).build(graph, towerInputs(graph, points.inputs, 2, view));
    }
    expect([...graph.parameters.keys()]).toEqual(below('image'));
  });

  it('compute in one graph what each computes alone, from its part of the state', async () => {
    const graph = inferenceGraph();
    const towers = { image: scoped('image', points), 'dna.deep': scoped('dna', scoped('deep', points)) };
    const outputs = Object.fromEntries(
      Object.entries(towers).map(([prefix, own]) => [
        prefix,
        own.build(graph, towerInputs(graph, own.inputs, undefined, `${prefix}.`)),
      ]),
    );
    const state = initialState(graph, rng(3));
    const fed = points.collate(batch)['points'] as Tensor;
    const model = inferenceModel(graph, { outputs, state });
    const together = await runModel(model, { 'image.points': fed, 'dna.deep.points': fed });
    for (const [prefix, own] of Object.entries(towers)) {
      const values = Array.from(together[prefix]?.data as Float32Array);
      expect(await embed(points, scopedState(state, prefix).tensors)).toEqual(values);
      expect(await embed(own, state.tensors)).toEqual(values);
    }
    expect(together['image']?.data).not.toEqual(together['dna.deep']?.data);
  });

  it('are frozen, slowed and left out by their whole names', () => {
    const graph = trainingGraph();
    const [first, second] = ['image', 'dna'].map((prefix) =>
      scoped(prefix, points).build(graph, towerInputs(graph, points.inputs, 2, `${prefix}.`)),
    ) as [Value, Value];
    const similarity = matmul(first, second, { transposeY: true });
    const step = trainingStep(graph, {
      loss: mean(mul(similarity, similarity)),
      optimizer: adamw(),
      seed: 0,
      freeze: /^image\.(hidden|tied)/,
      learningRates: [[/^dna\./, 0.5]],
    });
    const trained = step.parameters.filter(({ gradient }) => gradient !== undefined);
    expect(trained.map(({ name, rate = 1 }) => [name, rate])).toEqual([
      ...below('image')
        .filter((name) => name.includes('output'))
        .map((name) => [name, 1]),
      ...below('dna').map((name) => [name, 0.5]),
    ]);
  });
});

describe('low-rank adapters and scopes', () => {
  const inside = scoped('image', lora(points, { pattern: ['tied.weight'], rank: 2, train: /^output/ }));
  const around = lora(scoped('image', points), { pattern: ['image.tied.weight'], rank: 2, train: /^image.output/ });

  it('give the same parameters, one within the other', () => {
    expect(inside.parameters).toEqual(around.parameters);
    expect(inside.parameters.filter(({ frozen }) => frozen !== true).map(({ name }) => name)).toEqual([
      'image.tied.weight.lora_a',
      'image.tied.weight.lora_b',
      'image.output.weight',
      'image.output.bias',
    ]);
    const graph = trainingGraph();
    around.build(graph, towerInputs(graph, points.inputs, 2));
    expect([...graph.parameters.values()].map(({ parameter }) => parameter)).toEqual(inside.parameters);
  });

  it('merge into plain weights of the plain tower', async () => {
    const stream = rng(9);
    const { tensors } = initialStateOf(inside.parameters, stream);
    const right = tensor(
      'float32',
      [2, 5],
      Float32Array.from({ length: 10 }, () => stream.normal()),
    );
    const trained = { ...tensors, 'image.tied.weight.lora_b': right };
    const plain = scopedState(mergedState({ step: 0, tensors: trained }), 'image');
    const [adapted, merged, untouched] = await Promise.all([
      embed(inside, trained),
      embed(points, plain.tensors),
      embed(inside, tensors),
    ]);
    adapted.forEach((value, i) => {
      expect(merged[i]).toBeCloseTo(value, 5);
    });
    expect(untouched).not.toEqual(adapted);
  });
});

describe('parts of a state', () => {
  const state = initialStateOf(points.parameters, rng(2));
  const moments = Object.fromEntries(Object.entries(state.tensors).map(([name, value]) => [`${name}#first`, value]));

  it('are joined as a start, and taken out with their moments', () => {
    const joined = joinedState({ image: { step: 12, tensors: { ...state.tensors, ...moments } }, dna: state });
    expect(joined.step).toBe(0);
    expect(Object.keys(joined.tensors)).toEqual([...below('image'), ...below('dna')]);
    expect(scopedState(joined, 'dna')).toEqual(state);
    const whole = {
      step: 3,
      rule: 'adamw',
      tensors: { 'dna.x': state.tensors['tied.bias'], 'dna.x#first': state.tensors['tied.bias'] },
    };
    expect(scopedState(whole as typeof state, 'dna')).toMatchObject({ step: 3, rule: 'adamw' });
    expect(Object.keys(scopedState(whole as typeof state, 'dna').tensors)).toEqual(['x', 'x#first']);
  });

  it('that are not there are named', () => {
    expect(() => scopedState(joinedState({ image: state }), 'dna')).toThrow(/scope 'dna'.*expected one of image/);
    for (const bad of ['', 'image.', 'a#b'])
      expect(() => scoped(bad, points).build(inferenceGraph(), {})).toThrow(RangeError);
  });
});
