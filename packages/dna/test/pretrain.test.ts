import { collect, embed, isBioscanError, memoryStore, rng, type Store } from '@bioscan/core';
import {
  barcodeBert,
  barcodeEncoder,
  contrastiveObjective,
  decodeBarcodeCheckpoint,
  kmerVocabulary,
  maskedObjectives,
  pretrain,
  pretrainingFiles,
  untrainedCheckpoint,
  type PretrainingProgress,
  type PretrainingRun,
} from '@bioscan/dna';
import { openRuntime, type EngineRuntime } from '@bioscan/runtime/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const vocabulary = kmerVocabulary('current', 4, { maxLen: 80 });
const tower = barcodeBert({ k: 4, layers: 1, heads: 2, width: 32, maxPositions: 32, vocabulary });

/** Barcodes of three families: a family's letters with one in twenty changed. */
function familyBarcodes(perFamily: number, stream: string): { barcode: string; family: number }[] {
  const ancestors = Array.from({ length: 3 }, (_, family) => letters(rng(1).split(family), 78));
  const random = rng(2).split(stream);
  return ancestors.flatMap((ancestor, family) =>
    Array.from({ length: perFamily }, () => {
      const noise = letters(random, 78);
      const barcode = ancestor
        .split('')
        .map((letter, i) => (random.uniform() < 0.05 ? noise[i] : letter))
        .join('');
      return { barcode, family };
    }),
  );
}

function letters(random: ReturnType<typeof rng>, length: number): string {
  return Array.from({ length }, () => 'ACGT'[random.integer(4)]).join('');
}

const seen = familyBarcodes(20, 'seen').map(({ barcode }) => barcode);
const heldOut = familyBarcodes(4, 'held out');
const run: PretrainingRun = {
  tower,
  objective: maskedObjectives.barcodebert,
  barcodes: seen,
  validation: heldOut.map(({ barcode }) => barcode),
  budget: { steps: 150, batchSize: 16, peakLearningRate: 4e-3, checkpointEvery: 40, evaluateEvery: 50 },
  augmentation: { offset: false },
  seed: 4,
};

async function logOf(store: Store): Promise<Record<string, unknown>[]> {
  const text = new TextDecoder().decode(await store.read(pretrainingFiles.log));
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('pretrain', () => {
  let runtime: EngineRuntime;
  beforeAll(() => {
    runtime = openRuntime({ threads: 1 });
  });
  afterAll(() => runtime.close());

  it('learns families that one majority a position cannot tell apart, logs each step and says how far it is', async () => {
    const store = memoryStore();
    const progress: PretrainingProgress[] = [];
    const result = await pretrain(run, { runtime, store, onProgress: (state) => progress.push(state) });
    const { maskedAccuracy, positionalMajority } = result.heldOut as {
      maskedAccuracy: number;
      positionalMajority: number;
    };
    expect(positionalMajority).toBeGreaterThan(0.2);
    expect(positionalMajority).toBeLessThan(0.5);
    expect(maskedAccuracy).toBeGreaterThan(positionalMajority + 0.1);

    expect(progress.map(({ done }) => done)).toEqual(Array.from({ length: 150 }, (_, i) => i + 1));
    expect(progress[20]!.remainingSeconds).toBeGreaterThan(0);
    expect(progress.at(-1)!.remainingSeconds).toBe(0);
    const log = await logOf(store);
    expect(log.filter((line) => 'loss' in line).map((line) => line['step'])).toEqual(progress.map(({ done }) => done));
    expect(log.filter((line) => 'heldOut' in line).map((line) => line['step'])).toEqual([50, 100, 150]);
    expect(log.at(-1)!['heldOut']).toEqual(result.heldOut);
    expect(JSON.stringify(log)).not.toMatch(/time|date/i);

    const model = decodeBarcodeCheckpoint(await store.read(pretrainingFiles.model)).checkpoint;
    expect(model).toEqual(result.checkpoint);
    expect(model.training?.barcodes).toBe(60);
    expect(model.corpus?.members.length).toBe(new Set(seen).size);
    const frozen = model.parameters['bert.embeddings.word_embeddings.weight']!.data.slice(0, 32);
    expect(frozen).toEqual(new Float32Array(32));
  });

  it('cancels with a checkpoint, goes on to the same bytes, and does nothing more when it is done', async () => {
    const [whole, broken] = [memoryStore(), memoryStore()];
    const short = { ...run, budget: { ...run.budget, steps: 20, checkpointEvery: 7, evaluateEvery: 10 } };
    const first = await pretrain(short, { runtime, store: whole });
    const cancel = new AbortController();
    const cancelled = pretrain(short, {
      runtime,
      store: broken,
      signal: cancel.signal,
      onProgress: ({ done }) => {
        if (done === 11) cancel.abort();
      },
    });
    await expect(cancelled).rejects.toSatisfy((error) => isBioscanError(error) && error.code === 'cancelled');
    expect(decodeBarcodeCheckpoint(await broken.read(pretrainingFiles.resume)).state.step).toBe(11);
    const steps: number[] = [];
    await pretrain(short, { runtime, store: broken, onProgress: ({ done }) => steps.push(done) });
    expect(steps[0]).toBe(12);
    for (const name of Object.values(pretrainingFiles)) expect(await broken.read(name)).toEqual(await whole.read(name));

    const again: number[] = [];
    const finished = await pretrain(short, { runtime, store: whole, onProgress: ({ done }) => again.push(done) });
    expect(again).toEqual([]);
    expect(finished).toEqual(first);
    expect((await logOf(whole)).length).toBe(22);
  });

  it('refuses to go on with other arguments, and names the one that differs', async () => {
    const store = memoryStore();
    const tiny = { ...run, budget: { steps: 2 } };
    await pretrain(tiny, { runtime, store });
    await expect(pretrain({ ...tiny, seed: 9 }, { runtime, store })).rejects.toThrow('another seed');
    await expect(pretrain({ ...tiny, barcodes: seen.slice(1) }, { runtime, store })).rejects.toThrow(
      'another barcodes',
    );
    await expect(pretrain({ ...tiny, objective: maskedObjectives.bert }, { runtime, store })).rejects.toThrow(
      'objective',
    );
    await expect(pretrain({ ...tiny, seed: 9 }, { runtime, store, prefix: 'other/' })).resolves.toBeDefined();
  });

  it('starts from the untrained checkpoint of its seed', async () => {
    const frozen = { ...run, budget: { steps: 1, peakLearningRate: 0 } };
    const { checkpoint } = await pretrain(frozen, { runtime, store: memoryStore() });
    const { parameters } = untrainedCheckpoint(tower, 4);
    expect(Object.keys(parameters).length).toBe(21);
    for (const [name, value] of Object.entries(parameters)) expect(checkpoint.parameters[name], name).toEqual(value);
  });

  it('has a rival: the contrastive objective brings fragments of one barcode together', async () => {
    const objective = contrastiveObjective({ shortest: 30, longest: 50, temperature: 0.1 });
    const rival: PretrainingRun = { ...run, objective, budget: { ...run.budget, steps: 120, peakLearningRate: 2e-3 } };
    const store = memoryStore();
    const { heldOut: scores } = await pretrain(rival, { runtime, store });
    const log = await logOf(store);
    const losses = log.flatMap((line) => (typeof line['loss'] === 'number' ? [line['loss']] : []));
    expect(mean(losses.slice(-20))).toBeLessThan(mean(losses.slice(0, 20)) - 0.3);
    expect(scores!['contrastiveAccuracy']).toBeGreaterThan(0.1);
  });

  it('gives an encoder that says what it is, and keeps families apart', async () => {
    const { checkpoint } = await pretrain(run, { runtime, store: memoryStore() });
    const encoder = await barcodeEncoder(checkpoint, runtime, { batchSize: 5 });
    expect(encoder.provenance).toMatchObject({
      modality: 'dna',
      dimension: 32,
      settings: { pooling: 'masked-mean', layer: 1, policy: 'clean', vocabulary: 'current', k: 4, steps: 150 },
      corpus: checkpoint.corpus,
    });
    expect(encoder.provenance.weights).toMatch(/^[0-9a-f]{64}$/);
    const inputs = heldOut.map(({ barcode }, i) => ({ id: `b-${i}`, input: barcode }));
    const { vectors } = await collect(embed(encoder, inputs));
    expect(nearestFamilyAccuracy(vectors.data)).toBe(1);
    const spoiled = heldOut.map(({ barcode }) => `--${barcode.toLowerCase().replaceAll('t', 'u')}\n`);
    expect((await encoder.encode(spoiled.slice(0, 5))).data).toEqual(vectors.data.slice(0, 5 * 32));
    await expect(encoder.encode(['ACGTACGT', 'ACG'])).rejects.toThrow('barcode 1 of the batch, got 3 letters');
    await encoder.close();

    const other = await barcodeEncoder(untrainedCheckpoint(tower, 4), runtime, { pooling: 'mean-all', layer: 0 });
    expect(other.id).not.toBe(encoder.id);
    expect(other.provenance.settings).toMatchObject({
      pooling: 'mean-all',
      layer: 0,
      objective: 'untrained',
      steps: 0,
    });
    expect(other.provenance.corpus).toEqual({ kind: 'barcode-hashes', members: [] });
    await other.close();
  });
});

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Share of held-out barcodes whose nearest other vector (cosine) is of their family. */
function nearestFamilyAccuracy(data: Float32Array): number {
  const rows = heldOut.map((_, i) => {
    const vector = data.slice(i * 32, (i + 1) * 32);
    return vector.map((value) => value / Math.hypot(...vector));
  });
  const hits = rows.filter((row, i) => {
    const scores = rows.map((other, j) =>
      i === j ? -Infinity : row.reduce((sum, value, d) => sum + value * other[d]!, 0),
    );
    return heldOut[scores.indexOf(Math.max(...scores))]!.family === heldOut[i]!.family;
  });
  return hits.length / rows.length;
}
