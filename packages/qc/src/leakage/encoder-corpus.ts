import { barcodeHash, type EncoderProvenance } from '@bioscan/core';
import type { AuditRecord } from './audit-record.js';

/** What an encoder saw in training of each query split. */
export interface CorpusCheck {
  readonly encoder: string;
  /** False when the encoder does not say what it was trained on. */
  readonly known: boolean;
  readonly members: number;
  /** Query splits of which something was seen, with the process ids. */
  readonly seen: readonly { readonly split: string; readonly records: readonly string[] }[];
}

/** Splits whose records are asked about; the others are there to learn from. */
export const querySplits: ReadonlySet<string> = new Set(['val', 'test', 'val_unseen', 'test_unseen', 'other_heldout']);

/** Compares the corpora of encoders with all query records, by barcode hash or process id as the corpus has it. */
export function checkCorpora(
  encoders: readonly EncoderProvenance[],
  records: readonly AuditRecord[],
  assignment: ReadonlyMap<string, string>,
): CorpusCheck[] {
  if (encoders.length === 0) return [];
  const queries = records.flatMap((record) => {
    const split = assignment.get(record.processId);
    if (split === undefined || !querySplits.has(split)) return [];
    return [{ split, processId: record.processId, hash: barcodeHash(record.barcode ?? '') }];
  });
  return encoders.map(({ id, corpus }) => {
    const members = new Set(corpus?.members);
    const bySplit = new Map<string, string[]>();
    for (const { split, processId, hash } of queries) {
      if (!members.has(corpus?.kind === 'process-ids' ? processId : hash)) continue;
      bySplit.set(split, [...(bySplit.get(split) ?? []), processId]);
    }
    const seen = Array.from(bySplit, ([split, ids]) => ({ split, records: ids.sort() }));
    return { encoder: id, known: corpus !== undefined, members: members.size, seen };
  });
}
