import type { AuditRecord } from './audit-record.js';

/** Pretrain records that lie in a BIN of a held-out species: the species was seen after all, without its name. */
export interface HeldOutBins {
  /** BINs of unseen and novel species. */
  readonly bins: number;
  /** Those that pretrain holds too. */
  readonly sharedBins: number;
  readonly pretrainRecords: number;
  readonly pretrainWithBin: number;
  /** Process ids of all pretrain records in shared BINs: leave them out and score again. */
  readonly records: readonly string[];
}

const heldOut = new Set(['key_unseen', 'val_unseen', 'test_unseen', 'other_heldout']);

/** Compares two columns, BIN and split. Linear. */
export function checkHeldOutBins(
  records: readonly AuditRecord[],
  assignment: ReadonlyMap<string, string>,
): HeldOutBins {
  const bins = new Set<string>();
  const pretrain: AuditRecord[] = [];
  for (const record of records) {
    const split = assignment.get(record.processId);
    if (split === 'pretrain') pretrain.push(record);
    else if (split !== undefined && heldOut.has(split) && record.bin !== undefined) bins.add(record.bin);
  }
  const shared = pretrain.filter(({ bin }) => bin !== undefined && bins.has(bin));
  return {
    bins: bins.size,
    sharedBins: new Set(shared.map(({ bin }) => bin)).size,
    pretrainRecords: pretrain.length,
    pretrainWithBin: pretrain.filter(({ bin }) => bin !== undefined).length,
    records: shared.map(({ processId }) => processId).sort(),
  };
}
