import { placeholderRule } from '../placeholder-rule.js';
import { barcodeClasses, type BarcodeClass } from './barcode-classes.js';
import { findCommonWindow, groupViews } from './common-window.js';
import { compare, type SetAside, type SplitRecord } from './split-plan.js';

/** Records that agree in the common window: the unit of an open-world split. */
export interface WindowClass {
  readonly records: readonly SplitRecord[];
  /** Trusted species names among them, sorted; usually one. */
  readonly species: readonly string[];
}

export interface WindowClasses {
  readonly classes: readonly WindowClass[];
  readonly fragments: readonly SplitRecord[];
  readonly setAside: readonly SetAside[];
  readonly window: { readonly start: number; readonly width: number };
}

/** Groups sorted records by identity in the window that most of them fill; those that do not fill it are fragments. */
export function windowClasses(records: readonly SplitRecord[], minimumLength: number): WindowClasses {
  const { classes: whole, setAside } = barcodeClasses(records);
  const sorted = [...whole].sort((a, b) => compare(a.key, b.key));
  const { start, width, views } = findCommonWindow(
    sorted.map(({ key }) => key),
    sorted.map((one) => one.records.length),
    minimumLength,
  );
  const inside = sorted.flatMap((one, i) => (views[i] === undefined ? [] : [{ one, view: views[i] }]));
  const groups = groupViews(inside.map(({ view }) => view), width - minimumLength); // prettier-ignore
  const members = new Map<number, BarcodeClass[]>();
  for (const [i, { one }] of inside.entries()) {
    const group = groups[i] as number;
    members.set(group, [...(members.get(group) ?? []), one]);
  }
  const fragments = sorted.flatMap((one, i) => (views[i] === undefined ? one.records : []));
  return { classes: Array.from(members.values(), windowClass), fragments, setAside, window: { start, width } };
}

function windowClass(members: readonly BarcodeClass[]): WindowClass {
  const records = members.flatMap((one) => one.records).sort((a, b) => compare(a.processId, b.processId));
  const species = [...new Set(records.flatMap((record) => trustedSpecies(record) ?? []))].sort();
  return { records, species };
}

/** The species of a record; absent for placeholder names, which count as no name in splits of one's own. */
export function trustedSpecies({ lineage }: SplitRecord): string | undefined {
  return lineage.species === undefined || placeholderRule(lineage, 'strict') !== undefined
    ? undefined
    : lineage.species;
}
