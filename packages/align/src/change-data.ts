import { BioscanError, sha256, type Rng } from '@bioscan/core';
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

/**
 * The data with a modality for a share of the rows that have it, drawn evenly; the others lack it. The same stream and a larger share
 * keep the same rows and more, so that a price curve only adds specimens.
 */
export function withShare(data: AlignmentData, name: string, share: number, rng: Rng): AlignmentData {
  if (!(share >= 0 && share <= 1)) throw new RangeError(`align: share ${share}, expected 0 to 1`);
  const column = modalityColumn(data, name);
  const present = rng.shuffle(presentRows(data, column));
  const kept = new Set(present.slice(0, Math.round(share * present.length)));
  const rows = { has: (row: number) => kept.has(row), read: (chosen: readonly number[]) => column.read(chosen) };
  return withModality(data, name, rows, `rows ${sha256([...kept].sort((a, b) => a - b).join())}`);
}

/**
 * The data with a modality's inputs exchanged between rows of an equal label (undefined: between all rows), in one random cycle a group:
 * what the modality says beyond the label is lost, what it says of the label stays. No row of a group of two or more keeps its own input;
 * the only row of a label does. Rows without the label lose the modality, since any exchange would teach them another label's.
 */
export function permuteWithin(data: AlignmentData, name: string, label: string | undefined, rng: Rng): AlignmentData {
  const column = modalityColumn(data, name);
  const labels = label === undefined ? undefined : labelColumn(data, label);
  const groups = new Map<string, number[]>();
  for (const row of presentRows(data, column)) {
    const group = labels === undefined ? '' : labels[row];
    if (group !== undefined) groups.set(group, [...(groups.get(group) ?? []), row]);
  }
  const source = new Map<number, number>();
  for (const group of groups.values()) {
    rng.shuffle(group);
    group.forEach((row, at) => source.set(row, group[(at + 1) % group.length] as number));
  }
  const rows = {
    has: (row: number) => source.has(row),
    read: (chosen: readonly number[]) => column.read(chosen.map((row) => sourceOf(source, row))),
  };
  const order = [...source].sort(([a], [b]) => a - b).join();
  return withModality(data, name, rows, `exchanged ${sha256(order)}`);
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

function presentRows({ ids }: AlignmentData, column: ModalityRows): number[] {
  return [...ids.keys()].filter((row) => column.has(row));
}

function sourceOf(source: ReadonlyMap<number, number>, row: number): number {
  const from = source.get(row);
  if (from !== undefined) return from;
  throw new BioscanError(
    'bad-input',
    `align: row ${row} was read, got one without the modality, expected has(${row})`,
    { row },
  );
}

function changedHash(data: AlignmentData, name: string, change: string): string {
  return sha256(JSON.stringify([data.hash, name, change]));
}
