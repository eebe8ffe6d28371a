import { BioscanError, type Rng } from '@bioscan/core';
import type { ReferenceSpecimen } from '@bioscan/identify';

/** A specimen with a photo, and its split where the table has one. */
export interface PhotographedSpecimen extends ReferenceSpecimen {
  readonly split?: string;
}

/** Which photos become references, and which only check them. */
export interface PhotoRoles {
  readonly references: readonly string[];
  readonly validation: readonly string[];
  /** References whose species the split keeps out of training. Absent: the split does not tell. */
  readonly keyOnly?: readonly string[];
  /** How they were told apart. */
  readonly by: 'split' | 'chance';
  /** Photos of other splits and without any name. */
  readonly unused: number;
  /** What was done where the split gives one of the roles to no photo. */
  readonly warning?: string;
}

const referenceSplits: ReadonlySet<string> = new Set(['train', 'key_unseen']);
const validationSplits: ReadonlySet<string> = new Set(['val', 'val_unseen']);

/**
 * By the table's split where it has one (`train` and `key_unseen` are references, `val` and `val_unseen` validate), else by chance: a share of
 * each species, and never its only photo. Where a split gives one role to no photo, its photos of the other role are dealt by chance, with a
 * warning; test photos and those of any other split never get a role. Specimens without a name have none.
 * @throws BioscanError `bad-input` when a split gives a role to no photo at all
 */
export function photoRoles(
  specimens: readonly PhotographedSpecimen[],
  { rng, share = 0.2 }: { readonly rng: Rng; readonly share?: number },
): PhotoRoles {
  const named = specimens.filter(({ lineage, bin }) => bin !== undefined || Object.keys(lineage).length > 0);
  const within = (splits: ReadonlySet<string>): PhotographedSpecimen[] =>
    named.filter(({ split }) => split !== undefined && splits.has(split));
  const [references, validation] = [within(referenceSplits), within(validationSplits)];
  if (references.length > 0 && validation.length > 0) {
    return {
      references: idsOf(references),
      validation: idsOf(validation),
      keyOnly: idsOf(references.filter(({ split }) => split === 'key_unseen')),
      by: 'split',
      unused: specimens.length - references.length - validation.length,
    };
  }
  const unsplit = named.every(({ split }) => split === undefined);
  const pool = unsplit ? named : [...references, ...validation];
  if (pool.length === 0 && named.length > 0) throw noRoles(named);
  const roles = { ...byChance(pool, rng, share), by: 'chance', unused: specimens.length - pool.length } as const;
  if (unsplit) return roles;
  const [from, other] = references.length > 0 ? ['train and key_unseen', 'val'] : ['val and val_unseen', 'train'];
  return {
    ...roles,
    warning: `no photo in the split ${other}: the ${pool.length} of ${from} were dealt by chance, ${roles.references.length} to be references and ${roles.validation.length} to validate; ${named.length - pool.length} photos of other splits, test photos among them, stay out`,
  };
}

function idsOf(specimens: readonly PhotographedSpecimen[]): string[] {
  return specimens.map(({ processId }) => processId);
}

function noRoles(named: readonly PhotographedSpecimen[]): BioscanError {
  const splits = [...new Set(named.map(({ split }) => split ?? 'none'))].sort().join(', ');
  return new BioscanError(
    'bad-input',
    `cli: export, got ${named.length} photos of the splits ${splits}, expected some of train or val: test photos never become references; name the splits so, or leave the split column out to have a share of each species validate`,
    { photos: named.length },
  );
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
