import { BioscanError, nearestName, rng, type Rng } from '@bioscan/core';
import type { AlignmentData } from '../alignment-data.js';
import { modalityColumn } from '../model/columns.js';
import { packGroups } from './pack-groups.js';
import { placeApart } from './place-apart.js';
import type { Sampler } from './sampler.js';
import { planStrata, stratify } from './stratify.js';

export interface BatchPlanOptions {
  /** Rows to draw from; see usableRows(). */
  readonly rows: readonly number[];
  readonly labels: AlignmentData['labels'];
  /** Of the stratified sampler. */
  readonly modalities?: AlignmentData['modalities'];
  /** Default: shuffled. */
  readonly sampler?: Sampler;
  /** Most rows of a batch, 2 or more. */
  readonly batchSize: number;
  readonly seed: number;
}

/** Every batch of a run, as a pure function of (seed, step). */
export interface BatchPlan {
  /** Rows of the largest batch: what a step is planned for. At most the batch size that was asked for. */
  readonly batchSize: number;
  readonly batchesPerEpoch: number;
  /** Rows that an epoch leaves out, because others of their label fill its batches; each epoch draws anew which. */
  readonly unplaced: number;
  /** What the user should know, such as a batch larger than the data. */
  readonly warnings: readonly string[];
  batch(step: number): readonly number[];
}

/**
 * Plans batches: each epoch visits each row once, in an order of its own, but for what the sampler cannot place or draws again.
 * Batches of an epoch are even (one row more or less), except those of whole groups.
 * @throws BioscanError `bad-input` for a label that no row has, or when no batch could hold two rows
 */
export function planBatches(options: BatchPlanOptions): BatchPlan {
  const { rows, sampler = { kind: 'shuffled' }, batchSize, seed } = options;
  if (!Number.isInteger(batchSize) || batchSize < 2) {
    throw new RangeError(`align: batchSize must be 2 or more, got ${batchSize}`);
  }
  const epochs = epochOf(sampler, options);
  const random = rng(seed).split('order');
  let known = { epoch: 0, batches: epochs(random.split(0)) };
  const sizes = known.batches.map((batch) => batch.length);
  const largest = Math.max(0, ...sizes);
  if (largest < 2) throw nothingToTellApart(sampler, rows.length);
  const placed = new Set(known.batches.flat()).size;
  return {
    batchSize: largest,
    batchesPerEpoch: sizes.length,
    unplaced: rows.length - placed,
    warnings: warningsOf(options, sampler, largest, rows.length - placed),
    batch(step) {
      const epoch = Math.floor(step / sizes.length);
      if (known.epoch !== epoch) known = { epoch, batches: epochs(random.split(epoch)) };
      return known.batches[step % sizes.length] as readonly number[];
    },
  };
}

/** The batches of an epoch; how many there are and how large they may get depends on the counts of labels alone. */
function epochOf(
  sampler: Sampler,
  { rows, labels, modalities = {}, batchSize }: BatchPlanOptions,
): (random: Rng) => readonly (readonly number[])[] {
  const count = Math.ceil(rows.length / batchSize);
  switch (sampler.kind) {
    case 'shuffled':
      return (random) => {
        const order = random.shuffle([...rows]);
        return Array.from({ length: count }, (_, i) => order.slice(cut(i), cut(i + 1)));
      };
    case 'one-per': {
      const groups = groupRows(rows, labelColumn(labels, sampler.label, rows));
      return (random) => placeApart(groups, count, random);
    }
    case 'within': {
      const groups = groupRows(rows, labelColumn(labels, sampler.label, rows));
      return (random) => packGroups(groups, batchSize, random);
    }
    case 'stratified': {
      const column = modalityColumn({ modalities }, sampler.modality);
      const rare = rows.filter((row) => column.has(row));
      const others = rows.filter((row) => !column.has(row));
      const strata = planStrata(rare.length, others.length, batchSize, leastRows(sampler, batchSize));
      return (random) => stratify(rare, others, strata, random);
    }
    default:
      return sampler satisfies never;
  }

  function cut(i: number): number {
    return Math.floor((i * rows.length) / count);
  }
}

function leastRows({ least }: Extract<Sampler, { kind: 'stratified' }>, batchSize: number): number {
  if (!(least > 0 && least < 1)) throw new RangeError(`align: stratified sampler, got least ${least}, expected 0 to 1`);
  return Math.min(batchSize - 1, Math.max(2, Math.round(least * batchSize)));
}

/** Rows by label, in order of first occurrence; a row without a label is a group of its own. */
function groupRows(rows: readonly number[], label: readonly (string | undefined)[]): readonly (readonly number[])[] {
  const byLabel = new Map<string | number, number[]>();
  for (const row of rows) {
    const key = label[row] ?? row;
    const group = byLabel.get(key);
    if (group === undefined) byLabel.set(key, [row]);
    else group.push(row);
  }
  return [...byLabel.values()];
}

function labelColumn(
  labels: AlignmentData['labels'],
  name: string,
  rows: readonly number[],
): readonly (string | undefined)[] {
  const column = labels[name];
  if (column !== undefined && rows.some((row) => column[row] !== undefined)) return column;
  const names = Object.keys(labels);
  const near = nearestName(name, names);
  const fix = column === undefined && near !== undefined ? `did you mean '${near}'?` : 'use another sampler';
  throw new BioscanError(
    'bad-input',
    `align: sampler, got label '${name}' that no row has, expected one of ${names.join(', ') || '(no labels at all)'}; ${fix}`,
    { label: name },
  );
}

function nothingToTellApart(sampler: Sampler, rows: number): BioscanError {
  const why = sampler.kind === 'one-per' ? `${rows} rows of one ${sampler.label} that must not meet` : `${rows} rows`;
  return new BioscanError(
    'bad-input',
    `align: batches, got ${why}, expected at least two rows in a batch to tell apart; give more data or use the shuffled sampler`,
    { rows },
  );
}

function warningsOf(
  { rows, batchSize }: BatchPlanOptions,
  sampler: Sampler,
  largest: number,
  unplaced: number,
): string[] {
  const warnings: string[] = [];
  if (batchSize > rows.length) {
    warnings.push(
      `batches of ${batchSize} were asked for, but there are ${rows.length} rows: each batch is all of them`,
    );
  } else if (sampler.kind === 'one-per' && unplaced > 0) {
    warnings.push(
      `one row a ${sampler.label} leaves ${unplaced} of ${rows.length} rows out of an epoch (others each time); batches hold ${largest} rows of ${batchSize}`,
    );
  }
  return warnings;
}
