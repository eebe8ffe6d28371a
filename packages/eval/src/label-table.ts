import { BioscanError, labelAt, ranks, type LabelRank, type Specimen } from '@bioscan/core';

/** The eight ranks of every table of results: the seven names, and the BIN. */
export const labelRanks: readonly LabelRank[] = [...ranks, 'bin'];

/** What a label table reads of a specimen. */
export type LabelledRecord = Pick<Specimen, 'processId' | 'lineage' | 'bin'>;

/** Labels by id. Vectors, neighbours and predictions carry ids only; labels join here and nowhere earlier. */
export interface LabelTable {
  readonly size: number;
  has(id: string): boolean;
  /** The label at a rank; undefined when the record has none. Throws `not-found` for an id that the table lacks. */
  labelOf(id: string, rank: LabelRank): string | undefined;
}

/**
 * Makes a label table of specimens (or anything with `processId`, `lineage` and `bin`).
 * @throws BioscanError `bad-input` for an id that occurs twice: which labels would count?
 */
export function labelTable(records: Iterable<LabelledRecord>): LabelTable {
  const byId = new Map<string, LabelledRecord>();
  for (const record of records) {
    if (byId.has(record.processId)) {
      throw new BioscanError(
        'bad-input',
        `eval: label table, got id '${record.processId}' twice, expected each id once; remove duplicates when reading`,
        { id: record.processId },
      );
    }
    byId.set(record.processId, record);
  }
  return {
    size: byId.size,
    has: (id) => byId.has(id),
    labelOf(id, rank) {
      const record = byId.get(id);
      if (record === undefined) throw missing(id, byId.size);
      return labelAt(record, rank);
    },
  };
}

/** The labels of many ids at one rank, in their order. */
export function labelsOf(table: LabelTable, ids: readonly string[], rank: LabelRank): (string | undefined)[] {
  return ids.map((id) => table.labelOf(id, rank));
}

function missing(id: string, size: number): BioscanError {
  return new BioscanError(
    'not-found',
    `eval: label of '${id}', got no such id among ${size} records, expected every query and key in the label table; ` +
      'add the record (a record may lack a label, never be absent)',
    { id },
  );
}
