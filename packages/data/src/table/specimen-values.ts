import type { ColumnSchema } from './table-schema.js';
import { fieldOf, slotsIn, type SpecimenRow } from './specimen-field.js';
import type { ColumnValue } from './column-parser.js';
import { slotOf } from './table-schema.js';

/** The value that a column holds for a specimen; a coordinate column holds both. */
export function columnValue(specimen: SpecimenRow, column: ColumnSchema): ColumnValue | undefined {
  if (column.field !== 'coordinates') return fieldOf(specimen, slotOf(column));
  const { latitude, longitude } = specimen.place ?? {};
  return latitude === undefined || longitude === undefined ? undefined : [latitude, longitude];
}

/** Counts, by slot, the values of specimens that none of `columns` can hold. */
export function lossCounter(columns: readonly ColumnSchema[]): {
  add(specimen: SpecimenRow): void;
  readonly lost: Readonly<Record<string, number>>;
} {
  const held = new Set(columns.map(slotOf));
  if (held.has('coordinates')) held.add('latitude').add('longitude');
  const lost: Record<string, number> = {};
  return {
    lost,
    add(specimen) {
      for (const slot of slotsIn(specimen)) if (!held.has(slot)) lost[slot] = (lost[slot] ?? 0) + 1;
    },
  };
}
