import type { AuditRecord } from '../leakage/audit-record.js';

/** How many records a BIN and a species have in common. */
export interface BinSpeciesCell {
  readonly bin: string;
  readonly species: string;
  readonly records: number;
}

/** BINs against species, from two columns. Cells, BINs and species stand in sorted order. */
export interface BinSpeciesTable {
  readonly cells: readonly BinSpeciesCell[];
  /** Records with both a BIN and a species. */
  readonly records: number;
}

/** One side of the table that meets several names of the other. */
export interface Discordance {
  readonly name: string;
  /** Records in its cells. */
  readonly total: number;
  /** The names it meets, most records first. */
  readonly cells: readonly BinSpeciesCell[];
}

/** Cross-tabulates BIN and species. Records that lack either are left out. */
export function binSpeciesTable(records: Iterable<AuditRecord>): BinSpeciesTable {
  const counts = new Map<string, Map<string, number>>();
  let total = 0;
  for (const { bin, lineage } of records) {
    if (bin === undefined || lineage.species === undefined) continue;
    const bySpecies = counts.get(bin) ?? new Map<string, number>();
    bySpecies.set(lineage.species, (bySpecies.get(lineage.species) ?? 0) + 1);
    counts.set(bin, bySpecies);
    total++;
  }
  const cells = [...counts].flatMap(([bin, bySpecies]) =>
    Array.from(bySpecies, ([species, count]): BinSpeciesCell => ({ bin, species, records: count })),
  );
  cells.sort((a, b) => compare(a.bin, b.bin) || compare(a.species, b.species));
  return { cells, records: total };
}

/**
 * BINs that hold several species. `minimum` applies to a species' total over all its BINs, never to its records in one BIN: one record under
 * another name is the strongest sign of a misidentification.
 */
export function discordantBins(table: BinSpeciesTable, minimum = 3): Discordance[] {
  return discordances(table.cells, (cell) => cell.bin, minimum);
}

/** Species found in several BINs, with the same minimum. */
export function speciesInSeveralBins(table: BinSpeciesTable, minimum = 3): Discordance[] {
  return discordances(table.cells, (cell) => cell.species, minimum);
}

function discordances(
  all: readonly BinSpeciesCell[],
  side: (cell: BinSpeciesCell) => string,
  minimum: number,
): Discordance[] {
  const totals = new Map<string, number>();
  for (const { species, records } of all) totals.set(species, (totals.get(species) ?? 0) + records);
  const groups = new Map<string, BinSpeciesCell[]>();
  for (const cell of all) {
    if ((totals.get(cell.species) ?? 0) >= minimum) groups.set(side(cell), [...(groups.get(side(cell)) ?? []), cell]);
  }
  return Array.from(groups, ([name, cells]) => ({
    name,
    total: cells.reduce((sum, cell) => sum + cell.records, 0),
    cells: cells.sort((a, b) => b.records - a.records),
  }))
    .filter(({ cells }) => cells.length > 1)
    .sort((a, b) => compare(a.name, b.name));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
