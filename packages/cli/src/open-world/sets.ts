import { BioscanError, type Identified } from '@bioscan/core';
import type { SplitRecord } from '@bioscan/data';
import { labelTable, type LabelTable } from '@bioscan/eval';

/** The records of an open-world split by their role in an evaluation. Sequences and labels part ways here: encoders get the former only. */
export interface OpenWorldSets {
  readonly labels: LabelTable;
  /** Reference records: the train split of seen species. */
  readonly keys: readonly Identified<string>[];
  /** Queries of seen species. */
  readonly val: readonly Identified<string>[];
  readonly test: readonly Identified<string>[];
  /** Queries of species without any key; their genera have keys. */
  readonly valUnseen: readonly Identified<string>[];
  readonly testUnseen: readonly Identified<string>[];
  /** Distinct barcodes to pretrain on, sorted: pretrain and train. */
  readonly corpus: readonly string[];
}

/** Deals records to their roles. @throws BioscanError `bad-input` when keys or unseen queries are missing */
export function openWorldSets(records: Iterable<SplitRecord>, assignment: ReadonlyMap<string, string>): OpenWorldSets {
  const all = [...records];
  const inSplit = (split: string): Identified<string>[] =>
    all.flatMap(({ processId, barcode }) =>
      barcode !== undefined && assignment.get(processId) === split ? [{ id: processId, input: barcode }] : [],
    );
  const sets = {
    labels: labelTable(all),
    keys: inSplit('train'),
    val: inSplit('val'),
    test: inSplit('test'),
    valUnseen: inSplit('val_unseen'),
    testUnseen: inSplit('test_unseen'),
  };
  for (const [name, items] of Object.entries({ train: sets.keys, test: sets.test, test_unseen: sets.testUnseen })) {
    if (items.length > 0) continue;
    throw new BioscanError(
      'bad-input',
      `cli: open world, got no record in split '${name}', expected some; make the split with more records or species`,
    );
  }
  const corpus = new Set([...inSplit('pretrain'), ...sets.keys].map(({ input }) => input));
  return { ...sets, corpus: [...corpus].sort() };
}
