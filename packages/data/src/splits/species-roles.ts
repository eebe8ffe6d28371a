import type { Rng } from '@bioscan/core';
import type { OpenWorldSettings } from './open-world-options.js';
import { compare, type SplitRecord } from './split-plan.js';
import { trustedSpecies, type WindowClass } from './window-classes.js';

/** What a species is in an open world. `unseen` is both val_unseen and test_unseen, in the published manner. */
export type SpeciesRole = 'seen' | 'val_unseen' | 'test_unseen' | 'unseen' | 'novel';

interface SpeciesFacts {
  readonly name: string;
  readonly genera: ReadonlySet<string>;
  readonly records: number;
  readonly classes: number;
}

/** Species that must share a fate: they share a barcode in the window or, where asked, a BIN. */
type Component = readonly SpeciesFacts[];

/**
 * Gives each species of `classes` its role. Components of species are taken in random order; one becomes unseen only if each of its species has
 * enough records and leaves its genera a seen species, and novel only if it does not take the last seen species from a genus with unseen ones.
 */
export function assignRoles(
  classes: readonly WindowClass[],
  records: readonly SplitRecord[],
  settings: OpenWorldSettings,
  random: Rng,
): Map<string, SpeciesRole> {
  const facts = speciesFacts(classes);
  const components = speciesComponents(facts, classes, records, settings.sharedBin === 'hold-out');
  const order = random.split('roles').shuffle(components);
  const draft = dealUnseen(facts, order, settings);
  draft.fill(order, 'novel', settings.speciesShares.novel * facts.length, 1);
  return draft.roles;
}

/** Deals the unseen roles. Where too few species are eligible for both, both shares shrink alike: tuning needs species as much as testing. */
function dealUnseen(
  facts: readonly SpeciesFacts[],
  order: readonly Component[],
  { speciesShares: { valUnseen, testUnseen }, unseen, minimumUnseen }: OpenWorldSettings,
): RoleDraft {
  const wanted = (valUnseen + testUnseen) * facts.length;
  const first = new RoleDraft(facts);
  if (unseen === 'bioscan5m') {
    first.fill(order, 'unseen', wanted, minimumUnseen);
    return first;
  }
  const test = first.fill(order, 'test_unseen', testUnseen * facts.length, minimumUnseen);
  const val = first.fill(order, 'val_unseen', valUnseen * facts.length, minimumUnseen);
  if (val >= (valUnseen * facts.length) / 2) return first;
  const shrunk = new RoleDraft(facts);
  const factor = (test + val) / wanted;
  shrunk.fill(order, 'test_unseen', factor * testUnseen * facts.length, minimumUnseen);
  shrunk.fill(order, 'val_unseen', factor * valUnseen * facts.length, minimumUnseen);
  return shrunk;
}

/** Roles so far, and how many seen and unseen species each genus has. */
class RoleDraft {
  readonly roles: Map<string, SpeciesRole>;
  readonly #seen = new Map<string, number>();
  readonly #unseen = new Map<string, number>();

  constructor(facts: readonly SpeciesFacts[]) {
    this.roles = new Map(facts.map(({ name }) => [name, 'seen']));
    for (const { genera } of facts) for (const genus of genera) add(this.#seen, genus, 1);
  }

  /** Gives `role` to components until `wanted` species have it; a component that would overshoot is left. @returns how many got it */
  fill(components: readonly Component[], role: SpeciesRole, wanted: number, minimum: number): number {
    let count = 0;
    for (const component of components) {
      if (count + component.length > wanted || !this.#eligible(component, role, minimum)) continue;
      count += component.length;
      for (const { name, genera } of component) {
        this.roles.set(name, role);
        for (const genus of genera) {
          add(this.#seen, genus, -1);
          if (role !== 'novel') add(this.#unseen, genus, 1);
        }
      }
    }
    return count;
  }

  #eligible(component: Component, role: SpeciesRole, minimum: number): boolean {
    if (component.some(({ name }) => this.roles.get(name) !== 'seen')) return false;
    const taken = new Map<string, number>();
    for (const { genera } of component) for (const genus of genera) add(taken, genus, 1);
    const leavesSeen = [...taken].every(([genus, count]) => (this.#seen.get(genus) ?? 0) > count);
    if (role === 'novel') {
      return [...taken].every(([genus, count]) => !this.#unseen.has(genus) || (this.#seen.get(genus) ?? 0) > count);
    }
    const enough = component.every(
      ({ records, classes, genera }) => records >= minimum && classes >= 2 && genera.size > 0,
    );
    return enough && leavesSeen;
  }
}

function speciesFacts(classes: readonly WindowClass[]): SpeciesFacts[] {
  const found = new Map<string, { genera: Set<string>; records: number; classes: number }>();
  for (const one of classes) {
    for (const name of one.species) {
      const facts = found.get(name) ?? { genera: new Set<string>(), records: 0, classes: 0 };
      facts.classes++;
      found.set(name, facts);
    }
    for (const record of one.records) {
      const facts = found.get(trustedSpecies(record) ?? '');
      if (facts === undefined) continue;
      facts.records++;
      if (record.lineage.genus !== undefined) facts.genera.add(record.lineage.genus);
    }
  }
  return Array.from(found, ([name, facts]) => ({ name, ...facts })).sort((a, b) => compare(a.name, b.name));
}

function speciesComponents(
  facts: readonly SpeciesFacts[],
  classes: readonly WindowClass[],
  records: readonly SplitRecord[],
  holdBins: boolean,
): Component[] {
  const parent = new Map(facts.map(({ name }) => [name, name]));
  function root(name: string): string {
    let top = name;
    for (let up = parent.get(top); up !== undefined && up !== top; up = parent.get(top)) top = up;
    return top;
  }
  function join(a: string, b: string): void {
    const [low, high] = [root(a), root(b)].sort();
    if (low !== undefined && high !== undefined) parent.set(high, low);
  }
  for (const { species } of classes) for (const name of species) join(species[0] ?? name, name);
  if (holdBins) joinBins(classes, records, (name) => parent.has(name), join);
  const components = new Map<string, SpeciesFacts[]>();
  for (const one of facts) components.set(root(one.name), [...(components.get(root(one.name)) ?? []), one]);
  return [...components.values()];
}

/** Species that share a BIN, also through a record without a trusted name that has the barcode of one and the BIN of the other. */
function joinBins(
  classes: readonly WindowClass[],
  records: readonly SplitRecord[],
  isSpecies: (name: string) => boolean,
  join: (a: string, b: string) => void,
): void {
  const firstOfBin = new Map<string, string>();
  const put = ({ bin }: SplitRecord, name: string | undefined): void => {
    if (name === undefined || bin === undefined || !isSpecies(name)) return;
    const first = firstOfBin.get(bin);
    if (first === undefined) firstOfBin.set(bin, name);
    else join(first, name);
  };
  for (const record of records) put(record, trustedSpecies(record));
  for (const { species, records: members } of classes) for (const record of members) put(record, species[0]);
}

function add(counts: Map<string, number>, key: string, by: number): void {
  counts.set(key, (counts.get(key) ?? 0) + by);
}
