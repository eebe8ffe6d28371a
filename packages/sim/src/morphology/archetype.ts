import { traitNames, type TraitName } from './traits.js';

/** How limbs and wings are attached, and how a dead one lies in its well. */
export type BodyPlan = 'fly' | 'wasp' | 'beetle' | 'bug' | 'moth' | 'thrips' | 'springtail' | 'spider' | 'mite';

/** A family's starting point: its plan, and where it leaves the ordinary insect. */
export interface Archetype {
  readonly name: string;
  readonly plan: BodyPlan;
  /** How often a family of the order starts here. */
  readonly weight: number;
  readonly traits: Partial<Record<TraitName, number>>;
}

/** Reads `name value, name value …`: the tables stay tables. */
export function traitsOf(text: string): Partial<Record<TraitName, number>> {
  const entries = text
    .split(/[,\n]/)
    .map((entry) => entry.trim().split(' '))
    .filter(([name]) => name !== '');
  for (const [name, value] of entries) {
    if (!traitNames.includes(name as TraitName) || !(Number(value) >= 0))
      throw new RangeError(`sim: no trait '${String(name)} ${String(value)}'`);
  }
  return Object.fromEntries(entries.map(([name, value]) => [name, Number(value)] as const)) as Partial<
    Record<TraitName, number>
  >;
}
