import { BioscanError, type Identified } from '@bioscan/core';
import { placeholderRule, type SplitRecord } from '@bioscan/data';
import { labelTable, type LabelTable } from '@bioscan/eval';

/** The records of an open-world split by their role in an evaluation. Sequences and labels part ways here: encoders get the former only. */
export interface OpenWorldSets {
  /** Placeholder names count as no name. */
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
  /** False when val_unseen and test_unseen share species: then nothing may be chosen on val_unseen. */
  readonly mayChoose: boolean;
  readonly warnings: readonly string[];
}

/** Deals records to their roles. @throws BioscanError `bad-input` when a role that the evaluation needs is empty */
export function openWorldSets(records: Iterable<SplitRecord>, assignment: ReadonlyMap<string, string>): OpenWorldSets {
  const all = [...records].map(withoutPlaceholder);
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
  requireRoles({
    train: sets.keys,
    val: sets.val,
    test: sets.test,
    val_unseen: sets.valUnseen,
    test_unseen: sets.testUnseen,
  });
  const mayChoose = !sharesSpecies(sets.valUnseen, sets.testUnseen, sets.labels);
  const warnings = mayChoose
    ? []
    : ['val_unseen and test_unseen share species: nothing could be chosen on validation.'];
  return { ...sets, corpus: pretrainingCorpus(all, assignment), mayChoose, warnings };
}

/** Distinct barcodes that pretraining may see, sorted: those of the splits pretrain and train. */
export function pretrainingCorpus(records: Iterable<SplitRecord>, assignment: ReadonlyMap<string, string>): string[] {
  return distinctBarcodes(records, assignment, ['pretrain', 'train']);
}

/** Distinct barcodes of some splits, sorted. */
export function distinctBarcodes(
  records: Iterable<SplitRecord>,
  assignment: ReadonlyMap<string, string>,
  splits: readonly string[],
): string[] {
  const found = new Set<string>();
  for (const { processId, barcode } of records) {
    if (barcode !== undefined && splits.includes(assignment.get(processId) ?? '')) found.add(barcode);
  }
  return [...found].sort();
}

/** The record without a species name that is a placeholder. */
export function withoutPlaceholder(record: SplitRecord): SplitRecord {
  const { species, ...coarser } = record.lineage;
  const isPlaceholder = species !== undefined && placeholderRule(record.lineage, 'strict') !== undefined;
  return isPlaceholder ? { ...record, lineage: coarser } : record;
}

function requireRoles(roles: Readonly<Record<string, readonly unknown[]>>): void {
  for (const [name, items] of Object.entries(roles)) {
    if (items.length > 0) continue;
    throw new BioscanError(
      'bad-input',
      `cli: open world, got no record in split '${name}', expected some; make the split with more records or species`,
      { split: name },
    );
  }
}

function sharesSpecies(
  a: readonly Identified<string>[],
  b: readonly Identified<string>[],
  labels: LabelTable,
): boolean {
  const species = new Set(a.map(({ id }) => labels.labelOf(id, 'species')));
  return b.some(({ id }) => {
    const label = labels.labelOf(id, 'species');
    return label !== undefined && species.has(label);
  });
}
