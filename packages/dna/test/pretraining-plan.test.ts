import { memoryStore } from '@bioscan/core';
import {
  barcodeBert,
  barcodeCorpus,
  decodeBarcodeCheckpoint,
  encodeBarcodeCheckpoint,
  kmerVocabulary,
  planPretraining,
  untrainedCheckpoint,
} from '@bioscan/dna';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openPretrainingLog } from '../src/pretraining-log.js';

describe('planPretraining', () => {
  it('visits each barcode once an epoch, in an order of its own, whatever was asked before', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 1, max: 9 }),
        fc.nat(),
        (size, batchSize, seed) => {
          const plan = planPretraining(size, { epochs: 3, batchSize }, seed);
          expect(plan.budget.steps).toBe(3 * Math.ceil(size / batchSize));
          const steps = Array.from({ length: plan.budget.steps }, (_, step) => step);
          const forward = steps.map((step) => plan.batch(step));
          const backward = steps.toReversed().map((step) => plan.batch(step));
          expect(backward.reverse()).toEqual(forward);
          for (let epoch = 0; epoch < 3; epoch++) {
            const seen = forward.slice(epoch * plan.stepsPerEpoch, (epoch + 1) * plan.stepsPerEpoch).flat();
            expect(seen.sort((a, b) => a - b)).toEqual(Array.from({ length: size }, (_, i) => i));
          }
        },
      ),
      { numRuns: 40 },
    );
    const plan = planPretraining(1000, { epochs: 2, batchSize: 1000 }, 1);
    expect(plan.batch(0)).not.toEqual(plan.batch(1));
    expect(planPretraining(1000, { epochs: 2, batchSize: 1000 }, 2).batch(0)).not.toEqual(plan.batch(0));
  });

  it("settles upstream's defaults and refuses a budget without an end", () => {
    expect(planPretraining(100, { steps: 10 }, 0).budget).toEqual({
      steps: 10,
      batchSize: 16,
      peakLearningRate: 2.5e-5,
      weightDecay: 0,
      checkpointEvery: 500,
      evaluateEvery: 10,
    });
    expect(() => planPretraining(100, {}, 0)).toThrow(TypeError);
    expect(() => planPretraining(100, { steps: 1, epochs: 1 }, 0)).toThrow(TypeError);
    expect(() => planPretraining(0, { steps: 1 }, 0)).toThrow(RangeError);
    expect(() => planPretraining(100, { steps: 0.5 }, 0)).toThrow(RangeError);
  });
});

describe('the log', () => {
  it('is cut back to the checkpoint on resume, and a torn line goes', async () => {
    const store = memoryStore();
    const log = await openPretrainingLog(store, 'log.jsonl', 0);
    for (let step = 1; step <= 4; step++) log.add({ step, loss: step / 2 });
    await log.flush();
    await store.append('log.jsonl', new TextEncoder().encode('{"step":5,"lo'));
    const resumed = await openPretrainingLog(store, 'log.jsonl', 2);
    resumed.add({ step: 3, loss: 9 });
    await resumed.flush();
    const text = new TextDecoder().decode(await store.read('log.jsonl'));
    expect(text).toBe('{"step":1,"loss":0.5}\n{"step":2,"loss":1}\n{"step":3,"loss":9}\n');
  });
});

describe('checkpoints', () => {
  const bert = barcodeBert({ k: 3, layers: 1, heads: 2, width: 8, vocabulary: kmerVocabulary('workshop', 3) });

  it('come back whole and are the same bytes again', () => {
    const corpus = barcodeCorpus(['ACGT', 'NNACGTN', 'ac-gt', 'TTTT']);
    expect(corpus.members.length).toBe(2);
    const checkpoint = { ...untrainedCheckpoint(bert, 3), steps: 12, corpus };
    const bytes = encodeBarcodeCheckpoint(checkpoint);
    const back = decodeBarcodeCheckpoint(bytes).checkpoint;
    expect(back).toEqual(checkpoint);
    expect(encodeBarcodeCheckpoint(back)).toEqual(bytes);
  });

  it('of an untrained tower are drawn N(0, 0.02) with a frozen zero row, and say that nothing was seen', () => {
    const wide = barcodeBert({ k: 4, layers: 2, heads: 2, width: 64 });
    const { parameters, corpus } = untrainedCheckpoint(wide, 1);
    expect(corpus).toEqual({ kind: 'barcode-hashes', members: [] });
    const words = parameters['bert.embeddings.word_embeddings.weight']!.data as Float32Array;
    expect(words.slice(0, 64).every((value) => value === 0)).toBe(true);
    const rest = words.slice(64);
    const deviation = Math.sqrt(rest.reduce((sum, value) => sum + value * value, 0) / rest.length);
    expect(deviation).toBeGreaterThan(0.0195);
    expect(deviation).toBeLessThan(0.0205);
    expect(untrainedCheckpoint(wide, 1)).toEqual(untrainedCheckpoint(wide, 1));
    expect(untrainedCheckpoint(wide, 2)).not.toEqual(untrainedCheckpoint(wide, 1));
  });

  it('have the names and shapes of the published ones, linear weights transposed', () => {
    const shapes = Object.fromEntries(
      barcodeBert({ k: 4, layers: 1, heads: 4, width: 16 }).parameters.map(({ name, shape }) => [name, shape]),
    );
    const layer = 'bert.encoder.layer.0';
    expect(shapes).toEqual({
      'bert.embeddings.word_embeddings.weight': [258, 16],
      'bert.embeddings.position_embeddings.weight': [512, 16],
      'bert.embeddings.token_type_embeddings.weight': [2, 16],
      'bert.embeddings.LayerNorm.weight': [16],
      'bert.embeddings.LayerNorm.bias': [16],
      ...Object.fromEntries(
        ['query', 'key', 'value'].flatMap((part) => [
          [`${layer}.attention.self.${part}.weight`, [16, 16]],
          [`${layer}.attention.self.${part}.bias`, [16]],
        ]),
      ),
      [`${layer}.attention.output.dense.weight`]: [16, 16],
      [`${layer}.attention.output.dense.bias`]: [16],
      [`${layer}.attention.output.LayerNorm.weight`]: [16],
      [`${layer}.attention.output.LayerNorm.bias`]: [16],
      [`${layer}.intermediate.dense.weight`]: [16, 64],
      [`${layer}.intermediate.dense.bias`]: [64],
      [`${layer}.output.dense.weight`]: [64, 16],
      [`${layer}.output.dense.bias`]: [16],
      [`${layer}.output.LayerNorm.weight`]: [16],
      [`${layer}.output.LayerNorm.bias`]: [16],
    });
  });

  it('refuse other files', () => {
    expect(() => decodeBarcodeCheckpoint(new Uint8Array(100))).toThrow('graph: safetensors');
  });
});
