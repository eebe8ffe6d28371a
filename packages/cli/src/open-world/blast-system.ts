import { availableParallelism } from 'node:os';
import type { Identified } from '@bioscan/core';
import { blastNeighbours, findBlast, type FindBlastOptions } from '@bioscan/dna/node';
import type { SystemRuns } from './system.js';

/** The installed BLAST+ as a row: its version is in the name. Where it is not installed the row has no run and says so. */
export async function blastRuns(
  keys: readonly Identified<string>[],
  options: FindBlastOptions = {},
): Promise<SystemRuns> {
  const blast = await findBlast(options);
  if (blast === undefined) return { name: 'BLAST+ (not installed)', kind: 'baseline', runs: [] };
  const name = `BLAST+ ${blast.version}`;
  const threads = availableParallelism();
  return {
    name,
    kind: 'baseline',
    runs: [
      {
        system: {
          name,
          kind: 'baseline',
          readsBarcodes: true,
          nearest: (queries) => blastNeighbours(queries, keys, { blast, k: 5, threads }),
        },
      },
    ],
  };
}
