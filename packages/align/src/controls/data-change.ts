import { rng, type Rng } from '@bioscan/core';
import type { AlignmentData, ModalityRows } from '../alignment-data.js';
import { permuteWithin } from '../change-data.js';
import { labelColumn, modalityColumn } from '../model/columns.js';

/** What an arm does to its training data before it trains. Plain JSON. */
export type DataChange =
  /** Rows of a modality change places among rows of an equal label (over all without `within`), or only a share of the rows does. */
  | { readonly kind: 'permute'; readonly modality: string; readonly within?: string; readonly share?: number }
  /** A modality is missing in all rows but a share, two at least: at random, or the rows whose position in the label `order` is lowest. */
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

/** Applies changes in order; a pure function of data and seed. The hash follows. */
export function changeData(data: AlignmentData, changes: readonly DataChange[], seed: number): AlignmentData {
  const random = rng(seed).split('data-change');
  return changes.reduce((changed, change, i) => applied(changed, change, random.split(i)), data);
}

function applied(data: AlignmentData, change: DataChange, random: Rng): AlignmentData {
  const hash = `${data.hash}+${JSON.stringify(change)}@${random.split('hash').integer(0x100000000).toString(16)}`;
  switch (change.kind) {
    case 'permute':
      return { ...permuteWithin(data, change.modality, change.within, random, change), hash };
    case 'keep':
      return withModality(
        data,
        change.modality,
        hash,
        only(modalityColumn(data, change.modality), keptRows(data, change, random)),
      );
    case 'mix':
      return withModality(data, change.modality, hash, mixed(data, change, random));
    case 'rows': {
      const rows = chosen(
        data.ids.map((_, row) => row),
        change.share,
        random,
      ).sort((a, b) => a - b);
      return { ...selectRows(data, rows), hash };
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

function withModality(data: AlignmentData, name: string, hash: string, column: ModalityRows): AlignmentData {
  return { ...data, modalities: { ...data.modalities, [name]: column }, hash };
}

/** A modality read through a map of rows; -1: missing. */
function moved(column: ModalityRows, from: readonly number[]): ModalityRows {
  return {
    has: (row) => column.has(from[row] ?? -1),
    read: (rows) => column.read(rows.map((row) => from[row] as number)),
  };
}

function only(column: ModalityRows, kept: ReadonlySet<number>): ModalityRows {
  return { has: (row) => kept.has(row) && column.has(row), read: (rows) => column.read(rows) };
}

/** A single row with a modality has nothing to be told apart from. */
const fewest = 2;

function keptRows(
  data: AlignmentData,
  { share, order }: DataChange & { kind: 'keep' },
  random: Rng,
): ReadonlySet<number> {
  const rows = data.ids.map((_, row) => row);
  const count = share === 0 ? 0 : Math.min(rows.length, Math.max(fewest, countOf(rows.length, share)));
  if (order === undefined) return new Set(chosen(rows, 1, random).slice(0, count));
  const places = labelColumn(data, order).map(Number);
  rows.sort((a, b) => (places[a] as number) - (places[b] as number));
  return new Set(rows.slice(0, count));
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
  return random.shuffle([...items]).slice(0, countOf(items.length, share));
}

function countOf(total: number, share: number): number {
  return Math.round(total * share);
}

function mapValues<A, B>(record: Readonly<Record<string, A>>, change: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));
}
