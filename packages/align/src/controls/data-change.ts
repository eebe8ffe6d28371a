import { rng, type Rng } from '@bioscan/core';
import type { AlignmentData, ModalityRows } from '../alignment-data.js';
import { permuteWithin, withModality, withShare } from '../change-data.js';
import { labelColumn, modalityColumn } from '../model/columns.js';

/** What an arm does to its training data before it trains. Plain JSON. */
export type DataChange =
  /**
   * Rows of a modality change places among rows of an equal label (over all without `within`), or only a share of the rows does. Of these, rows
   * without the label lose the modality.
   */
  | { readonly kind: 'permute'; readonly modality: string; readonly within?: string; readonly share?: number }
  /** Of the rows with a modality a share keeps it, two at least: at random, or those whose position in the label `order` is lowest. */
  | { readonly kind: 'keep'; readonly modality: string; readonly share: number; readonly order?: string }
  /** In a share of the groups of a label the modality stays; in the others that of `other` stands in its place. */
  | {
      readonly kind: 'mix';
      readonly modality: string;
      readonly other: string;
      readonly by: string;
      readonly share: number;
    }
  /** A random share of the rows. */
  | { readonly kind: 'rows'; readonly share: number };

/** A single row with a modality has nothing to be told apart from. */
const fewest = 2;

/** Applies changes in order; a pure function of data and seed. The hash follows. */
export function changeData(data: AlignmentData, changes: readonly DataChange[], seed: number): AlignmentData {
  const random = rng(seed).split('data-change');
  return changes.reduce((before, change, i) => applied(before, change, random.split(i)), data);
}

function applied(data: AlignmentData, change: DataChange, random: Rng): AlignmentData {
  const hash = `${data.hash}+${JSON.stringify(change)}@${random.split('hash').integer(0x100000000).toString(16)}`;
  return { ...changed(data, change, random), hash };
}

function changed(data: AlignmentData, change: DataChange, random: Rng): AlignmentData {
  switch (change.kind) {
    case 'permute':
      return permuteWithin(data, change.modality, change.within, random, change);
    case 'keep': {
      const { modality, share, order } = change;
      return withShare(data, modality, share, random, { least: fewest, ...(order === undefined ? {} : { order }) });
    }
    case 'mix':
      return withModality(data, change.modality, mixed(data, change, random), 'mixed');
    case 'rows': {
      const rows = data.ids.map((_, row) => row);
      return selectRows(
        data,
        chosen(rows, change.share, random).sort((a, b) => a - b),
      );
    }
    default:
      return change satisfies never;
  }
}

/** Some rows of the data, in the order given. */
export function selectRows(data: AlignmentData, rows: readonly number[]): AlignmentData {
  const pick = <T>(values: readonly T[]): T[] => rows.map((row) => values[row] as T);
  return {
    ids: pick(data.ids),
    modalities: mapValues(data.modalities, (column) => moved(column, rows)),
    labels: mapValues(data.labels, pick),
    hash: `${data.hash}[${rows.join()}]`,
  };
}

/** A modality read through a map of rows; -1: missing. */
function moved(column: ModalityRows, from: readonly number[]): ModalityRows {
  return {
    has: (row) => column.has(from[row] ?? -1),
    read: (rows) => column.read(rows.map((row) => from[row] as number)),
  };
}

function mixed(
  data: AlignmentData,
  { modality, other, by, share }: DataChange & { kind: 'mix' },
  random: Rng,
): ModalityRows {
  const [named, unnamed] = [modalityColumn(data, modality), modalityColumn(data, other)];
  const label = labelColumn(data, by);
  const kept = new Set(chosen([...new Set(label)].sort(), share, random));
  const isNamed = (row: number): boolean => label[row] !== undefined && kept.has(label[row]);
  return {
    has: (row) => (isNamed(row) ? named : unnamed).has(row),
    read: (rows) => Promise.all(rows.map(async (row) => (await (isNamed(row) ? named : unnamed).read([row]))[0])),
  };
}

/** A random share of items: the first of one shuffle, so that larger shares hold the smaller ones. */
function chosen<T>(items: readonly T[], share: number, random: Rng): T[] {
  if (!(share >= 0 && share <= 1)) throw new RangeError(`align: share, got ${share}, expected 0 to 1`);
  return random.shuffle([...items]).slice(0, Math.round(items.length * share));
}

function mapValues<A, B>(record: Readonly<Record<string, A>>, change: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));
}
