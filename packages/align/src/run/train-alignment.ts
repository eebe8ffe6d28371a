import {
  BioscanError,
  isNotFinite,
  throwIfCancelled,
  type EmbeddingBlock,
  type Progress,
  type Runtime,
  type StatefulSession,
  type Store,
  type Tensors,
  type TrainingState,
} from '@bioscan/core';
import { averagedState } from '@bioscan/graph';
import type { AlignmentFeeds } from '../alignment-options.js';
import type { Alignment } from '../alignment.js';
import { decodeAlignment, encodeAlignment } from '../alignment-checkpoint.js';
import { embedModality } from '../embed-modality.js';
import { alignmentJob, type AlignmentJob, type AlignmentPlan, type AlignmentRun } from './alignment-job.js';
import { filesOf } from './run-files.js';
import { openRunLog, type RunLog } from './run-log.js';
import { claimFolder, recordHash } from './run-record.js';
import { atStart, encodeRunState, readRunState, type Evaluation, type RunProgress } from './run-state.js';
import type { AlignmentValidation } from './validation.js';
import { weightsHashes } from './weights-hash.js';

/** Where and with what to train. */
export interface AlignmentHost {
  readonly runtime: Runtime;
  readonly store: Store;
  /** Prefix of the names in the store. Default: none. */
  readonly prefix?: string;
  /** Cancelling writes a checkpoint and rejects with code `cancelled`. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: AlignmentProgress) => void;
  /** What is going to happen, before an engine is opened. */
  readonly onPlan?: (plan: AlignmentPlan) => void;
  /** Of the program and its libraries, noted in config.json where a run begins. */
  readonly versions?: Readonly<Record<string, string>>;
}

export interface AlignmentProgress extends Progress {
  readonly total: number;
  /** Of the batch just seen: `loss`, `logitScale`, and what the terms report. */
  readonly measures: Readonly<Record<string, number>>;
  /** The latest and the best validation so far. */
  readonly latest?: Evaluation;
  readonly best?: Evaluation;
  /** Estimate from the steps of this process, evaluations included. */
  readonly remainingSeconds: number;
}

export interface AlignmentResult {
  /** Parameters of the best validation score; without validation, the last. Averages where they are kept. */
  readonly best: TrainingState;
  /** Parameters at the end. */
  readonly last: TrainingState;
  readonly evaluations: readonly Evaluation[];
  /** True when patience ended the run before its budget did. */
  readonly stoppedEarly: boolean;
}

/**
 * Aligns modalities, or goes on where an earlier call with the same arguments was cut off. The folder holds `config.json`, `log.jsonl`,
 * `training-rows.txt`, `validation-rows.txt`, `checkpoint.safetensors`, `best.safetensors` and, at the end, `model.safetensors`.
 * Batches, augmentation and dropout are functions of (seed, step), and nothing written holds a time: a run that was killed and resumed ends with
 * the same bytes as one that was not. A step whose loss is not finite ends the run; the last good checkpoint stays.
 * @throws BioscanError `mismatch` when the store holds another run; `bad-file` or `truncated` for a damaged one; `engine` for a loss that is not
 * finite (isNotFinite() of core tells), naming step and rows; `cancelled`
 */
export async function trainAlignment(run: AlignmentRun, host: AlignmentHost): Promise<AlignmentResult> {
  const job = alignmentJob(run);
  host.onPlan?.(job);
  const training = await openTraining(job, host);
  try {
    await train(training);
    return await finish(training);
  } finally {
    await training.session.close();
  }
}

/** A run under way. */
interface Training {
  readonly job: AlignmentJob;
  readonly host: AlignmentHost;
  readonly files: ReturnType<typeof filesOf>;
  /** Names the run in its files. */
  readonly run: string;
  readonly session: StatefulSession;
  readonly log: RunLog;
  readonly start: number;
  progress: RunProgress;
  step: number;
}

async function openTraining(job: AlignmentJob, host: AlignmentHost): Promise<Training> {
  const { store, prefix, versions = {} } = host;
  const files = filesOf(prefix);
  const record = { ...job.record, weights: await weightsHashes(job.run.model) };
  const run = recordHash(record);
  await claimFolder(store, files.config, record, versions);
  const resumed = await readRunState(store, files.resume, run);
  if (resumed === undefined) await writeRows(job, host.store, files);
  const { state, progress } = resumed ?? { state: job.initial, progress: atStart };
  const log = await openRunLog(store, files.log, { step: state.step, evaluated: progress.evaluated });
  const session = await host.runtime.train(job.step, state);
  return { job, host, files, run, session, log, start: state.step, progress, step: state.step };
}

/** What the run is fitted on: rows that it learns from, and rows that choose among its parameters. */
async function writeRows({ rows, run }: AlignmentJob, store: Store, files: Training['files']): Promise<void> {
  const encoded = (ids: readonly string[]): Uint8Array => new TextEncoder().encode(ids.map((id) => `${id}\n`).join(''));
  await store.write(files.rows, encoded(rows.rows.map((row) => run.data.ids[row] as string)));
  await store.write(files.validation, encoded(run.validation?.data.ids ?? []));
}

/** Steps to the budget's end or out of patience, with checkpoints on the way. */
async function train(training: Training): Promise<void> {
  const { job, log, start } = training;
  const { steps } = job.budget;
  // A run that was cancelled while it was validated has that to do yet.
  if (start > 0 && isDue(job, start) && training.progress.evaluated !== start) await evaluate(training);
  if (start >= steps || training.progress.stopped) return;
  const begun = performance.now();
  // A batch in chunks is one that hardly fits: it is given away, and the next is not read before it is done.
  const isAhead = job.budget.chunks === 1;
  let next = isAhead ? prefetched(job, start) : undefined;
  for (let step = start; step < steps; step++) {
    const feeds = await takeFeeds(training, next ?? prefetched(job, step));
    const pending = training.session.step(feeds, job.schedule(step), { transfer: !isAhead });
    // The next batch is read while the engine works.
    if (isAhead && step + 1 < steps) next = prefetched(job, step + 1);
    const measures = measuresOf(await pending.catch((error: unknown) => fail(job, step, error)));
    training.step = step + 1;
    log.add({ step: step + 1, learningRate: job.schedule(step).learningRate, ...measures });
    const ended = await keep(training);
    const secondsPerStep = (performance.now() - begun) / 1000 / (step + 1 - start);
    report(training, measures, secondsPerStep * (steps - step - 1));
    if (ended) return;
  }
}

/** The feeds of the next step; where the run is cancelled or they cannot be read, the state is saved first. */
async function takeFeeds(training: Training, next: Promise<AlignmentFeeds>): Promise<AlignmentFeeds> {
  try {
    throwIfCancelled(training.host.signal, 'alignment');
    return await next;
  } catch (error) {
    await save(training);
    throw error;
  }
}

/** Does whatever is due after a step; true when patience has ended the run. */
async function keep(training: Training): Promise<boolean> {
  const { job, log, step } = training;
  if (isDue(job, step)) await evaluate(training);
  else if (step % job.budget.checkpointEvery === 0) await save(training);
  else if (step % flushEvery === 0) await log.flush();
  return training.progress.stopped;
}

const flushEvery = 20;

function prefetched(job: AlignmentJob, step: number): Promise<AlignmentFeeds> {
  const feeds = job.feeds(step);
  // Heard again when it is awaited in its turn.
  feeds.catch(() => undefined);
  return feeds;
}

function isDue({ evaluateEvery, budget }: AlignmentJob, step: number): boolean {
  return evaluateEvery !== undefined && (step % evaluateEvery === 0 || step === budget.steps);
}

function report(
  { job, host, log, step, progress }: Training,
  measures: Record<string, number>,
  remainingSeconds: number,
): void {
  const latest = evaluationsOf(log).at(-1);
  host.onProgress?.({
    done: step,
    total: job.budget.steps,
    measures,
    remainingSeconds,
    ...(latest === undefined ? {} : { latest }),
    ...(progress.best === undefined ? {} : { best: progress.best }),
  });
}

/** Scores the parameters, keeps them where they are the best so far, and writes a checkpoint. */
async function evaluate(training: Training): Promise<void> {
  const { job, host, files, log, run, step, progress } = training;
  const { model, validation } = job.run;
  if (validation === undefined) return;
  const state = await finiteState(training);
  const kept = keptState(job, state);
  const score = await scoreOf(validation, model, kept, host).catch(async (error: unknown) => {
    await save(training, state);
    throw error;
  });
  log.add({ step, validation: score });
  const better = progress.best === undefined || score > progress.best.score;
  const withoutGain = better ? 0 : progress.withoutGain + 1;
  const best = better ? { step, score } : progress.best;
  training.progress = {
    best,
    evaluated: step,
    withoutGain,
    stopped: withoutGain >= (validation.patience ?? Infinity),
  };
  if (better) await host.store.write(files.best, encodeAlignment(model, kept, { run, score }));
  await save(training, state);
}

async function scoreOf(
  { data, score }: AlignmentValidation,
  model: Alignment,
  state: TrainingState,
  { runtime, signal }: AlignmentHost,
): Promise<number> {
  const vectors: Record<string, EmbeddingBlock> = {};
  for (const name of score.modalities) {
    const options = signal === undefined ? {} : { signal };
    vectors[name] = await embedModality(model, state, name, data, runtime, options);
  }
  return score.score(vectors, data, { model, state, runtime });
}

/** The log first: after a crash it may be ahead of the checkpoint, never behind it. */
async function save(training: Training, known?: TrainingState): Promise<void> {
  const { host, files, log, run } = training;
  const state = known ?? (await finiteState(training));
  await log.flush();
  await host.store.write(files.resume, encodeRunState(state, run, training.progress));
}

/** The state, which is never written once it holds what is not a number. */
async function finiteState({ session, job, step }: Training): Promise<TrainingState> {
  const state = await session.read();
  const bad = Object.entries(state.tensors).find(([, { data }]) => !allFinite(data));
  if (bad !== undefined) throw divergence(job, step - 1, `'${bad[0]}' holds values that are not finite`);
  return state;
}

function allFinite(data: ArrayLike<number> | ArrayLike<bigint>): boolean {
  if (!(data instanceof Float32Array)) return true;
  for (const value of data) if (!Number.isFinite(value)) return false;
  return true;
}

async function finish(training: Training): Promise<AlignmentResult> {
  const { job, host, files, run, log, start, step } = training;
  const { model, validation } = job.run;
  const state = await finiteState(training);
  if (step > start && validation === undefined) await save(training, state);
  await log.flush();
  const last = keptState(job, state);
  const { best: found } = training.progress;
  const best = found === undefined ? last : await readBest(training);
  const score = found?.step === last.step ? { score: found.score } : {};
  await host.store.write(files.model, encodeAlignment(model, last, { run, ...score }));
  return { best, last, evaluations: evaluationsOf(log), stoppedEarly: training.progress.stopped };
}

async function readBest({ job, host, files }: Training): Promise<TrainingState> {
  return decodeAlignment(job.run.model, await host.store.read(files.best)).state;
}

/** The parameters that are validated and kept. */
function keptState({ run }: AlignmentJob, state: TrainingState): TrainingState {
  if (run.average !== undefined) return averagedState(state);
  const parameters = Object.entries(state.tensors).filter(([name]) => !name.includes('#'));
  return { step: state.step, tensors: Object.fromEntries(parameters) };
}

function evaluationsOf(log: RunLog): readonly Evaluation[] {
  return log.lines.flatMap(({ step, validation }) =>
    typeof validation === 'number' ? [{ step, score: validation }] : [],
  );
}

function measuresOf(outputs: Tensors): Record<string, number> {
  return Object.fromEntries(
    Object.entries(outputs).flatMap(([name, { data }]) =>
      data.length === 1 && typeof data[0] === 'number' ? [[name, data[0]]] : [],
    ),
  );
}

/** Names the batch of a step that the engine refused. */
function fail(job: AlignmentJob, step: number, error: unknown): never {
  if (!isNotFinite(error)) throw error;
  throw divergence(job, step, error.message, error);
}

function divergence(job: AlignmentJob, step: number, what: string, cause?: unknown): BioscanError {
  const ids = job.batch(step).map((row) => job.run.data.ids[row] as string);
  const shown = `${ids.slice(0, 5).join(', ')}${ids.length > 5 ? ` and ${ids.length - 5} more` : ''}`;
  const { batchesPerEpoch } = job.batches;
  const at = `step ${step + 1}, batch ${(step % batchesPerEpoch) + 1} of epoch ${Math.floor(step / batchesPerEpoch) + 1}`;
  return new BioscanError(
    'engine',
    `align: ${at} (rows ${shown}): ${what}; the last good checkpoint is kept. Lower the peak learning rate, clip gradients, or look at these rows`,
    { step: step + 1, rows: ids, reason: 'not-finite' },
    { cause },
  );
}
