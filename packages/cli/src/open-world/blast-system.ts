import { availableParallelism } from 'node:os';
import type { Identified } from '@bioscan/core';
import { blastNeighbours, findBlast, type FindBlastOptions } from '@bioscan/dna/node';
import type { SystemRuns } from './system.js';

export interface BlastRunsOptions extends FindBlastOptions {
  /** Ends a search in progress. */
  readonly signal?: AbortSignal;
}

/** The installed BLAST+ as a row: its version is in the name. Where it is not installed the row has no run and says so. */
export async function blastRuns(
  keys: readonly Identified<string>[],
  { signal, ...options }: BlastRunsOptions = {},
): Promise<SystemRuns> {
  const blast = await findBlast(options);
  if (blast === undefined) return { name: 'BLAST+ (not installed)', kind: 'baseline', runs: [] };
  const name = `BLAST+ ${blast.version}`;
  const settings = { blast, k: 5, threads: availableParallelism(), ...(signal === undefined ? {} : { signal }) };
  return {
    name,
    kind: 'baseline',
    runs: [
      {
        system: {
          name,
          kind: 'baseline',
          readsBarcodes: true,
          nearest: (queries) => blastNeighbours(queries, keys, settings),
        },
      },
    ],
  };
}
