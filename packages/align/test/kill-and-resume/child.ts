import { writeSync } from 'node:fs';
import { alignment, retrievalScore, trainAlignment } from '@bioscan/align';
import type { Store } from '@bioscan/core';
import { nodeStore, openRuntime } from '@bioscan/runtime/node';
import { plainContrast, twoModalities, twoViews } from '../two-views.js';

/** A tiny alignment, dropout and averages on, in the folder given as argument. Says each step and write before it happens. */
const [folder = ''] = process.argv.slice(2);
const runtime = openRuntime({ threads: 1 });
await trainAlignment(
  {
    model: alignment({ modalities: twoModalities(), objective: plainContrast, width: 8 }),
    data: twoViews(8, 6, 'train'),
    validation: {
      data: twoViews(8, 4, 'validation'),
      every: 12,
      patience: 5,
      score: retrievalScore({ query: 'image', key: 'image' }),
    },
    sampler: { kind: 'one-per', label: 'species' },
    budget: { steps: 90, batchSize: 16, peakLearningRate: 1e-2, checkpointEvery: 5 },
    average: 0.9,
    seed: 5,
  },
  {
    runtime,
    store: announced(nodeStore(folder)),
    onProgress: ({ done }) => {
      say(`step ${done}`);
    },
  },
);
await runtime.close();

function announced(store: Store): Store {
  return {
    read: (name) => store.read(name),
    append: (name, bytes) => store.append(name, bytes),
    list: (prefix) => store.list(prefix),
    remove: (name) => store.remove(name),
    write(name, bytes) {
      say(`write ${name}`);
      return store.write(name, bytes);
    },
  };
}

/** At once, past every buffer, so that the parent's kill lands where it aims. */
function say(line: string): void {
  writeSync(1, `${line}\n`);
}
