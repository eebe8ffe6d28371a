import { throwIfCancelled, type Store } from '@bioscan/core';
import type { ArmJob, ArmRun, RunArm } from './arm-run.js';
import { readArmRun, writeArmRun } from './arm-run-store.js';
import { trainerVersion } from './trainer-version.js';

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
  /** Noted in each record; `trainer` (default: this package's {@link trainerVersion}) also decides which records are used again. */
  readonly versions?: Readonly<Record<string, string>>;
}

export interface JobProgress {
  readonly done: number;
  readonly total: number;
  readonly job: ArmJob;
  /** True where the record was there already. */
  readonly reused: boolean;
}

/**
 * Runs jobs that have no record yet, or one of another trainer, and gives all records in the order of the jobs. A cancelled or killed call goes
 * on when it is called again: a record is written whole or not at all, and its bytes depend on the job and the versions alone. A run that
 * diverged is a record like any other. What is under way when another run fails is finished first.
 */
export async function runJobs(jobs: readonly ArmJob[], host: JobHost): Promise<ArmRun[]> {
  const { store, prefix = '', concurrency = 1, signal, onProgress } = host;
  const versions = { trainer: trainerVersion, ...host.versions };
  const runs: ArmRun[] = [];
  let next = 0;
  let done = 0;
  let failed = false;
  const lanes = await Promise.allSettled(Array.from({ length: Math.min(concurrency, jobs.length) }, lane));
  const lost = lanes.find((one) => one.status === 'rejected');
  if (lost !== undefined) throw lost.reason;
  return runs;

  async function lane(): Promise<void> {
    while (next < jobs.length && !failed) {
      throwIfCancelled(signal, 'align: attribution');
      const at = next++;
      const job = jobs[at] as ArmJob;
      try {
        const known = await readArmRun(store, prefix, job, versions.trainer);
        runs[at] = known ?? (await fresh(job));
        onProgress?.({ done: ++done, total: jobs.length, job, reused: known !== undefined });
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  }

  async function fresh(job: ArmJob): Promise<ArmRun> {
    const outcome = await host.run(job, signal);
    const run: ArmRun = { format: 'bioscan-arm-run', version: 1, job, versions, ...outcome };
    await writeArmRun(store, prefix, run);
    return run;
  }
}
