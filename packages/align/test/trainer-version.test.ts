import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { inMemory, vectors, type AlignmentData } from '@bioscan/align';
import { arms, trainArm, trainerVersion, type Arm, type ArmJob, type Subject } from '@bioscan/align/controls';
import { rng, tensor, type Runtime, type Tensors } from '@bioscan/core';

/** What goes into the engine at each version of the trainer: beginnings, learning rates, rows. */
const known: Readonly<Record<string, string>> = { 2: '14fa1b748d69ec81' };

const pinned: readonly Arm[] = [
  arms.imageOnly({ passes: 1 }),
  arms.imageBinClassified(),
  arms.imageDna(),
  arms.dnaPermuted('genus'),
  arms.partlySequenced({ share: 0.25 }),
];

describe('the version of the trainer', () => {
  it('stands for what it trains: raise trainerVersion when this changes, so that no old run passes for a new one', async () => {
    const hash = createHash('sha256');
    for (const arm of pinned) for (const line of await fedBy(arm)) hash.update(`${line}\n`);
    expect({ [trainerVersion]: hash.digest('hex').slice(0, 16) }).toEqual({
      [trainerVersion]: known[trainerVersion],
    });
  });
});

/** Everything that an arm gives an engine, to five digits; the engine learns nothing. */
async function fedBy(arm: Arm): Promise<string[]> {
  const lines: string[] = [];
  const runtime: Runtime = {
    open: () => Promise.reject(new Error('trained')),
    train: (_, state) => {
      lines.push(...described(state.tensors));
      return Promise.resolve({
        step: (feeds, controls) => {
          lines.push(JSON.stringify(controls), ...described(feeds as Tensors));
          return Promise.resolve({ loss: tensor('float32', [], Float32Array.of(1)) });
        },
        steps: () => Promise.reject(new Error('one at a time')),
        read: () => Promise.resolve(state),
        write: () => Promise.resolve(),
        close: () => Promise.resolve(),
      });
    },
  };
  const source = { name: 'fixed', hash: 'fixed', open: () => Promise.resolve(subject()) };
  const job: ArmJob = {
    ...{ arm, subject: 'fixed', subjectHash: 'fixed', stage: 'test' as const, seed: 1 },
    point: { learningRate: 1e-2, temperature: 0.1 },
    budget: { steps: 3, batchSize: 8, width: 4 },
  };
  await expect(trainArm({ subjects: [source], runtime })(job)).rejects.toThrow('trained');
  expect(lines.length).toBeGreaterThan(8);
  return lines;
}

function described(tensors: Tensors): string[] {
  return Object.entries(tensors)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(
      ([name, { shape, data }]) =>
        `${name} (${shape.join()}) ${Array.from(data as Float32Array, Number)
          .map((x) => x.toPrecision(5))
          .join()}`,
    );
}

function subject(): Subject {
  const random = rng(7);
  const rows = Array.from({ length: 24 }, (_, row) => row);
  const views = (): Float32Array[] => [0, 1, 2].map(() => Float32Array.from({ length: 5 }, () => random.normal()));
  const data: AlignmentData = {
    ids: rows.map((row) => `S${row}`),
    modalities: {
      image: inMemory(rows.map(views)),
      dna: inMemory(rows.map((row) => (row % 12 === 11 ? undefined : views()))),
    },
    labels: {
      genus: rows.map((row) => (row % 8 === 7 ? undefined : `genus ${row % 3}`)),
      bin: rows.map((row) => `bin ${row % 6}`),
    },
    hash: 'fixed',
  };
  const sets = { keys: data, seen: data, unseen: data };
  const tower = vectors(5);
  return {
    ...{ name: 'fixed', hash: 'fixed', data, validation: sets, test: sets },
    modalities: { image: { tower }, dna: { tower, projection: { kind: 'mlp', hidden: 6 } } },
  };
}
