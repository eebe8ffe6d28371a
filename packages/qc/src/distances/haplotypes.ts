import { barcodeKey, type Specimen } from '@bioscan/core';

/** One barcode under one name, however many records carry it. A barcode under two names is two haplotypes. */
export interface Haplotype {
  readonly name: string;
  /** As `barcodeKey` has it: upper case, without gaps, N taken off both ends. */
  readonly barcode: string;
  /** Process ids, sorted. */
  readonly records: readonly string[];
}

/** What haplotypes are made of. */
export type HaplotypeRecord = Pick<Specimen, 'processId' | 'lineage' | 'bin' | 'barcode' | 'place'>;

export interface HaplotypeOptions {
  /** The name of a record, undefined to leave it out; default: its species. Strip placeholders and synonyms here. */
  readonly nameOf?: (record: HaplotypeRecord) => string | undefined;
}

/** The different barcodes of each name, in order of name and barcode: nothing depends on the order of the rows. Records without either are left out. */
export function haplotypes(records: Iterable<HaplotypeRecord>, options: HaplotypeOptions = {}): Haplotype[] {
  const { nameOf = speciesOf } = options;
  const names = new Map<string, Map<string, string[]>>();
  for (const record of records) {
    const name = nameOf(record);
    const barcode = barcodeKey(record.barcode ?? '');
    if (name === undefined || name === '' || barcode === '') continue;
    const barcodes = names.get(name) ?? new Map<string, string[]>();
    names.set(name, barcodes);
    const ids = barcodes.get(barcode);
    if (ids === undefined) barcodes.set(barcode, [record.processId]);
    else ids.push(record.processId);
  }
  return [...names]
    .sort(byFirst)
    .flatMap(([name, barcodes]) =>
      [...barcodes].sort(byFirst).map(([barcode, ids]) => ({ name, barcode, records: ids.sort() })),
    );
}

function speciesOf({ lineage }: HaplotypeRecord): string | undefined {
  return lineage.species;
}

function byFirst([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
