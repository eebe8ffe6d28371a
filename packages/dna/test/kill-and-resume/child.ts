import { writeSync } from 'node:fs';
import { rng, type Store } from '@bioscan/core';
import { barcodeBert, kmerVocabulary, maskedObjectives, pretrain } from '@bioscan/dna';
import { nodeStore, openRuntime } from '@bioscan/runtime/node';

/** A tiny pretraining, dropout on, in the folder and with the threads given as arguments. Says each step and write before it happens. */
const [folder = '', threads = '1'] = process.argv.slice(2);
const vocabulary = kmerVocabulary('current', 3, { maxLen: 60 });
const random = rng(11);
const barcodes = Array.from({ length: 22 }, () =>
  Array.from({ length: 50 + random.integer(12) }, () => 'ACGT'[random.integer(4)]).join(''),
);

const runtime = openRuntime({ threads: Number(threads) });
await pretrain(
  {
    tower: barcodeBert({ k: 3, layers: 1, heads: 2, width: 16, dropout: 0.1, maxPositions: 32, vocabulary }),
    objective: maskedObjectives.barcodebert,
    barcodes: barcodes.slice(0, 18),
    validation: barcodes.slice(18),
    budget: { steps: 130, batchSize: 4, peakLearningRate: 3e-3, checkpointEvery: 3, evaluateEvery: 25 },
    augmentation: { offset: true, reverseComplement: 0.5 },
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
