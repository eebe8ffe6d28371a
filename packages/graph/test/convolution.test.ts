import { rng } from '@bioscan/core';
import { describe, expect, it } from 'vitest';
import { encodeModel } from '../src/encode-model.js';
import type { Value } from '../src/graph.js';
import * as f from '../src/index.js';
import { floats, readGolden, relativeError, type Described } from './golden.js';
import { ones, runModel } from './session.js';

describe('convolutional building blocks', () => {
  it('give torch’s normalised batch and running statistics in ONNX Runtime', async () => {
    const golden = readGolden('operators/running-statistics.json') as Record<string, Described> & { momentum: number };
    const graph = f.trainingGraph();
    const names = ['x', 'scale', 'shift', 'mean', 'variance'] as const;
    const [x, scale, shift, mean, variance] = names.map((name) =>
      graph.input(name, 'float32', golden[name]!.shape),
    ) as [Value, Value, Value, Value, Value];
    const statistics = { scale, shift, mean, variance };
    const normalized = f.batchNormTraining(x, statistics, { epsilon: 1e-3, momentum: 0.2 });
    const outputs = new Map(Object.entries(normalized).map(([name, value]) => [`${name} after`, value as Value]));
    const feeds = Object.fromEntries(names.map((name) => [name, floats(golden[name]!)]));
    const results = await runModel(encodeModel(graph, { outputs }), feeds, 2);
    expect(relativeError(results['output after']!, golden['output']!)).toBeLessThan(1e-6);
    expect(relativeError(results['mean after']!, golden['running_mean']!)).toBeLessThan(1e-6);
    expect(relativeError(results['variance after']!, golden['running_variance']!)).toBeLessThan(1e-6);
  });

  it('agree with torch through the functions that build them', async () => {
    const weights = readGolden('operators/conv-grouped.json') as { inputs: Described[]; outputs: Described[] };
    const graph = f.trainingGraph();
    const [x, weight, bias] = weights.inputs.map((input, i) => graph.input(`x${i}`, 'float32', input.shape)) as [
      Value,
      Value,
      Value,
    ];
    const y = f.conv(x, weight, bias, { strides: [2, 1], padding: [1, 2], groups: 2 });
    const feeds = Object.fromEntries(weights.inputs.map((input, i) => [`x${i}`, floats(input)]));
    const results = await runModel(encodeModel(graph, { outputs: new Map([['y', y]]) }), feeds);
    expect(relativeError(results['y']!, weights.outputs[0]!)).toBeLessThan(1e-6);
  });

  it('keep a symbolic batch in inference graphs', async () => {
    const graph = f.inferenceGraph();
    const picture = graph.input('picture', 'float32', ['batch', 3, 12, 12]);
    const features = f.groupNormalization(
      f.relu(f.convolution(picture, 'stem', 8, { kernel: [3, 3], padding: 1, strides: 2 })),
      'norm',
      2,
    );
    const pooled = f.globalAveragePool(
      f.resize(f.maxPool(f.pad(features, { begins: [0, 0, 1, 1], ends: [0, 0, 1, 1] }), 2), [3, 5]),
    );
    const flat = f.reshape(pooled, ['batch', 8]);
    expect(features.shape).toEqual(['batch', 8, 6, 6]);
    const state = f.initialState(graph, rng(3));
    const model = f.inferenceModel(graph, { outputs: { flat }, state });
    for (const n of [1, 3]) {
      const results = await runModel(model, { picture: ones([n, 3, 12, 12]) });
      expect(results['flat']!.shape).toEqual([n, 8]);
    }
  });

  it('start as torch does: uniform within one over the root of what a weight reaches', () => {
    const graph = f.trainingGraph();
    f.convolution(graph.input('x', 'float32', [1, 16, 9, 9]), 'conv', 64, { kernel: [3, 3], groups: 4 });
    const { tensors } = f.initialState(graph, rng(4));
    const bound = 1 / Math.sqrt((16 / 4) * 9);
    for (const [name, shape] of [
      ['conv.weight', [64, 4, 3, 3]],
      ['conv.bias', [64]],
    ] as const) {
      const { data, shape: actual } = tensors[name]!;
      expect(actual).toEqual(shape);
      const largest = Math.max(...Array.from(data as Float32Array, Math.abs));
      expect(largest).toBeLessThanOrEqual(bound);
      expect(largest).toBeGreaterThan(0.9 * bound);
    }
  });

  it('name the operator when shapes do not fit', () => {
    const graph = f.trainingGraph();
    const x = graph.input('x', 'float32', [1, 4, 5, 5]);
    const weight = graph.input('weight', 'float32', [6, 3, 3, 3]);
    expect(() => f.conv(x, weight)).toThrow(/graph: conv with 1 groups/);
    expect(() => f.maxPool(x, 7)).toThrow(/maxPool.*expected the kernel to fit/);
    expect(() => graph.apply('Conv', [x, graph.input('w', 'float32', [6, 4, 3, 3])], { strides: [0, 1] })).toThrow(
      /strides/,
    );
  });

  it('refuse to scatter with sums by coordinates, which ONNX Runtime gets wrong', () => {
    const graph = f.trainingGraph();
    const inputs = [
      graph.input('x', 'float32', [3]),
      graph.input('at', 'int64', [2, 1]),
      graph.input('u', 'float32', [2]),
    ];
    expect(() => graph.apply('ScatterND', inputs, { reduction: 'add' })).toThrow(/loses updates/);
  });
});
