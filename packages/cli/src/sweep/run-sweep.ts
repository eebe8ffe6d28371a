import {
  isBioscanError,
  isNotFinite,
  rng,
  throwIfCancelled,
  type Metric,
  type Runtime,
  type Store,
} from '@bioscan/core';
import { barcodeBert, pretrain } from '@bioscan/dna';
import { estimate, metricOf, resampler, type Outcomes } from '@bioscan/eval';
import { paperProbes, type PaperProbe, type ProbeOutcomes } from '../open-world/paper-probes.js';
import type { OpenWorldSets } from '../open-world/sets.js';
import type { SweepCell, SweepPlan } from './plan-sweep.js';

/** A cell's numbers, or why it has none. Plain JSON, one file a cell. */
export type SweepOutcome =
  | { readonly status: 'done'; readonly heldOut?: number; readonly scores: Partial<Record<PaperProbe, ProbeScores>> }
  /** The loss was no number any more: a result, kept. */
  | { readonly status: 'diverged'; readonly reason: string }
  /** Anything else; tried again by the next call. */
  | { readonly status: 'failed'; readonly reason: string };

/** Cells are compared on validation; test figures are for the shape that was chosen. */
export interface ProbeScores {
  /** Absent where nothing may be chosen. */
  readonly validation?: ProbeAccuracy;
  readonly test: ProbeAccuracy;
}

export interface ProbeAccuracy {
  readonly micro: Metric;
  readonly macro: Metric;
}

export interface SweepResult {
  readonly plan: SweepPlan;
  readonly outcomes: readonly { readonly cell: SweepCell; readonly outcome: SweepOutcome }[];
}

export interface SweepHost {
  readonly runtime: Runtime;
  /** Holds `cells/<name>.json`, and the runs below `runs/<name>/`. */
  readonly store: Store;
  readonly signal?: AbortSignal;
  /** Told of every cell and step of work. */
  readonly onProgress?: (cell: SweepCell, what: string, done?: number, total?: number) => void;
}

/**
 * Runs the cells one after the other, or goes on where an earlier call was stopped: a finished cell is a file and is read, a run that was cut off
 * resumes. A cell that diverges or fails is recorded as such and the sweep goes on.
 * @throws BioscanError `cancelled`
 */
export async function runSweep(plan: SweepPlan, sets: OpenWorldSets, host: SweepHost): Promise<SweepResult> {
  const outcomes: { cell: SweepCell; outcome: SweepOutcome }[] = [];
  for (const cell of plan.cells) {
    throwIfCancelled(host.signal, 'sweep');
    const known = await readCell(plan, cell, host.store);
    const outcome = known ?? (await runCell(plan, cell, sets, host));
    if (known === undefined) await writeCell(plan, cell, outcome, host.store);
    host.onProgress?.(cell, known === undefined ? outcome.status : `${outcome.status}, from its file`);
    outcomes.push({ cell, outcome });
  }
  return { plan, outcomes };
}

async function runCell(plan: SweepPlan, cell: SweepCell, sets: OpenWorldSets, host: SweepHost): Promise<SweepOutcome> {
  try {
    return await scoredCell(plan, cell, sets, host);
  } catch (error) {
    if (!isBioscanError(error) || error.code === 'cancelled') throw error;
    return { status: isNotFinite(error) ? 'diverged' : 'failed', reason: error.message };
  }
}

async function scoredCell(
  { settings, hash }: SweepPlan,
  cell: SweepCell,
  sets: OpenWorldSets,
  { runtime, store, signal, onProgress }: SweepHost,
): Promise<SweepOutcome> {
  const [k, layers, heads] = cell.shape;
  const { width, objective, budget, probes, fineTuning } = settings;
  const prefix = `runs/${cell.name}-${hash.slice(0, 8)}/`;
  const stop = signal === undefined ? {} : { signal };
  const { checkpoint, heldOut } = await pretrain(
    {
      tower: barcodeBert({ k, layers, heads, width }),
      objective,
      barcodes: sets.corpus,
      validation: [...new Set(sets.val.map(({ input }) => input))].sort(),
      budget,
      seed: cell.seed,
    },
    {
      ...{ runtime, store, prefix, ...stop },
      onProgress: ({ done, total }) => onProgress?.(cell, 'pretraining', done, total),
    },
  );
  const found = await paperProbes(checkpoint, sets, {
    ...{ runtime, store, prefix, probes, seed: cell.seed, ...stop },
    ...(fineTuning === undefined ? {} : { fineTuning }),
    onProgress: (what, progress) => onProgress?.(cell, what, progress?.done, progress?.total),
  });
  const scores = Object.fromEntries(Object.entries(found).map(([probe, outcomes]) => [probe, scoresOf(outcomes)]));
  const accuracy = heldOut?.maskedAccuracy;
  return { status: 'done', scores, ...(accuracy === undefined ? {} : { heldOut: accuracy }) };
}

function scoresOf({ validation, test }: ProbeOutcomes): ProbeScores {
  return { ...(validation === undefined ? {} : { validation: accuracyOf(validation) }), test: accuracyOf(test) };
}

/** The same draws for every cell. */
function accuracyOf(outcomes: Outcomes): ProbeAccuracy {
  const draws = resampler({ rng: rng(0).split('sweep'), replicates: 1000 });
  const [micro, macro] = (['micro', 'macro'] as const).map((statistic) =>
    metricOf(estimate(outcomes, draws, { statistic })),
  );
  return { micro, macro } as ProbeAccuracy;
}

function cellFile({ hash }: SweepPlan, { name }: SweepCell): string {
  return `cells/${name}-${hash.slice(0, 8)}.json`;
}

async function readCell(plan: SweepPlan, cell: SweepCell, store: Store): Promise<SweepOutcome | undefined> {
  const file = cellFile(plan, cell);
  if (!(await store.list(file)).includes(file)) return undefined;
  const { outcome, ...asked } = JSON.parse(new TextDecoder().decode(await store.read(file))) as {
    readonly outcome: SweepOutcome;
  };
  const isAsked = JSON.stringify(asked) === JSON.stringify(askedOf(plan, cell));
  return isAsked && outcome.status !== 'failed' ? outcome : undefined;
}

/** What a cell's file must say to be of this plan: the name has only the first digits of the hash. */
function askedOf({ settings, hash }: SweepPlan, cell: SweepCell): object {
  return { cell, settings, hash };
}

async function writeCell(plan: SweepPlan, cell: SweepCell, outcome: SweepOutcome, store: Store): Promise<void> {
  const text = `${JSON.stringify({ ...askedOf(plan, cell), outcome }, undefined, 2)}\n`;
  await store.write(cellFile(plan, cell), new TextEncoder().encode(text));
}
