import {
  BioscanError,
  throwIfCancelled,
  type Progress,
  type Runtime,
  type StatefulSession,
  type Store,
  type Tensors,
  type TrainingState,
  type TrainingStep,
} from '@bioscan/core';
import { decodeBarcodeCheckpoint, encodeBarcodeCheckpoint, type BarcodeCheckpoint } from './barcode-checkpoint.js';
import { heldOutScores, readRatios, scalar, type HeldOutScores } from './held-out.js';
import { pretrainingJob, type PretrainingJob, type PretrainingRun } from './pretraining-job.js';
import { openPretrainingLog, type PretrainingLog } from './pretraining-log.js';

/** Where and with what to train. */
export interface PretrainingHost {
  readonly runtime: Runtime;
  readonly store: Store;
  /** Prefix of the names in the store. Default: none. */
  readonly prefix?: string;
  /** Cancelling writes a checkpoint and rejects with code `cancelled`. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: PretrainingProgress) => void;
  /** The planned step, before an engine opens it: what planMemory() of graph reads. */
  readonly onPlan?: (step: TrainingStep) => void;
}

export interface PretrainingProgress extends Progress {
  readonly total: number;
  /** Means over the batch just seen: `loss` and the objective's ratios. */
  readonly measures: Readonly<Record<string, number>>;
  /** Estimate from the steps of this process. */
  readonly remainingSeconds: number;
}

export interface PretrainingResult {
  readonly checkpoint: BarcodeCheckpoint;
  /** Scores at the end, with `positionalMajority` for masked objectives; absent without validation barcodes. */
  readonly heldOut?: HeldOutScores;
}

/** Names that a run writes below its prefix. */
export const pretrainingFiles = {
  /** Parameters and moments: what a resume reads. */
  resume: 'checkpoint.safetensors',
  /** Parameters alone, written at the end. */
  model: 'model.safetensors',
  log: 'log.jsonl',
} as const;

/**
 * Pretrains an encoder, or goes on where an earlier call with the same arguments was cut off.
 * AdamW under one cycle (Smith & Topin 2018). Batch order, augmentation, masks and dropout are functions of (seed, step), and nothing
 * written holds a time: a run that was killed and resumed ends with the same bytes as one that was not.
 * @throws BioscanError `mismatch` when the store holds a run with other arguments; `cancelled`.
 */
export async function pretrain(run: PretrainingRun, host: PretrainingHost): Promise<PretrainingResult> {
  const job = pretrainingJob(run);
  host.onPlan?.(job.step);
  const files = filesOf(host);
  const resumed = await readResume(host.store, files.resume, job);
  const start = resumed?.step ?? 0;
  const log = await openPretrainingLog(host.store, files.log, start);
  const session = await host.runtime.train(job.step, resumed ?? job.initial);
  try {
    await train(job, host, session, log, start);
    const state = await session.read();
    const checkpoint = job.checkpoint(state);
    const { steps } = job.plan.budget;
    // Saved before the scores are taken, which may be long: a stop from here on costs no training.
    if (start < steps) await save(job, host, session, log);
    const heldOut = await scores(job, host, state.tensors);
    if (heldOut !== undefined && !log.hasScores(steps)) log.add({ step: steps, heldOut });
    await log.flush();
    await host.store.write(files.model, encodeBarcodeCheckpoint(checkpoint));
    return { checkpoint, ...(heldOut === undefined ? {} : { heldOut }) };
  } finally {
    await session.close();
  }
}

/** Steps from `start` to the budget's end, with checkpoints on the way but not at the end. */
async function train(
  job: PretrainingJob,
  host: PretrainingHost,
  session: StatefulSession,
  log: PretrainingLog,
  start: number,
): Promise<void> {
  const { steps, checkpointEvery, evaluateEvery } = job.plan.budget;
  const begun = performance.now();
  let feeds = job.feeds(start);
  for (let step = start; step < steps; step++) {
    if (host.signal?.aborted === true) await save(job, host, session, log);
    throwIfCancelled(host.signal, 'pretraining');
    const pending = session.step(feeds, job.plan.schedule(step));
    // Making the next batch may throw: the step's own failure must not go unhandled then.
    pending.catch(() => undefined);
    // The next batch is made while the engine works.
    if (step + 1 < steps) feeds = job.feeds(step + 1);
    const measures = measuresOf(await pending);
    const taken = step + 1;
    log.add({ step: taken, learningRate: job.plan.schedule(step).learningRate, ...measures });
    const secondsPerStep = (performance.now() - begun) / 1000 / (taken - start);
    host.onProgress?.({ done: taken, total: steps, measures, remainingSeconds: secondsPerStep * (steps - taken) });
    if (taken === steps) return;
    if (taken % evaluateEvery === 0) await logScores(job, host, session, log, taken);
    if (taken % checkpointEvery === 0) await save(job, host, session, log);
    else if (taken % flushEvery === 0) await log.flush();
  }
}

const flushEvery = 20;

function measuresOf(outputs: Tensors): Record<string, number> {
  return { loss: scalar(outputs, 'loss'), ...readRatios(outputs) };
}

async function logScores(
  job: PretrainingJob,
  host: PretrainingHost,
  session: StatefulSession,
  log: PretrainingLog,
  step: number,
): Promise<void> {
  const heldOut = await scores(job, host, (await session.read()).tensors);
  if (heldOut !== undefined) log.add({ step, heldOut });
}

async function scores(
  job: PretrainingJob,
  host: PretrainingHost,
  tensors: Tensors,
): Promise<HeldOutScores | undefined> {
  if (job.validation.length === 0) return undefined;
  const measured = await heldOutScores(job.task, tensors, host.runtime, {
    barcodes: job.validation,
    batchSize: job.plan.budget.batchSize,
    seed: job.record.seed,
    ...(host.signal === undefined ? {} : { signal: host.signal }),
  });
  return { ...measured, ...job.floors() };
}

/** The log first: after a crash it may be ahead of the checkpoint, never behind it. */
async function save(
  job: PretrainingJob,
  host: PretrainingHost,
  session: StatefulSession,
  log: PretrainingLog,
): Promise<void> {
  const state = await session.read();
  await log.flush();
  await host.store.write(filesOf(host).resume, encodeBarcodeCheckpoint(job.checkpoint(state), state));
}

async function readResume(store: Store, name: string, job: PretrainingJob): Promise<TrainingState | undefined> {
  if (!(await store.list(name)).includes(name)) return undefined;
  const { checkpoint, state } = decodeBarcodeCheckpoint(await store.read(name));
  const other = difference(checkpoint, job);
  if (other !== undefined) {
    throw new BioscanError(
      'mismatch',
      `dna: '${name}' holds a run with another ${other}, expected the same arguments; use another prefix or remove it`,
      { name, argument: other },
    );
  }
  return state;
}

/** The first argument in which a stored run differs. */
function difference(stored: BarcodeCheckpoint, job: PretrainingJob): string | undefined {
  const theirs: Readonly<Record<string, unknown>> = {
    ...stored.training,
    config: stored.config,
    policy: stored.policy,
  };
  const ours = { ...job.record, config: job.config, policy: job.policy };
  return Object.entries(ours).find(([key, value]) => canonical(theirs[key]) !== canonical(value))?.[0];
}

/** JSON with sorted keys, so that the order in which an object was written does not count. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

function filesOf({ prefix = '' }: PretrainingHost): Readonly<Record<keyof typeof pretrainingFiles, string>> {
  const { resume, model, log } = pretrainingFiles;
  return { resume: prefix + resume, model: prefix + model, log: prefix + log };
}
