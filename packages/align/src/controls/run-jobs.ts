import { throwIfCancelled, type Store } from '@bioscan/core';
import { readArmRun, writeArmRun, type ArmJob, type ArmRun, type RunArm } from './arm-run.js';

export interface JobHost {
  readonly run: RunArm;
  /** Finished runs lie here; those that are there already are not run again. */
  readonly store: Store;
  /** Default: ''. */
  readonly prefix?: string;
  /** Runs at the same time; the engine of each should then have as many threads fewer. Default 1. */
  readonly concurrency?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: JobProgress) => void;
}

export interface JobProgress {
  readonly done: number;
  readonly total: number;
  readonly job: ArmJob;
  /** True where the record was there already. */
  readonly reused: boolean;
}

/**
 * Runs jobs that have no record yet, and gives all records in the order of the jobs. A cancelled or killed call goes on when it is called again:
 * a record is written whole or not at all, and its bytes depend on the job alone.
 */
export async function runJobs(jobs: readonly ArmJob[], host: JobHost): Promise<ArmRun[]> {
  const { store, prefix = '', concurrency = 1, signal, onProgress } = host;
  const runs: ArmRun[] = [];
  let next = 0;
  let done = 0;
  let failed = false;
  await Promise.all(Array.from({ length: Math.min(concurrency, jobs.length) }, lane));
  return runs;

  async function lane(): Promise<void> {
    while (next < jobs.length && !failed) {
      throwIfCancelled(signal, 'align: attribution');
      const at = next++;
      const job = jobs[at] as ArmJob;
      try {
        const known = await readArmRun(store, prefix, job);
        runs[at] = known ?? (await fresh(job));
        onProgress?.({ done: ++done, total: jobs.length, job, reused: known !== undefined });
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  }

  async function fresh(job: ArmJob): Promise<ArmRun> {
    const { cost, retrievals } = await host.run(job, signal);
    const run: ArmRun = { format: 'bioscan-arm-run', version: 1, job, cost, retrievals };
    await writeArmRun(store, prefix, run);
    return run;
  }
}
