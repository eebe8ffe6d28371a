import { readFileSync } from 'node:fs';
import { elementCount, tensor, type Tensor, type Tensors, type TrainingState } from '@bioscan/core';
import { barcodeBert, kmerVocabulary, maskedObjectives, pretrainingTask, type Pooling } from '@bioscan/dna';
import { adamw, decodeSafetensors, exportEncoder, oneCycle, trainingGraph, trainingStep } from '@bioscan/graph';
import { openRuntime, type EngineRuntime } from '@bioscan/runtime/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

interface Golden {
  settings: {
    k: number;
    layers: number;
    heads: number;
    width: number;
    dropout: number;
    maxPositions: number;
    maxLen: number;
    seed: number;
    steps: number;
    peak: number;
    totalSteps: number;
    weightDecay: number;
  };
  losses: number[];
  controls: [learningRate: number, beta1: number][];
  maskedAccuracy: number;
  unmaskedAccuracy: number;
}

const golden = JSON.parse(readFileSync('fixtures/dna/barcodebert.json', 'utf8')) as Golden;
const { tensors } = decodeSafetensors(new Uint8Array(readFileSync('fixtures/dna/barcodebert.safetensors')));
const { settings } = golden;
const vocabulary = kmerVocabulary('current', settings.k, { maxLen: settings.maxLen });
const bert = barcodeBert({ ...settings, vocabulary });
const feeds = below('feed/');
const initial: TrainingState = { step: 0, tensors: below('initial/') };

/** The step whose numbers PyTorch gave: loss on every k-mer, fixed batch. */
function goldenStep(): ReturnType<typeof trainingStep> {
  const graph = trainingGraph();
  const task = pretrainingTask(bert, maskedObjectives.barcodebert);
  const rows = feeds['labels']!.shape[0]!;
  const inputs = task.inputs(rows).map(({ name, dtype, shape }) => [name, graph.input(name, dtype, shape)] as const);
  const { loss, ratios } = task.build(graph, Object.fromEntries(inputs));
  const { sum, weight } = ratios['maskedAccuracy']!;
  const optimizer = adamw({ weightDecay: settings.weightDecay });
  return trainingStep(graph, { loss, metrics: { hits: sum, asked: weight }, optimizer, seed: settings.seed });
}

function below(prefix: string): Tensors {
  const entries = Object.entries(tensors).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(entries.map(([name, value]) => [name.slice(prefix.length), value]));
}

function floats(value: Tensor | undefined): Float32Array {
  if (!(value?.data instanceof Float32Array)) throw new TypeError('no float32 tensor');
  return value.data;
}

function norm(values: Float32Array): number {
  return Math.hypot(...values);
}

describe('BarcodeBERT against transformers, dropout masks given', () => {
  let runtime: EngineRuntime;
  beforeAll(() => {
    runtime = openRuntime({ threads: 1 });
  });
  afterAll(() => runtime.close());

  it('has the loss, the accuracy and every parameter gradient of PyTorch', async () => {
    const step = goldenStep();
    expect(step.masks.length).toBe(2 + 3 * settings.layers);
    const session = await runtime.open(step.model);
    const outputs = await session.run({ ...feeds, ...initial.tensors, ...givenMasks(step.masks) });
    expect(Math.abs(floats(outputs['loss'])[0]! - golden.losses[0]!)).toBeLessThan(1e-5);
    const accuracy = floats(outputs['hits'])[0]! / floats(outputs['asked'])[0]!;
    expect(accuracy).toBeCloseTo(golden.maskedAccuracy, 6);
    const expected = below('gradient/');
    expect(step.parameters.map(({ name }) => name).sort()).toEqual(Object.keys(expected).sort());
    expect(step.parameters.length).toBe(5 + 16 * settings.layers + 2);
    for (const { name, gradient, shape } of step.parameters) {
      expect(expected[name]!.shape, name).toEqual(shape);
      const wanted = floats(expected[name]);
      const got = floats(outputs[gradient!]);
      const difference = norm(wanted.map((value, i) => value - got[i]!));
      expect(difference, name).toBeLessThan(1e-4 * norm(wanted) + 1e-7);
    }
    await session.close();
  });

  it('never moves the frozen zero row', () => {
    expect(floats(below('gradient/')['bert.embeddings.word_embeddings.weight']).slice(0, settings.width)).toEqual(
      new Float32Array(settings.width),
    );
  });

  function givenMasks(masks: readonly { name: string; shape: readonly number[]; rate: number }[]): Tensors {
    const entries = masks.map(({ name, shape, rate }, index) => {
      const kept = tensors[`mask/${index}`]!.data as Uint8Array;
      expect(kept.length, name).toBe(elementCount(shape));
      const scale = Math.fround(1) / Math.fround(1 - rate);
      return [
        name,
        tensor(
          'float32',
          shape,
          Float32Array.from(kept, (bit) => bit * scale),
        ),
      ] as const;
    });
    return Object.fromEntries(entries);
  }

  it.each([1, 2])(
    'has the loss of 20 AdamW steps under one cycle on %d threads, masks by the counter rule',
    async (threads) => {
      const engine = openRuntime({ threads });
      const session = await engine.train(goldenStep(), initial);
      const schedule = oneCycle({ peak: settings.peak, totalSteps: settings.totalSteps });
      const losses: number[] = [];
      for (let step = 0; step <= settings.steps; step++) {
        const controls = schedule(step);
        const [learningRate, beta1] = golden.controls[step] ?? [controls.learningRate, controls.beta1];
        expect(controls.learningRate).toBeCloseTo(learningRate, 12);
        expect(controls.beta1).toBeCloseTo(beta1, 12);
        losses.push(floats((await session.step(feeds, controls))['loss'])[0]!);
      }
      await engine.close();
      expect(losses.length).toBe(golden.losses.length);
      for (const [step, loss] of losses.entries()) {
        expect(Math.abs(loss - golden.losses[step]!), `step ${step}`).toBeLessThan(1e-4);
      }
      expect(losses.at(-1)).toBeLessThan(losses[0]! - 0.5);
    },
  );

  it.each<[Pooling, number]>([
    ['masked-mean', 0],
    ['masked-mean', 1],
    ['masked-mean', 2],
    ['mean-all', 2],
    ['softmax-mean', 2],
  ])('reads out %s of layer %d as PyTorch does, with a symbolic batch', async (pooling, layer) => {
    const session = await runtime.open(exportEncoder(bert.readOut({ pooling, layer }), initial));
    const { input_ids, attention_mask } = feeds as Record<'input_ids' | 'attention_mask', Tensor>;
    const got = floats((await session.run({ input_ids, attention_mask }))['embedding']);
    const wanted = floats(tensors[`pooled/${pooling}/${layer}`]);
    expect(got.length).toBe(4 * settings.width);
    const difference = norm(wanted.map((value, i) => value - got[i]!));
    expect(difference).toBeLessThan(1e-5 * norm(wanted));
    await session.close();
  });

  it('refuses to call the first k-mer a summary', () => {
    expect(() => bert.readOut({ pooling: 'cls' })).toThrow("pooling 'cls'");
    expect(() => bert.readOut({ layer: 3 })).toThrow('layer must be 0 to 2');
  });
});
