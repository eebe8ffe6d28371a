import { elementCount, rng, tensor, type Rng, type Tensor } from '@bioscan/core';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OperatorName } from '../src/attributes.js';
import { encodeModel } from '../src/encode-model.js';
import type { Graph, Value } from '../src/graph.js';
import * as f from '../src/index.js';
import { operators } from '../src/operators/table.js';
import { interpret, type Dense } from './interpreter.js';
import { runModel } from './session.js';

/** One operator under test: how to build it from values of some shapes, and from where its numbers come. */
interface Case {
  readonly operators: readonly OperatorName[];
  readonly shapes: (sizes: Sizes) => readonly (readonly number[])[];
  readonly build: (values: readonly Value[], graph: Graph, sizes: Sizes) => Value;
  readonly draw?: (random: Rng) => number;
}

interface Sizes {
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

const positive = (random: Rng): number => 0.5 + 2 * random.uniform();
/** At least 0.1 from the kink at 0. */
const kinkless = (random: Rng): number => (random.uniform() < 0.5 ? -1 : 1) * (0.1 + 2 * random.uniform());

function elementwise(name: OperatorName, apply: (x: Value) => Value, draw?: Case['draw']): Case {
  return {
    operators: [name],
    shapes: ({ a, b }) => [[a, b]],
    build: ([x]) => apply(x!),
    ...(draw === undefined ? {} : { draw }),
  };
}

function broadcasting(name: OperatorName, apply: (x: Value, y: Value) => Value, draw?: Case['draw']): readonly Case[] {
  const shapes: readonly Case['shapes'][] = [
    ({ a, b }) => [
      [a, b],
      [a, b],
    ],
    ({ a, b, c }) => [
      [a, 1, c],
      [b, 1],
    ],
    ({ a, b }) => [[b], [a, 1, b]],
    ({ a, b }) => [[], [a, b]],
  ];
  return shapes.map((shape) => ({
    operators: [name],
    shapes: shape,
    build: ([x, y]) => apply(x!, y!),
    ...(draw === undefined ? {} : { draw }),
  }));
}

function indices(graph: Graph, shape: readonly number[], bound: number): Value {
  const random = rng(elementCount(shape) * 31 + bound);
  return graph.constant(
    tensor(
      'int64',
      shape,
      BigInt64Array.from({ length: elementCount(shape) }, () => BigInt(random.integer(bound))),
    ),
  );
}

/** Distinct along axis 0. */
function permuted(graph: Graph, rows: number, width: number): Value {
  return graph.constant(
    tensor(
      'int64',
      [rows, width],
      BigInt64Array.from({ length: rows * width }, (_, i) => BigInt((Math.floor(i / width) + (i % width)) % rows)),
    ),
  );
}

const matrices = (options: f.MatmulOptions): Case => ({
  operators: ['FusedMatMul'],
  shapes: ({ a, b, c }) => [
    options.transposeX === true ? [2, b, a] : [2, a, b],
    options.transposeY === true ? [2, c, b] : [2, b, c],
  ],
  build: ([x, y]) => f.matmul(x!, y!, options),
});

const cases: readonly Case[] = [
  ...broadcasting('Add', f.add),
  ...broadcasting('Sub', f.sub),
  ...broadcasting('Mul', f.mul),
  ...broadcasting('Div', f.div, positive),
  ...broadcasting('Pow', f.pow, positive),
  elementwise('Neg', f.neg),
  elementwise('Abs', f.abs, kinkless),
  elementwise('Exp', f.exp),
  elementwise('Log', f.log, positive),
  elementwise('Sqrt', f.sqrt, positive),
  elementwise('Reciprocal', f.reciprocal, positive),
  elementwise('Erf', f.erf),
  elementwise('Tanh', f.tanh),
  elementwise('Relu', f.relu, kinkless),
  elementwise('Sigmoid', f.sigmoid),
  elementwise('Gelu', f.gelu),
  elementwise('Identity', f.identity),
  elementwise('Cast', (x) => f.cast(f.cast(x, 'float64'), 'float32')),
  {
    operators: ['MatMul'],
    shapes: ({ a, b, c }) => [
      [a, b],
      [b, c],
    ],
    build: ([x, y]) => f.matmul(x!, y!),
  },
  {
    operators: ['MatMul'],
    shapes: ({ a, b, c }) => [
      [2, a, b],
      [b, c],
    ],
    build: ([x, y]) => f.matmul(x!, y!),
  },
  {
    operators: ['MatMul'],
    shapes: ({ a, b, c }) => [
      [a, b],
      [2, b, c],
    ],
    build: ([x, y]) => f.matmul(x!, y!),
  },
  {
    operators: ['MatMul'],
    shapes: ({ a, b, c }) => [
      [2, 1, a, b],
      [3, b, c],
    ],
    build: ([x, y]) => f.matmul(x!, y!),
  },
  matrices({ scale: 0.7 }),
  matrices({ transposeX: true }),
  matrices({ transposeY: true, scale: -1.5 }),
  matrices({ transposeX: true, transposeY: true, scale: 2 }),
  {
    operators: ['FusedMatMul'],
    shapes: ({ a, b, c }) => [
      [2, a, b],
      [c, b],
    ],
    build: ([x, y]) => f.matmul(x!, y!, { transposeY: true }),
  },
  { operators: ['Gemm'], shapes: ({ a, b, c }) => [[a, b], [b, c], [c]], build: ([x, y, z]) => f.gemm(x!, y!, z) },
  {
    operators: ['Gemm'],
    shapes: ({ a, b, c }) => [
      [b, a],
      [c, b],
      [a, 1],
    ],
    build: ([x, y, z]) => f.gemm(x!, y!, z, { transposeX: true, transposeY: true, scale: 0.3 }),
  },
  {
    operators: ['Gemm'],
    shapes: ({ a, b, c }) => [
      [a, b],
      [b, c],
    ],
    build: ([x, y]) => f.gemm(x!, y!),
  },
  { operators: ['Transpose'], shapes: ({ a, b, c }) => [[a, b, c]], build: ([x]) => f.transpose(x!, [2, 0, 1]) },
  { operators: ['Reshape'], shapes: ({ a, b, c }) => [[a, b, c]], build: ([x], _g, { c }) => f.reshape(x!, [c, -1]) },
  { operators: ['Expand'], shapes: ({ b }) => [[1, b]], build: ([x], _g, { a, b, c }) => f.expand(x!, [c, a, b]) },
  { operators: ['Squeeze'], shapes: ({ a, b }) => [[1, a, 1, b]], build: ([x]) => f.squeeze(x!, [0, -2]) },
  { operators: ['Unsqueeze'], shapes: ({ a, b }) => [[a, b]], build: ([x]) => f.unsqueeze(x!, [1, -1]) },
  {
    operators: ['Concat'],
    shapes: ({ a, b, c }) => [
      [a, b],
      [a, c],
      [a, 1],
    ],
    build: (values) => f.concat(values, -1),
  },
  {
    operators: ['Split'],
    shapes: ({ a, b, c }) => [[a, b + c]],
    build: ([x], _g, { b, c }) => f.exp(f.split(x!, 1, [b, c])[1]!),
  },
  {
    operators: ['Split'],
    shapes: ({ a, b, c }) => [[b + c, a]],
    build: ([x], _g, { b, c }) => f.concat(f.split(x!, 0, [b, c]).toReversed(), 0),
  },
  { operators: ['Slice'], shapes: ({ a, b, c }) => [[a, b + 2, c]], build: ([x]) => f.slice(x!, 1, 1, -1) },
  { operators: ['Slice'], shapes: ({ a, b, c }) => [[a + b + 2, c]], build: ([x]) => f.slice(x!, 0, 1, 1000, 2) },
  { operators: ['Slice'], shapes: ({ a, b, c }) => [[c, a + b + 2]], build: ([x]) => f.slice(x!, -1, -1, -1000, -2) },
  { operators: ['ReduceSum'], shapes: ({ a, b, c }) => [[a, b, c]], build: ([x]) => f.sum(x!, { axes: [0, -1] }) },
  { operators: ['ReduceSum'], shapes: ({ a, b }) => [[a, b]], build: ([x]) => f.sum(x!) },
  {
    operators: ['ReduceMean'],
    shapes: ({ a, b, c }) => [[a, b, c]],
    build: ([x]) => f.mean(x!, { axes: [1], keep: true }),
  },
  { operators: ['ReduceMean'], shapes: ({ a, b }) => [[a, b]], build: ([x]) => f.mean(x!) },
  { operators: ['ReduceMax'], shapes: ({ a, b, c }) => [[a, b, c]], build: ([x]) => f.max(x!, { axes: [0, 2] }) },
  { operators: ['ReduceMax'], shapes: ({ a, b }) => [[a, b]], build: ([x]) => f.max(x!, { axes: [-1], keep: true }) },
  { operators: ['Softmax'], shapes: ({ a, b, c }) => [[a, b, c]], build: ([x]) => f.softmax(x!) },
  { operators: ['Softmax'], shapes: ({ a, b, c }) => [[a, b, c]], build: ([x]) => f.softmax(x!, 1) },
  { operators: ['LogSoftmax'], shapes: ({ a, b, c }) => [[a, b, c]], build: ([x]) => f.logSoftmax(x!, 1) },
  {
    operators: ['LogSoftmax', 'GatherElements'],
    shapes: ({ a, b }) => [[a, b]],
    build: ([x], graph, { a, b }) => f.gatherElements(f.logSoftmax(x!), indices(graph, [a, 2], b), -1),
  },
  {
    operators: ['LayerNormalization'],
    shapes: ({ a, b, c }) => [[a, b, c + 1], [c + 1], [c + 1]],
    build: ([x, y, z]) => f.layerNorm(x!, y!, z!, 1e-3),
  },
  {
    operators: ['Gather'],
    shapes: ({ a, b }) => [[a, b]],
    build: ([x], graph, { a, c }) => f.gather(x!, indices(graph, [c, 3], a)),
  },
  {
    operators: ['Gather'],
    shapes: ({ a, b, c }) => [[a, b, c]],
    build: ([x], graph, { b }) => f.gather(x!, indices(graph, [4], b), 1),
  },
  {
    operators: ['Gather'],
    shapes: ({ a, b, c }) => [[a, b, c]],
    build: ([x], graph, { c }) => f.gather(x!, indices(graph, [2, 3], c), -1),
  },
  {
    operators: ['GatherElements'],
    shapes: ({ a, b }) => [[a, b]],
    build: ([x], graph, { a, b }) => f.gatherElements(x!, indices(graph, [5, b], a), 0),
  },
  {
    operators: ['ScatterElements'],
    shapes: ({ a, b }) => [
      [a, b],
      [a, 4],
    ],
    build: ([x, y], graph, { a, b }) => f.scatterAdd(x!, indices(graph, [a, 4], b), y!, 1),
  },
  {
    operators: ['ScatterElements'],
    shapes: ({ a, b }) => [
      [a, b],
      [a, b],
    ],
    build: ([x, y], graph, { a, b }) => f.scatter(x!, permuted(graph, a, b), y!, 0),
  },
  {
    operators: ['Where'],
    shapes: ({ a, b }) => [[a, b], [b]],
    build: ([x, y], graph, { a, b }) => f.where(f.equal(indices(graph, [a, b], 2), 1), x!, y!),
  },
  { operators: ['Exp'], shapes: ({ a, b }) => [[a, b]], build: ([x]) => f.mul(f.exp(x!), f.add(f.tanh(x!), x!)) },
];

describe('every vjp', () => {
  it('is tried for each operator that has one', () => {
    const tried = new Set(cases.flatMap((item) => item.operators));
    const differentiable = (Object.keys(operators) as OperatorName[]).filter((name) => operators[name].vjp !== 'none');
    expect(differentiable.filter((name) => !tried.has(name))).toEqual([]);
  });

  it.each(cases.map((item, i) => [`${item.operators.join('+')} (${i})`, item] as const))(
    '%s equals central differences in float64, and ONNX Runtime in float32',
    async (_name, item) => {
      let compared = 0;
      const size = fc.integer({ min: 1, max: 4 });
      const property = fc.asyncProperty(fc.record({ a: size, b: size, c: size }), fc.nat(1e6), async (sizes, seed) => {
        compared += await check(item, sizes, rng(seed));
      });
      await fc.assert(property, { numRuns: 8, seed: 7 });
      expect(compared).toBeGreaterThan(8);
    },
  );
});

/** Compares slopes of Σ w·y, w random, with differences quotients; returns how many elements were compared. */
async function check(item: Case, sizes: Sizes, random: Rng): Promise<number> {
  const graph = f.trainingGraph();
  const inputs = item.shapes(sizes).map((shape, i) => graph.input(`x${i}`, 'float32', shape));
  const output = item.build(inputs, graph, sizes);
  const weights = graph.input('weights', 'float32', output.shape);
  const loss = f.sum(f.mul(output, weights));
  const slopes = f.gradients(loss, inputs);
  const draw = item.draw ?? ((source: Rng) => source.normal());
  const feeds = new Map([...inputs, weights].map((value) => [value, dense(value, draw, random)]));
  const wanted = inputs.map((input) => slopes.get(input)!);
  const results = interpret(graph, feeds, wanted);
  let compared = 0;
  inputs.forEach((input, i) => {
    const numeric = differences(graph, feeds, input, loss);
    expect(results[i]!.shape).toEqual(input.shape);
    results[i]!.data.forEach((value, k) => {
      expect(Math.abs(value - numeric[k]!)).toBeLessThanOrEqual(1e-6 * (1 + Math.abs(numeric[k]!)));
      compared++;
    });
  });
  await checkEngine(graph, feeds, [output, ...wanted]);
  return compared;
}

function differences(graph: Graph, feeds: ReadonlyMap<Value, Dense>, input: Value, loss: Value): readonly number[] {
  const before = feeds.get(input)!;
  const step = 1e-5;
  return Array.from(before.data, (_, k) => {
    const [up, down] = [step, -step].map((shift) => {
      const data = before.data.slice();
      data[k] = data[k]! + shift;
      return interpret(graph, new Map([...feeds, [input, { shape: before.shape, data }]]), [loss])[0]!.data[0]!;
    });
    return (up! - down!) / (2 * step);
  });
}

async function checkEngine(graph: Graph, feeds: ReadonlyMap<Value, Dense>, values: readonly Value[]): Promise<void> {
  const outputs = new Map(values.map((value, i) => [`y${i}`, value]));
  const inputs = Object.fromEntries(
    [...feeds].map(([value, { shape, data }]) => [
      value.name,
      tensor('float32', shape, Float32Array.from(data)) as Tensor,
    ]),
  );
  const rounded = new Map(
    [...feeds].map(([value, { shape, data }]) => [value, { shape, data: Float64Array.from(Float32Array.from(data)) }]),
  );
  const actual = await runModel(encodeModel(graph, { outputs }), inputs);
  interpret(graph, rounded, values).forEach((expected, i) => {
    const result = actual[`y${i}`]!;
    expect(result.shape).toEqual(expected.shape);
    const scale = 1 + Math.max(0, ...expected.data.map(Math.abs));
    expected.data.forEach((value, k) => {
      expect(Math.abs(Number(result.data[k]) - value)).toBeLessThanOrEqual(2e-5 * scale);
    });
  });
}

function dense(value: Value, draw: (random: Rng) => number, random: Rng): Dense {
  const shape = value.shape as readonly number[];
  return { shape, data: Float64Array.from({ length: elementCount(shape) }, () => draw(random)) };
}
