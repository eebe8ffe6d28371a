import { sha256, type Rng } from '@bioscan/core';
import type { AlignmentData, ModalityRows } from './alignment-data.js';
import { labelColumn, modalityColumn } from './model/columns.js';

/** The data with a modality's rows replaced or added. `change` says what they are: it goes into the hash. */
export function withModality<Input>(
  data: AlignmentData,
  name: string,
  rows: ModalityRows<Input>,
  change: string,
): AlignmentData {
  return { ...data, modalities: { ...data.modalities, [name]: rows }, hash: changedHash(data, name, change) };
}

/** The data without a modality. @throws BioscanError `bad-input` when it has no such modality */
export function withoutModality(data: AlignmentData, name: string): AlignmentData {
  modalityColumn(data, name);
  const modalities = Object.fromEntries(Object.entries(data.modalities).filter(([other]) => other !== name));
  return { ...data, modalities, hash: changedHash(data, name, 'without') };
}

export interface ShareOptions {
  /** Rows that keep the modality at any share but 0, as far as there are some. Default 0. */
  readonly least?: number;
  /** A label that holds each row's position: rows of the lowest positions keep the modality, those without one last. Default: drawn evenly. */
  readonly order?: string;
}

/**
 * The data with a modality for a share of the rows that have it; the others lack it. The same stream and a larger share keep the same rows and
 * more, so that a price curve only adds specimens.
 */
export function withShare(
  data: AlignmentData,
  name: string,
  share: number,
  rng: Rng,
  { least = 0, order }: ShareOptions = {},
): AlignmentData {
  checkShare(share);
  const column = modalityColumn(data, name);
  const present = presentRows(data, column);
  const count = share === 0 ? 0 : Math.max(least, Math.round(share * present.length));
  const first = order === undefined ? rng.shuffle(present) : inOrder(present, labelColumn(data, order));
  const kept = new Set(first.slice(0, count));
  const rows = { has: (row: number) => kept.has(row), read: (chosen: readonly number[]) => column.read(chosen) };
  return withModality(data, name, rows, `rows ${sha256([...kept].sort((a, b) => a - b).join())}`);
}

export interface PermuteOptions {
  /** Share of the rows that have the modality which change places, drawn evenly. Default 1. */
  readonly share?: number;
}

/**
 * The data with a modality's inputs shuffled among rows of an equal label (undefined: among all rows): what the modality says beyond the label
 * is lost, what it says of the label stays. A shuffle is any order, so that a row may keep its own input: one row of each label does on
 * average. Rows without the label lose the modality, since they would keep their own; of a share, those that are drawn.
 */
export function permuteWithin(
  data: AlignmentData,
  name: string,
  label: string | undefined,
  rng: Rng,
  { share = 1 }: PermuteOptions = {},
): AlignmentData {
  checkShare(share);
  const column = modalityColumn(data, name);
  const labels = label === undefined ? undefined : labelColumn(data, label);
  const present = rng.shuffle(presentRows(data, column));
  const groups = new Map<string, number[]>();
  const source = data.ids.map((_, row) => (column.has(row) ? row : missing));
  for (const row of present.slice(0, Math.round(present.length * share))) {
    const group = labels === undefined ? '' : labels[row];
    if (group === undefined) source[row] = missing;
    else groups.set(group, [...(groups.get(group) ?? []), row]);
  }
  for (const group of groups.values()) {
    const shuffled = rng.shuffle([...group]);
    group.forEach((row, at) => (source[row] = shuffled[at] as number));
  }
  const rows = {
    has: (row: number) => (source[row] ?? missing) !== missing,
    read: (chosen: readonly number[]) => column.read(chosen.map((row) => source[row] as number)),
  };
  return withModality(data, name, rows, `exchanged ${sha256(source.join())}`);
}

/** The names of a label in the data, each once, in code-unit order: the vocabulary of a classifier. */
export function classesOf(
  data: AlignmentData,
  label: string,
  rows: Iterable<number> = data.ids.keys(),
): readonly string[] {
  const column = labelColumn(data, label);
  const names = new Set<string>();
  for (const row of rows) {
    const name = column[row];
    if (name !== undefined) names.add(name);
  }
  return [...names].sort((a, b) => (a < b ? -1 : 1));
}

/** The source of a row without the modality. */
const missing = -1;

/** Rows by their positions, lowest first. */
function inOrder(rows: readonly number[], positions: readonly (string | undefined)[]): number[] {
  const placeOf = (row: number): number => Number(positions[row] ?? Infinity);
  return [...rows].sort((a, b) => Number(placeOf(a) > placeOf(b)) - Number(placeOf(a) < placeOf(b)));
}

function presentRows({ ids }: AlignmentData, column: ModalityRows): number[] {
  return [...ids.keys()].filter((row) => column.has(row));
}

function checkShare(share: number): void {
  if (!(share >= 0 && share <= 1)) throw new RangeError(`align: share ${share}, expected 0 to 1`);
}

function changedHash(data: AlignmentData, name: string, change: string): string {
  return sha256(JSON.stringify([data.hash, name, change]));
}
