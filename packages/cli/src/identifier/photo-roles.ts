import type { Rng } from '@bioscan/core';
import type { ReferenceSpecimen } from '@bioscan/identify';

/** A specimen with a photo, and its split where the table has one. */
export interface PhotographedSpecimen extends ReferenceSpecimen {
  readonly split?: string;
}

/** Which photos become references, and which only check them. */
export interface PhotoRoles {
  readonly references: readonly string[];
  readonly validation: readonly string[];
  /** How they were told apart. */
  readonly by: 'split' | 'chance';
  /** Photos of other splits and without any name. */
  readonly unused: number;
}

const referenceSplits: ReadonlySet<string> = new Set(['train', 'key_unseen']);
const validationSplits: ReadonlySet<string> = new Set(['val', 'val_unseen']);

/**
 * By the table's split where it has one (`train` and `key_unseen` are references, `val` and `val_unseen` validate; test photos are left
 * alone), else by chance: a share of each species, and never its only photo. Specimens without a name have no role.
 */
export function photoRoles(
  specimens: readonly PhotographedSpecimen[],
  { rng, share = 0.2 }: { readonly rng: Rng; readonly share?: number },
): PhotoRoles {
  const named = specimens.filter(({ lineage, bin }) => bin !== undefined || Object.keys(lineage).length > 0);
  const ids = (splits: ReadonlySet<string>): string[] =>
    named.flatMap(({ processId, split }) => (splits.has(split ?? '') ? [processId] : []));
  const [references, validation] = [ids(referenceSplits), ids(validationSplits)];
  if (references.length > 0 && validation.length > 0) {
    return { references, validation, by: 'split', unused: specimens.length - references.length - validation.length };
  }
  const drawn = byChance(named, rng, share);
  return { ...drawn, by: 'chance', unused: specimens.length - named.length };
}

function byChance(
  named: readonly PhotographedSpecimen[],
  rng: Rng,
  share: number,
): Pick<PhotoRoles, 'references' | 'validation'> {
  const groups = new Map<string, string[]>();
  for (const { processId, lineage, bin } of named) {
    const group = lineage.species ?? bin ?? Object.values(lineage).at(-1) ?? '';
    groups.set(group, [...(groups.get(group) ?? []), processId]);
  }
  const references: string[] = [];
  const validation: string[] = [];
  for (const group of groups.values()) {
    // A species of few gives a photo as often as its share says.
    const wanted = share * group.length;
    const count = Math.min(group.length - 1, Math.floor(wanted) + (rng.uniform() < wanted % 1 ? 1 : 0));
    rng.shuffle(group);
    validation.push(...group.slice(0, count));
    references.push(...group.slice(count));
  }
  return { references, validation };
}
