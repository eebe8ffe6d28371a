import { ranks, type Curation, type Rank, type Specimen } from '@bioscan/core';

/** Where a column's value stands in a specimen. `coordinates` is latitude and longitude in one. */
export type SpecimenField =
  | 'processId'
  | 'sampleId'
  | Rank
  | 'bin'
  | 'barcode'
  | 'imageFile'
  | 'imageChunk'
  | 'country'
  | 'province'
  | 'latitude'
  | 'longitude'
  | 'coordinates'
  | 'maskPixels'
  | 'areaFraction'
  | 'scaleFactor'
  | 'split'
  | keyof Curation;

/** A specimen with the columns that have no field of their own, under their header names. */
export interface SpecimenRow extends Specimen {
  readonly other?: Readonly<Record<string, string | number>>;
}

/** Values of a row by field or header name; what is absent is undefined. */
export type RowValues = Readonly<Record<string, string | number | undefined>>;

const curationFields = {
  identifier: true,
  identificationMethod: true,
  voucher: true,
  institution: true,
  museumId: true,
  accession: true,
  collectors: true,
  collectionDate: true,
  site: true,
  region: true,
  sector: true,
  sex: true,
  lifeStage: true,
  marker: true,
  source: true,
  note: true,
} as const satisfies Record<keyof Curation, true>;

type Group = 'root' | 'lineage' | 'image' | 'place' | 'size' | 'curation' | 'other';

const groups: ReadonlyMap<string, readonly [group: Group, key: string]> = new Map([
  ...(['processId', 'sampleId', 'bin', 'barcode', 'split'] as const).map((key) => entry(key, 'root', key)),
  ...ranks.map((rank) => entry(rank, 'lineage', rank)),
  entry('imageFile', 'image', 'file'),
  entry('imageChunk', 'image', 'chunk'),
  ...(['country', 'province', 'latitude', 'longitude'] as const).map((key) => entry(key, 'place', key)),
  ...(['maskPixels', 'areaFraction', 'scaleFactor'] as const).map((key) => entry(key, 'size', key)),
  ...Object.keys(curationFields).map((key) => entry(key, 'curation', key)),
]);

function entry(field: string, group: Group, key: string): [string, readonly [Group, string]] {
  return [field, [group, key]];
}

/** The group and the key under which a slot's value stands; slots that no field owns go to `other`. */
export function placeInSpecimen(slot: string): readonly [group: string, key: string] {
  return groups.get(slot) ?? ['other', slot];
}

/** The value of a field, or of the `other` column of that name. */
export function fieldOf(specimen: SpecimenRow, slot: string): string | number | undefined {
  const [group, key] = placeInSpecimen(slot);
  const holder = group === 'root' ? specimen : specimen[group as 'lineage'];
  return (holder as RowValues | undefined)?.[key];
}

const slotByKey: ReadonlyMap<string, string> = new Map(
  [...groups].map(([slot, [group, key]]) => [`${group}.${key}`, slot]),
);

/** The slots for which a specimen has a value. */
export function slotsIn(specimen: SpecimenRow): string[] {
  const slots: string[] = [];
  for (const [key, value] of Object.entries(specimen)) {
    if (typeof value === 'string') slots.push(slotByKey.get(`root.${key}`) ?? key);
    else if (value !== undefined) {
      for (const [inner, content] of Object.entries(value as RowValues)) {
        if (content !== undefined) slots.push(slotByKey.get(`${key}.${inner}`) ?? inner);
      }
    }
  }
  return slots;
}

/** Builds a specimen from slots and their values. Groups without any value are left out. */
export function assembleSpecimen(
  slots: readonly (readonly [group: string, key: string])[],
  valueOf: (slot: number) => string | number | undefined,
): SpecimenRow {
  const specimen: Record<string, unknown> = { processId: '', lineage: {} };
  for (let slot = 0; slot < slots.length; slot++) {
    const value = valueOf(slot);
    if (value === undefined) continue;
    const [group, key] = slots[slot] as readonly [string, string];
    if (group === 'root') specimen[key] = value;
    else ((specimen[group] ??= {}) as Record<string, unknown>)[key] = value;
  }
  return specimen as unknown as SpecimenRow;
}
