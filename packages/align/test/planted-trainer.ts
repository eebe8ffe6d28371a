import { rng } from '@bioscan/core';
import type { ArmJob, ArmOutcome, Tally } from '@bioscan/align/controls';

/** What a trainer of known effects gives: accuracy by arm, noise by world, seed and run. */
export interface PlantedEffects {
  /** Accuracy of an arm at its best point. */
  readonly accuracy: (arm: string) => number;
  readonly worldDeviation?: number;
  /** Of the arm in the world: what differences between arms vary by. */
  readonly armDeviation?: number;
  readonly bestLearningRate?: number;
  /** Queries of each of 60 seen and 30 unseen species. */
  readonly queries?: number;
  /** Runs that come to no finite loss. */
  readonly diverges?: (job: ArmJob) => boolean;
  /** Accuracy of image to DNA and DNA to DNA, where the arm asks for them. */
  readonly also?: (arm: string, pair: readonly [string, string]) => number;
}

/** Plays a trainer whose effects are known: species succeed with the planted chance, away from the best learning rate less often. */
export function plantedTrainer(effects: PlantedEffects): (job: ArmJob) => Promise<ArmOutcome> {
  const { accuracy, worldDeviation = 0.03, armDeviation = 0.01, bestLearningRate, queries = 40 } = effects;
  const { diverges = () => false, also } = effects;
  return (job) => {
    const cost = { steps: 10, imagePasses: 640, gigaflop: 1.5, labelled: 0, bought: 100 };
    if (diverges(job)) return Promise.resolve({ cost, retrievals: [], diverged: { step: 4 } });
    const world = rng(7).split(job.subject).split(job.stage);
    const random = world.split(job.arm.name).split(job.seed);
    const off = bestLearningRate === undefined || job.point.learningRate === bestLearningRate ? 0 : 0.1;
    const level =
      accuracy(job.arm.name) -
      off +
      worldDeviation * world.split('level').normal() +
      armDeviation * world.split(`arm ${job.arm.name}`).normal();
    const tally = (species: number, set: string, share = level): Tally => ({
      species: Array.from({ length: species }, (_, i) => `${set} ${i}`),
      queries: Array.from({ length: species }, () => queries),
      right: Array.from({ length: species }, () => {
        let right = 0;
        for (let i = 0; i < queries; i++) if (random.uniform() < share) right++;
        return right;
      }),
    });
    return Promise.resolve({
      cost,
      retrievals: [
        {
          query: 'image',
          key: 'image',
          seen: tally(60, 'seen'),
          unseen: tally(30, 'unseen'),
          chance: { seen: 0.01, unseen: 0.01 },
        },
        ...(also === undefined ? [] : (job.arm.also ?? [])).map((pair) => ({
          query: pair[0],
          key: pair[1],
          seen: tally(60, 'seen', also?.(job.arm.name, pair)),
          unseen: tally(30, 'unseen', also?.(job.arm.name, pair)),
          chance: { seen: 0.01, unseen: 0.01 },
        })),
      ],
    });
  };
}
