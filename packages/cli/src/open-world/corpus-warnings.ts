import { barcodeHash } from '@bioscan/core';
import type { OpenWorldSets } from './sets.js';
import type { SystemRuns } from './system.js';

/** Says which encoders saw barcodes of the queries while they were pretrained. An encoder that does not know its corpus is warned of elsewhere. */
export function corpusWarnings(systems: readonly SystemRuns[], sets: OpenWorldSets): string[] {
  const queries = new Set([...sets.test, ...sets.testUnseen].map(({ input }) => barcodeHash(input)));
  return systems.flatMap(({ name, runs }) =>
    runs.flatMap(({ seed, system }) => {
      const corpus = system.source?.corpus;
      if (corpus?.kind !== 'barcode-hashes') return [];
      const seen = corpus.members.filter((member) => queries.has(member)).length;
      const run = seed === undefined ? name : `${name}, seed ${seed}`;
      return seen === 0
        ? []
        : [`${run}: ${seen} barcodes of the test queries were in its pretraining corpus; its row is transductive.`];
    }),
  );
}
