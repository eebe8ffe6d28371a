import { BioscanError } from '@bioscan/core';
import type { AlignmentData } from '../alignment-data.js';
import { modalityPairs } from '../model/modality-pairs.js';
import type { Modalities } from '../model/streams.js';
import type { ContrastTerm, Objective } from '../objective.js';

/** Rows that a run can learn from, and how many of each kind it cannot. */
export interface UsableRows {
  readonly rows: readonly number[];
  /** Rows that no term of the objective can use: a modality is missing, or the label. */
  readonly leftOut: number;
  /** Rows that have each modality. */
  readonly byModality: Readonly<Record<string, number>>;
}

/**
 * The rows that some term of the objective can use: between two modalities a row needs both, for a classifier the modality and the label.
 * @throws BioscanError `bad-input` when no row is usable, naming what each modality has
 */
export function usableRows(data: AlignmentData, modalities: Modalities, objective: Objective): UsableRows {
  const rows = data.ids.map((_, row) => row);
  const byModality = Object.fromEntries(
    Object.keys(modalities).map((name) => [name, rows.filter(has(data, name)).length]),
  );
  const tests = objective.map((term) =>
    term.kind === 'classify'
      ? (row: number) => has(data, term.modality)(row) && data.labels[term.label]?.[row] !== undefined
      : contrastTest(data, modalities, term),
  );
  const usable = rows.filter((row) => tests.some((test) => test(row)));
  if (usable.length > 0) return { rows: usable, leftOut: rows.length - usable.length, byModality };
  const counts = Object.entries(byModality).map(([name, count]) => `${name} ${count}`);
  throw new BioscanError(
    'bad-input',
    `align: data, got no row that the objective can use (${rows.length} rows; with ${counts.join(', ')}), expected rows that have the modalities which it aligns; join them by process id`,
    { rows: rows.length },
  );
}

function contrastTest(data: AlignmentData, modalities: Modalities, { pairs }: ContrastTerm): (row: number) => boolean {
  const tests = modalityPairs(pairs, modalities).map(({ between: [a, b] }) => [has(data, a), has(data, b)] as const);
  return (row) => tests.some(([a, b]) => a(row) && b(row));
}

function has({ modalities }: AlignmentData, name: string): (row: number) => boolean {
  const rows = modalities[name];
  return rows === undefined ? () => false : (row) => rows.has(row);
}
