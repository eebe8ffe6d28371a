import { isBioscanError, tensor, type DType, type Tensor } from '@bioscan/core';
import { describe, expect, it } from 'vitest';
import { encodeModel } from '../src/encode-model.js';
import {
  applyOnnx,
  averageStatistics,
  inferenceGraph,
  onnxTower,
  exportEncoder,
  initialStateOf,
  matmul,
  mean,
  readOnnx,
  runningStatistics,
  sgd,
  trainingGraph,
  trainingStep,
  untrainable,
  withInitializers,
  type OnnxModel,
} from '../src/index.js';
import { rng } from '@bioscan/core';
import { readBytes, readGolden } from './golden.js';
import { floatInitializer, node, onnxFile } from './onnx-file.js';
import { runModel } from './session.js';

interface Numbers {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

interface Case {
  readonly name: string;
  readonly model: string;
  readonly inputs: Readonly<Record<string, Numbers>>;
  readonly outputs: Readonly<Record<string, Numbers>>;
}

const { cases } = readGolden('onnx/operators.json') as { readonly cases: readonly Case[] };

function tensorOf({ dtype, shape, data }: Numbers): Tensor {
  switch (dtype) {
    case 'float32':
      return tensor(dtype, shape, Float32Array.from(data));
    case 'int64':
      return tensor(dtype, shape, BigInt64Array.from(data, BigInt));
    case 'bool':
      return tensor(dtype, shape, Uint8Array.from(data));
    default:
      throw new Error(dtype);
  }
}

function codeOf(action: () => unknown): { readonly code: string; readonly message: string } {
  try {
    action();
  } catch (error) {
    if (isBioscanError(error)) return error;
    throw error;
  }
  return { code: 'none', message: '' };
}

describe('each operator as onnxruntime computes it from the file', () => {
  it('has its cases', () => {
    expect(cases.length).toBe(55);
  });

  it.each(cases)('$name', async ({ model: file, inputs, outputs }) => {
    const model = readOnnx(Buffer.from(file, 'base64'));
    const graph = inferenceGraph();
    const values = Object.fromEntries(
      Object.entries(inputs).map(([name, { dtype, shape }]) => [name, graph.input(name, dtype, shape)]),
    );
    const results = applyOnnx(model, values, { trainable: false });
    // Other names, since a result may be an input as it stands.
    const renamed = new Map(Object.entries(results).map(([name, value]) => [`result ${name}`, value]));
    const feeds = Object.fromEntries(Object.entries(inputs).map(([name, item]) => [name, tensorOf(item)]));
    const computed = await runModel(encodeModel(graph, { outputs: renamed }), feeds);
    expect(Object.keys(results).sort()).toEqual(Object.keys(outputs).sort());
    for (const [name, expected] of Object.entries(outputs)) {
      const got = computed[`result ${name}`] as Tensor;
      expect([got.dtype, got.shape]).toEqual([expected.dtype, expected.shape]);
      expect(results[name]?.shape).toEqual(expected.shape);
      Array.from(got.data as Float32Array, Number).forEach((value, i) => {
        expect(value).toBeCloseTo(expected.data[i] as number, 5);
      });
    }
  });
});

/** y = normalise(x w) with stored statistics, then a head; `hidden` lies between. */
function network(): OnnxModel {
  return readOnnx(
    onnxFile({
      inputs: { x: ['n', 3] },
      outputs: ['y'],
      initializers: [
        floatInitializer('w', [3, 2], [1, 2, 3, 4, 5, 6]),
        floatInitializer('scale', [2], [1, 2]),
        floatInitializer('shift', [2], [0, 1]),
        floatInitializer('mean', [2], [0.5, 0.5]),
        floatInitializer('var', [2], [1, 4]),
        floatInitializer('half', [1], [0.5]),
        floatInitializer('head', [2, 4], [1, 0, 0, 1, 0, 1, 1, 0]),
      ],
      nodes: [
        node('MatMul', ['x', 'w'], ['product']),
        node('BatchNormalization', ['product', 'scale', 'shift', 'mean', 'var'], ['hidden']),
        node('Mul', ['hidden', 'half'], ['halved']),
        node('MatMul', ['halved', 'head'], ['y']),
      ],
    }),
  );
}

describe('a model inside a graph', () => {
  it('makes parameters of what looks like weights and constants of the rest', () => {
    const graph = trainingGraph();
    applyOnnx(network(), { x: graph.input('x', 'float32', [5, 3]) });
    expect([...graph.parameters.keys()]).toEqual(['w', 'scale', 'shift', 'head']);
    expect(runningStatistics(network())).toEqual(['mean', 'var']);
  });

  it('takes a pattern, a prefix, and leaves out what the asked values do not need', () => {
    const graph = trainingGraph();
    const x = graph.input('x', 'float32', [5, 3]);
    const { hidden } = applyOnnx(
      network(),
      { x },
      { outputs: ['hidden'], trainable: /^(w|scale|head)$/, prefix: 'eye.' },
    );
    expect(hidden.shape).toEqual([5, 2]);
    expect([...graph.parameters.keys()]).toEqual(['eye.w', 'eye.scale']);
    expect(graph.nodes.map(({ operator }) => operator)).not.toContain('Mul');
  });

  it('gives the statistics of the batch by the names of the stored ones', async () => {
    const graph = trainingGraph();
    const x = graph.input('x', 'float32', [4, 3]);
    const { y, ...batch } = applyOnnx(network(), { x }, { outputs: ['y', 'mean', 'var'], batchNormalization: 'batch' });
    const step = trainingStep(graph, { loss: mean(y), metrics: batch, optimizer: sgd({}), seed: 0 });
    const data = [1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1, 1];
    const state = initialStateOf(
      [...graph.parameters.values()].map(({ parameter }) => parameter),
      rng(0),
    );
    const results = await runModel(step.model, {
      ...state.tensors,
      x: tensor('float32', [4, 3], Float32Array.from(data)),
    });
    // Columns of x w: 1, 3, 5, 9 and 2, 4, 6, 12.
    expect(Array.from(results['mean']?.data as Float32Array)).toEqual([4.5, 6]);
    expect(Number(results['var']?.data[0])).toBeCloseTo(35 / 3, 4);
    expect(Number(results['var']?.data[1])).toBeCloseTo(56 / 3, 4);
    const running = { mean: network().initializers.get('mean') as Tensor };
    const next = averageStatistics(running, { mean: results['mean'] as Tensor });
    expect(Array.from(next['mean']?.data as Float32Array)).toEqual([Math.fround(0.9), Math.fround(1.05)]);
    expect(withInitializers(network(), next).initializers.get('mean')).toEqual(next['mean']);
  });

  it('becomes a tower that is exported for any batch', async () => {
    const built = onnxTower<readonly number[]>(network(), {
      output: 'hidden',
      collate: (batch) => ({ x: tensor('float32', [batch.length, 3], Float32Array.from(batch.flat())) }),
      head: (features) => matmul(features, features.graph.parameter('new', [2, 6], { initial: 'ones' })),
    });
    expect(built.dimension).toBe(6);
    expect(built.parameters.map(({ name }) => name)).toEqual(['w', 'scale', 'shift', 'new']);
    const file = exportEncoder(built, initialStateOf(built.parameters, rng(1)));
    const results = await runModel(
      file,
      built.collate([
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 1],
      ]),
    );
    expect(results['embedding']?.shape).toEqual([3, 6]);
    // ((x w)[0] - 0.5) / √(1 + ε) + 2 ((x w)[1] - 0.5) / √(4 + ε) + 1
    expect(Number(results['embedding']?.data[0])).toBeCloseTo(0.5 + 1.5 + 1, 4);
  });

  it('comes out of a vision transformer with a symbolic batch as with a fixed one', () => {
    const model = readOnnx(readBytes('models/vit-tiny-older.onnx'), {
      external: ({ expected }) => new Uint8Array(expected),
    });
    const built = onnxTower(model, { collate: () => ({}) });
    expect(built.inputs[0]?.shape).toEqual(['batch', 3, 96, 96]);
    expect(built.dimension).toBe(7);
  });
});

describe('what a model says before it is trained', () => {
  const broken = readOnnx(
    onnxFile({
      inputs: { x: ['n', 3] },
      outputs: ['y', 'z'],
      initializers: [floatInitializer('w', [3, 2], [1, 2, 3, 4, 5, 6])],
      nodes: [
        node('MatMul', ['x', 'w'], ['a']),
        { ...node('Sparkle', ['a'], ['b']), name: 'late' },
        node('Relu', ['b'], ['y']),
        node('ArgMax', ['a'], ['z']),
        node('DequantizeLinear', ['a', 'w'], ['q']),
      ],
    }),
  );

  it('names unknown operators that are needed, and only those', () => {
    expect(untrainable(broken)).toEqual([{ node: 'late', operator: 'Sparkle', reason: 'unknown operator' }]);
    expect(untrainable(broken, { outputs: ['a'] })).toEqual([]);
    expect(untrainable(broken, { outputs: ['z'] })).toEqual([]);
    expect(untrainable(broken, { outputs: ['q'] })[0]?.reason).toMatch(/quantise its export/);
  });

  it.each<[string, (graph: ReturnType<typeof trainingGraph>) => unknown, string, RegExp]>([
    [
      'an unknown operator',
      (graph) => applyOnnx(broken, { x: graph.input('x', 'float32', [1, 3]) }),
      'unsupported',
      /node 'late' \(Sparkle\): unknown operator/,
    ],
    [
      'an output that is not there',
      (graph) => applyOnnx(broken, { x: graph.input('x', 'float32', [1, 3]) }, { outputs: ['aa'] }),
      'not-found',
      /'aa'.*such as 'a'/,
    ],
    [
      'an input that is not there',
      (graph) => applyOnnx(broken, { y: graph.input('x', 'float32', [1, 3]) }),
      'not-found',
      /input 'y'.*'x'/,
    ],
    [
      'a missing input',
      (graph) => applyOnnx(network(), { w: graph.input('w', 'float32', [1]) }),
      'not-found',
      /input 'w'/,
    ],
    [
      'another element type',
      (graph) => applyOnnx(broken, { x: graph.input('x', 'int64', [1, 3]) }),
      'mismatch',
      /int64 \(1, 3\), expected float32 \(n, 3\)/,
    ],
    [
      'another size',
      (graph) => applyOnnx(broken, { x: graph.input('x', 'float32', [1, 4]) }),
      'mismatch',
      /\(1, 4\), expected float32 \(n, 3\)/,
    ],
    [
      'a pattern that takes nothing',
      (graph) => applyOnnx(broken, { x: graph.input('x', 'float32', [1, 3]) }, { trainable: /nothing/ }),
      'not-found',
      /pattern/,
    ],
    [
      'another shape of a tensor',
      () => withInitializers(network(), { w: tensor('float32', [1], new Float32Array(1)) }),
      'mismatch',
      /'w', got float32 \(1\), expected float32 \(3, 2\)/,
    ],
    [
      'a tensor that is not there',
      () => withInitializers(network(), { v: tensor('float32', [1], new Float32Array(1)) }),
      'not-found',
      /'v'/,
    ],
  ])('refuses %s', (_what, action, code, message) => {
    const error = codeOf(() => action(trainingGraph()));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
  });
});
