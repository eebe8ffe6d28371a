import { rng, tensor, type Picture, type Tensor } from '@bioscan/core';
import {
  adamw,
  crossEntropy,
  exportEncoder,
  groupNormalization,
  inferenceGraph,
  inferenceModel,
  initialStateOf,
  linear,
  towerInputs,
  trainingGraph,
  trainingStep,
} from '@bioscan/graph';
import { openRuntime } from '@bioscan/runtime/node';
import { afterAll, describe, expect, it } from 'vitest';
import { convolutionalEncoder, presets, sized, specimenAugmentation } from '../src/index.js';
import { scene } from './scene.js';

const runtime = openRuntime({ threads: 1 });
afterAll(() => runtime.close());

/** A dark bar on a pale ground, lying (0) or standing (1), somewhere: position and light say nothing of the class. */
function bar(label: number, seed: number): Picture {
  const random = rng(seed);
  const data = new Uint8Array(32 * 32 * 3).fill(200 + random.integer(40));
  const [across, along] = [4 + random.integer(20), 2 + random.integer(8)];
  for (let i = 0; i < 20; i++) {
    for (let j = 0; j < 4; j++) {
      const [x, y] = label === 0 ? [along + i, across + j] : [across + j, along + i];
      data.fill(60, (y * 32 + x) * 3, (y * 32 + x) * 3 + 3);
    }
  }
  return { width: 32, height: 32, data };
}

describe('convolutionalEncoder', () => {
  // Turning by 45 degrees would blur lying and standing.
  const augmentation = {
    ...specimenAugmentation(32, presets.bioscan5m),
    steps: [{ kind: 'random-resized-crop', size: 32, scale: [0.7, 1] }],
  } as const;
  const encoder = convolutionalEncoder({ size: 32, widths: [8, 16], groups: 4, dimension: 12, augmentation });

  it('learns lying from standing bars, and its export embeds as the trained graph does', async () => {
    const graph = trainingGraph();
    const inputs = towerInputs(graph, encoder.inputs, 16);
    const labels = graph.input('labels', 'int64', [16]);
    const embedding = encoder.build(graph, inputs);
    const loss = crossEntropy(linear(embedding, 'classes', 2), labels);
    const step = trainingStep(graph, { loss, metrics: { embedding }, optimizer: adamw({ weightDecay: 0 }), seed: 1 });
    const initial = initialStateOf(
      step.parameters.map((one) => graph.parameters.get(one.name)!.parameter),
      rng(3),
    );
    const session = await runtime.train(step, initial);
    const losses: number[] = [];
    let bars: Picture[] = [];
    for (let i = 0; i < 60; i++) {
      bars = Array.from({ length: 16 }, (_, j) => bar(j % 2, i * 16 + j));
      const feeds = {
        ...encoder.collate(bars, rng(5).split(i)),
        labels: tensor(
          'int64',
          [16],
          BigInt64Array.from({ length: 16 }, (_, j) => BigInt(j % 2)),
        ),
      };
      const results = await session.step(feeds, { learningRate: 3e-3, beta1: 0.9 });
      losses.push(Number(results['loss']?.data[0]));
    }
    const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b) / values.length;
    expect(mean(losses.slice(0, 5))).toBeGreaterThan(0.5);
    expect(mean(losses.slice(-10))).toBeLessThan(0.2);
    const state = await session.read();
    // The metric of one more step comes from the state before its update: the one that was read.
    const feeds = { ...encoder.collate(bars), labels: tensor('int64', [16], new BigInt64Array(16)) };
    const trained = (await session.step(feeds, { learningRate: 0, beta1: 0.9 }))['embedding'] as Tensor<'float32'>;
    const exported = await runtime.open(exportEncoder(encoder, state));
    const { embedding: vectors } = await exported.run(encoder.collate(bars));
    expect(vectors?.shape).toEqual([16, 12]);
    for (const [i, value] of trained.data.entries()) expect(Number(vectors?.data[i])).toBeCloseTo(value, 4);
    const alone = (await exported.run(encoder.collate(bars.slice(3, 4))))['embedding'];
    for (let i = 0; i < 12; i++) expect(Number(alone?.data[i])).toBeCloseTo(Number(vectors?.data[36 + i]), 4);
    await exported.close();
    await session.close();
  });

  it('collates without a random stream as at inference', () => {
    const plain = encoder.collate([scene(50, 40)])['pixels'];
    expect(encoder.collate([scene(50, 40)])['pixels']).toEqual(plain);
    expect(encoder.collate([scene(50, 40)], rng(1))['pixels']).not.toEqual(plain);
  });

  it('refuses settings that do not fit', () => {
    expect(() => convolutionalEncoder({ widths: [12], groups: 8 })).toThrow('that 8 groups divide');
    expect(() => convolutionalEncoder({ size: 48, preprocessing: sized(presets.clip, 64) })).toThrow(
      '64 x 64, expected 48 x 48',
    );
  });
});

it('groupNormalization has mean 0 and variance 1 in each group of each picture', async () => {
  const graph = inferenceGraph();
  const normal = groupNormalization(graph.input('x', 'float32', ['batch', 6, 3, 5]), 'norm', 2);
  const state = initialStateOf(
    [...graph.parameters.values()].map((one) => one.parameter),
    rng(1),
  );
  const session = await runtime.open(inferenceModel(graph, { outputs: { normal }, state }));
  const random = rng(8);
  const x = tensor(
    'float32',
    [4, 6, 3, 5],
    Float32Array.from({ length: 360 }, () => 3 + 2 * random.normal()),
  );
  const out = (await session.run({ x }))['normal']?.data as Float32Array;
  for (let group = 0; group < 8; group++) {
    const values = out.subarray(group * 45, (group + 1) * 45);
    const mean = values.reduce((a, b) => a + b) / 45;
    expect(mean).toBeCloseTo(0, 4);
    expect(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 45).toBeCloseTo(1, 3);
  }
  await session.close();
});
