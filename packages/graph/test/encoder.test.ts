import type { Tensor, Tensors } from '@bioscan/core';
import { describe, expect, it } from 'vitest';
import {
  accuracy,
  adamw,
  add,
  attentionBias,
  crossEntropy,
  dropout,
  embedding,
  encoderLayer,
  inferenceGraph,
  inferenceModel,
  layerNormalization,
  linear,
  trainingGraph,
  trainingStep,
  type Graph,
  type Value,
} from '../src/index.js';
import { floats, integers, readGolden, relativeError, type Described } from './golden.js';
import { runModel } from './session.js';

interface Golden {
  readonly sizes: Readonly<
    Record<'n' | 'tokens' | 'width' | 'heads' | 'inner' | 'vocabulary' | 'classes' | 'rate', number>
  >;
  readonly parameters: Readonly<Record<string, Described>>;
  readonly ids: readonly number[];
  readonly attended: readonly number[];
  readonly labels: readonly number[];
  readonly weights: readonly number[];
  readonly masks: readonly Described[];
  readonly loss: number;
  readonly accuracy: number;
  readonly output: Described;
  readonly gradients: Readonly<Record<string, Described>>;
}

const golden = readGolden('encoder.json') as Golden;
const { n, tokens, width, heads, inner, vocabulary, classes, rate } = golden.sizes;

function build(graph: Graph, batch: number | string): { readonly output: Value; readonly logits: Value } {
  const ids = graph.input('ids', 'int64', [batch, tokens]);
  const attended = graph.input('attended', 'float32', [batch, tokens]);
  const words = embedding(ids, 'word', { rows: vocabulary, width, frozenRow: 0 });
  const positions = graph.parameter('position.weight', [tokens, width], { initial: { normal: 0.02 } });
  const start = dropout(layerNormalization(add(words, positions), 'norm', 1e-12), rate);
  const options = { heads, intermediate: inner, dropout: rate, bias: attentionBias(attended) };
  const output = encoderLayer(start, 'encoder.layer.0', options);
  return { output, logits: linear(output, 'classifier', classes) };
}

const parameters: Tensors = Object.fromEntries(
  Object.entries(golden.parameters).map(([name, item]) => [name, floats(item)]),
);
const feeds: Record<string, Tensor> = {
  ids: integers([n, tokens], golden.ids),
  attended: floats({ shape: [n, tokens], data: golden.attended }),
};

describe('an encoder layer against PyTorch', () => {
  it('has its loss within 1e-5 and every gradient within 1e-4', async () => {
    const graph = trainingGraph();
    const { output, logits } = build(graph, n);
    const labels = graph.input('labels', 'int64', [n, tokens]);
    const weights = graph.input('weights', 'float32', [n, tokens]);
    const metrics = { accuracy: accuracy(logits, labels, { weights }), output };
    const loss = crossEntropy(logits, labels, { weights });
    const step = trainingStep(graph, { loss, metrics, optimizer: adamw(), seed: 1 });

    expect(step.masks.map((mask) => mask.shape)).toEqual(golden.masks.map((mask) => mask.shape));
    const masks = Object.fromEntries(step.masks.map((mask, i) => [mask.name, floats(golden.masks[i] as Described)]));
    const rows = {
      labels: integers([n, tokens], golden.labels),
      weights: floats({ shape: [n, tokens], data: golden.weights }),
    };
    const results = await runModel(step.model, { ...parameters, ...feeds, ...masks, ...rows });

    expect(Math.abs(Number(results['loss']?.data[0]) - golden.loss)).toBeLessThan(1e-5);
    expect(Number(results['accuracy']?.data[0])).toBeCloseTo(golden.accuracy, 6);
    expect(relativeError(results['output'] as Tensor, golden.output)).toBeLessThan(1e-5);
    expect(step.parameters.map((item) => item.name).sort()).toEqual(Object.keys(golden.parameters).sort());
    const errors = step.parameters
      // The key bias shifts all scores of a query alike: its true gradient is zero, and both sides hold rounding only.
      .filter((item) => !item.name.endsWith('key.bias'))
      .map((item) => relativeError(results[item.gradient!] as Tensor, golden.gradients[item.name] as Described));
    expect(errors).toHaveLength(21);
    expect(Math.max(...errors)).toBeLessThan(1e-4);
    const keyBias = results['encoder.layer.0.attention.self.key.bias#gradient'] as Tensor;
    expect(Math.max(...Array.from(keyBias.data as Float32Array, Math.abs))).toBeLessThan(1e-6);
    const frozen = results['word.weight#gradient'] as Tensor;
    expect(frozen.data.slice(0, width)).toEqual(new Float32Array(width));
  });

  it('exports the same function without dropout, for any batch', async () => {
    const graph = inferenceGraph();
    const { output } = build(graph, 'batch');
    const model = inferenceModel(graph, { outputs: { output }, state: { step: 0, tensors: parameters } });
    const whole = await runModel(model, feeds);
    const first = await runModel(model, {
      ids: integers([1, tokens], golden.ids.slice(0, tokens)),
      attended: floats({ shape: [1, tokens], data: golden.attended.slice(0, tokens) }),
    });
    expect(whole['output']?.shape).toEqual([n, tokens, width]);
    expect(first['output']?.shape).toEqual([1, tokens, width]);
    const head = Array.from(whole['output']?.data as Float32Array).slice(0, tokens * width);
    expect(relativeError(first['output'] as Tensor, { shape: [], data: head })).toBeLessThan(1e-6);
    expect(relativeError(whole['output'] as Tensor, golden.output)).toBeGreaterThan(1e-2);
  });
});
