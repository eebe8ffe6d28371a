import { rng, tensor, type Tensor } from '@bioscan/core';
import { describe, expect, it } from 'vitest';
import { encodeModel } from '../src/encode-model.js';
import {
  adamw,
  add,
  affine,
  concat,
  crossEntropy,
  detach,
  dropout,
  exp,
  gather,
  gradients,
  inferenceGraph,
  inferenceModel,
  initialState,
  layerNorm,
  linear,
  matmul,
  mean,
  mul,
  reshape,
  rowMean,
  slice,
  split,
  squeeze,
  sum,
  trainingGraph,
  trainingStep,
  transpose,
  type Value,
} from '../src/index.js';
import { reachable } from '../src/prune.js';
import { floats, integers } from './golden.js';
import { interpret } from './interpreter/interpret.js';
import { ones, runModel } from './session.js';

function matrix(shape: readonly (number | string)[], name = 'x', graph = inferenceGraph()): Value {
  return graph.input(name, 'float32', shape);
}

describe('shape errors teach', () => {
  it.each<[string, () => unknown, RegExp]>([
    [
      'matmul',
      () => {
        const x = matrix([16, 82, 768]);
        return matmul(x, x.graph.input('y', 'float32', [512, 3]));
      },
      /^graph: matmul, got \(16, 82, 768\) x \(512, 3\), expected inner dimensions to agree$/,
    ],
    ['vectors', () => square([3]), /expected at least 2 axes each; reshape\(\) vectors/],
    ['add', () => broadcast([2, 3], [2, 4]), /^graph: Add, got \(2, 3\) and \(2, 4\)/],
    ['values of two graphs', () => add(matrix([2]), inferenceGraph().input('i', 'int64', [2])), /another graph/],
    ['reshape', () => reshape(matrix([2, 3]), [4, -1]), /got \(2, 3\) to \(4, -1\)/],
    ['reshape of a symbol', () => reshape(matrix(['batch', 3]), [2, 3]), /same number of elements/],
    ['transpose', () => transpose(matrix([2, 3]), [0, 0]), /expected each axis once/],
    ['squeeze', () => squeeze(matrix([2, 3]), [0]), /expected size 1/],
    ['split', () => split(matrix([2, 3]), 1, [1, 1]), /expected their sum to be 3/],
    ['axis', () => slice(matrix([2, 3]), 2, 0, 1), /got axis 2, expected -2 to 1/],
    ['concat', () => concat([matrix([2, 3])], 5), /got axis 5/],
    ['gather', () => gather(matrix([2, 3]), matrix([2])), /another graph/],
    ['layer norm', () => layerNormOf([2, 3], [2]), /got a weight \(2\), expected \(3\)/],
    ['labels', () => labelsOf('float32'), /got indices of float32, expected int64/],
    ['mixed types', () => mixed(), /float32 \(2\) and int64 \(2\), expected one element type; cast\(\) one/],
    ['loss', () => gradients(matrix([2]), []), /expected a floating-point scalar; take its mean\(\) or sum\(\)/],
    ['symbols in training', () => trainingGraph().input('x', 'float32', ['batch', 2]), /expected fixed sizes/],
  ])('%s', (_name, action, message) => {
    expect(action).toThrow(message);
  });

  function square(shape: readonly number[]): Value {
    const x = matrix(shape);
    return matmul(x, x);
  }
  function broadcast(a: readonly number[], b: readonly number[]): Value {
    const x = matrix(a);
    return add(x, x.graph.input('y', 'float32', b));
  }
  function layerNormOf(x: readonly number[], weight: readonly number[]): Value {
    const value = matrix(x);
    const scale = value.graph.input('scale', 'float32', weight);
    return layerNorm(value, scale, scale);
  }
  function labelsOf(dtype: 'float32'): Value {
    const logits = matrix([2, 3]);
    return crossEntropy(logits, logits.graph.input('labels', dtype, [2]));
  }
  function mixed(): Value {
    const x = matrix([2]);
    return add(x, x.graph.input('y', 'int64', [2]));
  }
});

describe('symbolic dimensions', () => {
  it('multiply and divide through reshapes', () => {
    const x = matrix(['batch', 82, 768]);
    const rows = reshape(x, [-1, 768]);
    expect(rows.shape).toEqual(['82*batch', 768]);
    expect(reshape(rows, ['batch', 82, 4, 192]).shape).toEqual(['batch', 82, 4, 192]);
    expect(reshape(rows, [-1, 82, 768]).shape).toEqual(['batch', 82, 768]);
  });

  it('run for any batch', async () => {
    const x = matrix(['batch', 2, 3]);
    const y = reshape(transpose(reshape(reshape(x, [-1, 3]), ['batch', 2, 3]), [0, 2, 1]), ['batch', 6]);
    const model = inferenceModel(x.graph, { outputs: { y }, state: { step: 0, tensors: {} } });
    for (const n of [1, 4]) {
      const data = Array.from({ length: 6 * n }, (_, i) => i);
      const result = (await runModel(model, { x: floats({ shape: [n, 2, 3], data }) }))['y'] as Tensor;
      expect(result.shape).toEqual([n, 6]);
      expect([...(result.data as Float32Array).slice(0, 6)]).toEqual([0, 3, 1, 4, 2, 5]);
    }
  });
});

describe('gradients', () => {
  it('add up over all uses of a shared value', () => {
    const graph = trainingGraph();
    const x = graph.input('x', 'float32', [2]);
    const shared = exp(x);
    const loss = sum(add(mul(shared, shared), mul(shared, x)));
    const slope = gradients(loss, [x]).get(x) as Value;
    const at = Float64Array.of(0.3, -1.2);
    const [result] = interpret(graph, new Map([[x, { shape: [2], data: at }]]), [slope]);
    at.forEach((v, i) => {
      expect(result?.data[i]).toBeCloseTo(2 * Math.exp(2 * v) + Math.exp(v) * (v + 1), 10);
    });
  });

  it('are absent for what the loss does not reach, and stop at detach()', () => {
    const graph = trainingGraph();
    const x = graph.input('x', 'float32', [2]);
    const y = graph.input('y', 'float32', [2]);
    const slopes = gradients(sum(mul(detach(x), y)), [x, y]);
    expect(slopes.has(x)).toBe(false);
    expect(slopes.has(y)).toBe(true);
  });

  it('can be differentiated again', () => {
    const graph = trainingGraph();
    const x = graph.input('x', 'float32', []);
    const first = gradients(mul(mul(x, x), x), [x]).get(x) as Value;
    const second = gradients(first, [x]).get(x) as Value;
    const [result] = interpret(graph, new Map([[x, { shape: [], data: Float64Array.of(2) }]]), [second]);
    expect(result?.data[0]).toBeCloseTo(12, 10);
  });

  it('of a cross entropy make nothing of the size of the logits twice', () => {
    const graph = trainingGraph();
    const logits = graph.input('logits', 'float32', [8, 100]);
    const labels = graph.input('labels', 'int64', [8]);
    const slope = gradients(crossEntropy(logits, labels), [logits]).get(logits) as Value;
    const { nodes } = reachable(graph, [slope]);
    const large = nodes.filter((node) => node.outputs[0]?.shape.join() === '8,100').map((node) => node.operator);
    expect(large).toEqual(['LogSoftmax', 'Exp', 'Mul', 'ScatterElements']);
  });
});

describe('trainingStep', () => {
  it('prunes what no output needs and lists what the engine must know', () => {
    const graph = trainingGraph();
    const x = graph.input('x', 'float32', [4, 3]);
    const labels = graph.input('labels', 'int64', [4]);
    graph.parameter('unused', [100, 100], { initial: 'zeros' });
    const logits = linear(dropout(x, 0.5), 'head', 2);
    exp(logits);
    const step = trainingStep(graph, { loss: crossEntropy(logits, labels), optimizer: adamw(), seed: 3 });
    expect(step.parameters).toEqual([
      { name: 'head.weight', shape: [3, 2], decay: true, gradient: 'head.weight#gradient' },
      { name: 'head.bias', shape: [2], decay: false, gradient: 'head.bias#gradient' },
    ]);
    expect(step.masks).toEqual([{ name: 'dropout#0', shape: [4, 3], rate: 0.5 }]);
    expect(step.feeds.map((feed) => feed.name)).toEqual(['x', 'labels']);
    expect(step.metrics).toEqual(['loss']);
    expect(step.optimizer).toEqual({ kind: 'adamw', weightDecay: 0.01, beta2: 0.999, epsilon: 1e-8 });
    expect(new TextDecoder().decode(step.model)).not.toContain('unused');
  });

  it('gives the same bytes each time', () => {
    function build(): Uint8Array {
      const graph = trainingGraph();
      const x = graph.input('x', 'float32', [4, 3]);
      return trainingStep(graph, { loss: mean(linear(x, 'head', 2)), optimizer: adamw(), seed: 3 }).model;
    }
    expect(Buffer.from(build()).equals(Buffer.from(build()))).toBe(true);
  });

  it('refuses a parameter that only a metric reads', () => {
    const graph = trainingGraph();
    const x = graph.input('x', 'float32', [4, 3]);
    const other = sum(linear(x, 'other', 1));
    const options = { loss: mean(linear(x, 'head', 2)), metrics: { other }, optimizer: adamw(), seed: 1 };
    expect(() => trainingStep(graph, options)).toThrow(/'other.weight', got no gradient/);
  });

  it('refuses a metric with the name of an input', () => {
    const graph = trainingGraph();
    const loss = sum(graph.input('x', 'float32', [2]));
    expect(() => trainingStep(graph, { loss, metrics: { x: loss }, optimizer: adamw(), seed: 1 })).toThrow(
      /output 'x'/,
    );
  });

  it('reports a value twice when it is asked for under two names', async () => {
    const graph = trainingGraph();
    const x = graph.input('x', 'float32', [2]);
    const loss = sum(x);
    const model = encodeModel(graph, {
      outputs: new Map([
        ['a', loss],
        ['b', loss],
        ['c', x],
      ]),
    });
    const results = await runModel(model, { x: ones([2]) });
    expect(Object.values(results).map((value) => [...(value.data as Float32Array)])).toEqual([[2], [2], [1, 1]]);
  });
});

describe('parameters', () => {
  it('are tied by name and refuse another shape', () => {
    const graph = trainingGraph();
    const weight = graph.parameter('w', [2, 3], { initial: 'ones' });
    expect(graph.parameter('w', [2, 3], { initial: 'ones' })).toBe(weight);
    expect(() => graph.parameter('w', [3, 2], { initial: 'ones' })).toThrow(/expected \(2, 3\) as declared before/);
  });

  it('start as asked, each from a stream of its own name', () => {
    const graph = trainingGraph();
    graph.parameter('large', [300, 101], { initial: { normal: 0.5, zeroRow: 7 } });
    graph.parameter('bounded', [4000], { initial: { uniform: 0.25 } });
    graph.parameter('one', [3], { initial: 'ones' });
    const { step, tensors } = initialState(graph, rng(11));
    const large = tensors['large']?.data as Float32Array;
    expect(step).toBe(0);
    expect(large.slice(7 * 101, 8 * 101)).toEqual(new Float32Array(101));
    const deviation = Math.sqrt(large.reduce((a, b) => a + b * b, 0) / (299 * 101));
    expect(deviation).toBeGreaterThan(0.49);
    expect(deviation).toBeLessThan(0.51);
    expect(Math.abs(large.reduce((a, b) => a + b, 0) / large.length)).toBeLessThan(0.01);
    const bounded = tensors['bounded']?.data as Float32Array;
    expect(Math.max(...bounded.map(Math.abs))).toBeLessThanOrEqual(0.25);
    expect([...(tensors['one']?.data as Float32Array)]).toEqual([1, 1, 1]);

    const other = trainingGraph();
    other.parameter('before', [5], { initial: { normal: 1 } });
    other.parameter('large', [300, 101], { initial: { normal: 0.5, zeroRow: 7 } });
    expect(initialState(other, rng(11)).tensors['large']?.data).toEqual(large);
    expect(initialState(other, rng(12)).tensors['large']?.data).not.toEqual(large);
  });
});

describe('inferenceModel', () => {
  it('says which weight is missing or has another shape', () => {
    const x = matrix(['batch', 3]);
    const y = linear(x, 'head', 2);
    const bias = tensor('float32', [2], new Float32Array(2));
    const weight = tensor('float32', [2, 3], new Float32Array(6));
    const run = (tensors: Record<string, Tensor>) => () =>
      inferenceModel(x.graph, { outputs: { y }, state: { step: 0, tensors } });
    expect(run({ 'head.bias': bias })).toThrow(/no parameter 'head.weight'/);
    expect(run({ 'head.bias': bias, 'head.weight': weight })).toThrow(
      /float32 \(2, 3\) in the state, expected float32 \(3, 2\)/,
    );
  });

  it('needs no fused operators for a plain layer', () => {
    const x = matrix(['batch', 3]);
    const y = affine(x, x.graph.parameter('w', [3, 2], { initial: 'zeros' }));
    const tensors = { w: tensor('float32', [3, 2], new Float32Array(6)) };
    const model = inferenceModel(x.graph, { outputs: { y }, state: { step: 0, tensors } });
    expect(new TextDecoder().decode(model)).not.toContain('com.microsoft');
  });
});

describe('rowMean', () => {
  it('is 0 when all weights are 0, and so are its slopes', async () => {
    const graph = trainingGraph();
    const logits = graph.input('logits', 'float32', [2, 3]);
    const labels = graph.input('labels', 'int64', [2]);
    const weights = graph.input('weights', 'float32', [2]);
    const loss = crossEntropy(logits, labels, { weights });
    const slope = gradients(loss, [logits]).get(logits) as Value;
    const model = encodeModel(graph, {
      outputs: new Map([
        ['loss', loss],
        ['slope', slope],
      ]),
    });
    const feeds = {
      logits: ones([2, 3]),
      labels: integers([2], [0, 2]),
      weights: floats({ shape: [2], data: [0, 0] }),
    };
    const results = await runModel(model, feeds);
    expect(results['loss']?.data[0]).toBe(0);
    expect(Math.max(...Array.from(results['slope']?.data as Float32Array, Math.abs))).toBe(0);
  });

  it('weighs rows', () => {
    const graph = trainingGraph();
    const rows = graph.input('rows', 'float32', [3]);
    const weights = graph.input('weights', 'float32', [3, 1]);
    const data = [Float64Array.of(1, 2, 3), Float64Array.of(1, 0, 3)] as const;
    const feeds = new Map([
      [rows, { shape: [3], data: data[0] }],
      [weights, { shape: [3, 1], data: data[1] }],
    ]);
    expect(interpret(graph, feeds, [rowMean(rows, weights)])[0]?.data[0]).toBe(2.5);
  });
});
