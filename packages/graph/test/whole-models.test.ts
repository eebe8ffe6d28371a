import { tensor, type Tensor, type Tensors } from '@bioscan/core';
import { openRuntime } from '@bioscan/runtime/node';
import { afterAll, describe, expect, it } from 'vitest';
import {
  applyOnnx,
  crossEntropy,
  initialState,
  mean,
  mul,
  readOnnx,
  runningStatistics,
  sgd,
  trainingGraph,
  trainingStep,
  untrainable,
  type OnnxModel,
  type TrainingStepOptions,
  type Value,
} from '../src/index.js';
import { formulaIds, formulaImages, formulaWeight, sketchError, type Sketch } from './formula-weights.js';
import { integers, readBytes, readGolden, relativeError, type Described } from './golden.js';

interface Run {
  /** Names the formula's pictures. */
  readonly source: string;
  readonly loss: number;
  readonly logits: Described;
  readonly gradients: Readonly<Record<string, Sketch>>;
  readonly statistics: Readonly<Record<string, Sketch>>;
}

interface Golden {
  readonly shapes: Readonly<Record<string, readonly number[]>>;
  readonly inputs: Readonly<Record<string, readonly number[]>>;
  /** For each exporter: tensor of the file to weight of the model. */
  readonly files: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly eval: Run;
  readonly train?: Run;
}

/** Relative; with the floor below, an absolute 1e-7 of the model's largest gradient: some are 0 but for rounding (key biases). */
const bound = 1e-4;
const floor = 1e-3;

const weights = new Map<string, { readonly data: Float32Array }>();

function load(
  name: string,
  exporter: string,
): { readonly golden: Golden; readonly model: OnnxModel; readonly tensors: Record<string, string> } {
  const golden = readGolden(`models/${name}.json`) as Golden;
  const tensors = golden.files[exporter] as Record<string, string>;
  const model = readOnnx(readBytes(`models/${name}-${exporter}.onnx`), {
    external: ({ name: stored }) => {
      const source = tensors[stored] as string;
      const key = `${name} ${source}`;
      const { data } =
        weights.get(key) ?? formulaWeight(source, golden.shapes[source.replace(/\.T$/, '')] as readonly number[]);
      weights.set(key, { data });
      return new Uint8Array(data.buffer as ArrayBuffer);
    },
  });
  return { golden, model, tensors };
}

function inputsOf(golden: Golden, source: string): Tensors {
  const { ids, images } = golden.inputs;
  if (images !== undefined) return { images: formulaImages(source, images) };
  const [n, length] = ids as [number, number];
  const attended = Array.from({ length: n * length }, (_, i) => {
    const row = Math.floor(i / length);
    return row > 0 && i % length >= length - 5 * row ? 0 : 1;
  });
  return { ids: formulaIds([n, length], 300), mask: integers([n, length], attended) };
}

const runtime = openRuntime({ threads: 2 });
afterAll(() => runtime.close());

interface Outcome {
  readonly forward: number;
  readonly loss: number;
  readonly worst: number;
  readonly statistics: number;
  readonly compared: number;
}

/** Forward, loss, every gradient and every statistic of a batch against PyTorch's. */
async function compare(
  name: string,
  exporter: string,
  mode: 'eval' | 'train',
  lossOf: (logits: Value) => Value,
): Promise<Outcome> {
  const { golden, model, tensors } = load(name, exporter);
  const expected = golden[mode] as Run;
  const feeds = inputsOf(golden, expected.source);
  const graph = trainingGraph();
  const inputs = Object.fromEntries(
    Object.entries(feeds).map(([input, { dtype, shape }]) => [input, graph.input(input, dtype, shape)]),
  );
  const statistics = mode === 'train' ? runningStatistics(model) : [];
  const { logits, ...batch } = applyOnnx(model, inputs, {
    outputs: ['logits', ...statistics],
    trainable: (stored) => Object.hasOwn(expected.gradients, tensors[stored] ?? ''),
    batchNormalization: mode === 'train' ? 'batch' : 'frozen',
  }) as Record<string, Value> & { readonly logits: Value };
  const options: TrainingStepOptions = {
    loss: lossOf(logits),
    metrics: { logits, ...batch },
    optimizer: sgd({}),
    seed: 0,
  };
  const step = trainingStep(graph, options);
  const state = initialState(graph, unused);
  const session = await runtime.open(step.model);
  const results = await session.run({ ...state.tensors, ...feeds });
  await session.close();
  const largest = Math.max(...Object.values(expected.gradients).map(({ norm }) => norm));
  const errors = step.parameters.map(({ name: stored, gradient }) =>
    sketchError(
      results[gradient ?? ''] as Tensor,
      expected.gradients[tensors[stored] as string] as Sketch,
      floor * largest,
    ),
  );
  const spreads = statistics.map((stored) =>
    sketchError(results[stored] as Tensor, expected.statistics[tensors[stored] as string] as Sketch, 1e-6),
  );
  return {
    forward: relativeError(results['logits'] as Tensor, expected.logits),
    loss: Math.abs(Number(results['loss']?.data[0]) - expected.loss) / Math.abs(expected.loss),
    worst: Math.max(...errors),
    statistics: Math.max(0, ...spreads),
    compared: errors.length,
  };
}

const unused = { split: () => unused } as unknown as Parameters<typeof initialState>[1];

function labelled(logits: Value): Value {
  const [n, classes] = logits.shape as [number, number];
  return crossEntropy(
    logits,
    logits.graph.constant(
      tensor(
        'int64',
        [n],
        BigInt64Array.from({ length: n }, (_, i) => BigInt(i % classes)),
      ),
    ),
  );
}

function squares(logits: Value): Value {
  return mean(mul(logits, logits));
}

const cases = [
  {
    name: 'bert',
    exporters: ['dynamo', 'dynamo-plain', 'older', 'older-plain'],
    parameters: [56, 57, 57, 57],
    mode: 'eval',
    loss: labelled,
  },
  { name: 'vit-tiny', exporters: ['dynamo', 'older'], parameters: [152, 152], mode: 'eval', loss: labelled },
  { name: 'resnet18', exporters: ['dynamo-plain', 'older-plain'], parameters: [62, 62], mode: 'eval', loss: labelled },
  { name: 'resnet18', exporters: ['dynamo-plain', 'older-plain'], parameters: [62, 62], mode: 'train', loss: labelled },
  {
    name: 'mobilenet-v2',
    exporters: ['dynamo-plain', 'older-plain'],
    parameters: [158, 158],
    mode: 'eval',
    loss: squares,
  },
] as const;

describe.each(cases)('$name against PyTorch, $mode', ({ name, exporters, parameters, mode, loss }) => {
  it.each(exporters.map((exporter, i) => [exporter, parameters[i] as number] as const))(
    'as exported by %s: forward, loss and all %d gradients',
    async (exporter, count) => {
      const outcome = await compare(name, exporter, mode, loss);
      if (process.env['BIOSCAN_FIGURES'] !== undefined) console.log(name, exporter, mode, outcome);
      expect(outcome.compared).toBe(count);
      expect(outcome.forward).toBeLessThan(bound);
      expect(outcome.loss).toBeLessThan(bound);
      expect(outcome.worst).toBeLessThan(bound);
      expect(outcome.statistics).toBeLessThan(bound);
    },
  );
});

describe('what stands in the way of training', () => {
  it.each(cases)('nothing does in $name', ({ name, exporters }) => {
    for (const exporter of exporters) {
      const { model, golden } = load(name, exporter);
      const batch = Object.values(golden.inputs)[0]?.[0] as number;
      expect(untrainable(model, { sizes: { batch, s77: batch } })).toEqual([]);
    }
  });
});
