import { BioscanError, sha256, type Store } from '@bioscan/core';
import type { ArmJob, ArmRun } from './arm-run.js';
import { decodeArmRun } from './decode-arm-run.js';
import { firstTrainer, trainerVersion } from './trainer-version.js';

/** Name of a run's record: equal jobs have equal names, and nothing else does. */
function armRunName(prefix: string, job: ArmJob): string {
  return `${prefix}${sha256(canonicalJson(job)).slice(0, 24)}.json`;
}

/**
 * A finished run from the store; undefined where there is none, or one of another trainer, whose figures would be others today.
 * @throws BioscanError `bad-file` for a record that is damaged or of another job
 */
export async function readArmRun(
  store: Store,
  prefix: string,
  job: ArmJob,
  trainer: string = trainerVersion,
): Promise<ArmRun | undefined> {
  const name = armRunName(prefix, job);
  if (!(await store.list(name)).includes(name)) return undefined;
  const run = decodeArmRun(new TextDecoder().decode(await store.read(name)));
  if (run !== undefined && canonicalJson(run.job) === canonicalJson(job)) {
    return (run.versions?.['trainer'] ?? firstTrainer) === trainer ? run : undefined;
  }
  throw new BioscanError('bad-file', `align: ${name}, got no record of this run; remove the file to run it again`, {
    name,
  });
}

export async function writeArmRun(store: Store, prefix: string, run: ArmRun): Promise<void> {
  await store.write(armRunName(prefix, run.job), new TextEncoder().encode(`${canonicalJson(run)}\n`));
}

/** JSON with sorted keys, so that equal values give equal bytes. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
