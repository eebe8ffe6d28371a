import { writeSync } from 'node:fs';
import { arms, attribution, type SubjectSource } from '@bioscan/align/controls';
import { nodeStore } from '@bioscan/runtime/node';
import { plantedTrainer } from '../planted-trainer.js';

/** A small attribution with a planted trainer, two runs at a time, in the folder given as argument. Says each run before it is recorded. */
const [folder = ''] = process.argv.slice(2);
const planted = plantedTrainer({ accuracy: (arm) => (arm === 'raw' ? 0.2 : 0.4), diverges: ({ seed }) => seed === 2 });
const world = (name: string): SubjectSource => ({
  ...{ name, hash: `hash of ${name}` },
  open: () => Promise.reject(new Error('the planted trainer opens no subject')),
});
const result = await attribution(
  {
    arms: [arms.raw(), arms.imageOnly({ passes: 1 }), arms.imageDna()],
    grid: { learningRates: [1e-3, 3e-3], temperatures: [0.1] },
    tuning: [world('tuning 1'), world('tuning 2')],
    subjects: [world('1'), world('2'), world('3')],
    seeds: [1, 2],
    budget: { steps: 10, batchSize: 64, width: 32 },
  },
  {
    store: nodeStore(folder),
    concurrency: 2,
    run: async (job) => {
      const outcome = await planted(job);
      await new Promise((resolve) => setTimeout(resolve, 8));
      writeSync(1, 'run\n');
      return outcome;
    },
  },
);
writeSync(1, `result ${JSON.stringify(result.chosen)}\n`);
