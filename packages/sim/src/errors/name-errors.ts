import { ranks, type Lineage, type Rank, type Rng } from '@bioscan/core';
import type { ErrorDraft } from './draft.js';
import type { ErrorRates } from './error-rates.js';

/**
 * Names that are wrong: `cryptic-species` puts all records of a species under the name of a congener; `mislabelled-near` gives a record the name of a
 * congener; `mislabelled-far` the names of another family, as deep as it was named. Wrong species come from the same set (seen, unseen, held out).
 */
export function plantNameErrors(draft: ErrorDraft, rates: ErrorRates, random: Rng): void {
  plantCryptic(draft, rates['cryptic-species'], random.split('cryptic-species'));
  const near = random.split('mislabelled-near');
  const congeners = recordsBy(draft, ({ genus, species }) => (species === undefined ? undefined : genus));
  for (const index of draft.choose(rates['mislabelled-near'], (i) => others(draft, congeners, i).length > 0, near)) {
    const donors = others(draft, congeners, index);
    // An earlier mislabel may have taken the last other name of the genus.
    const donor = donors[near.integer(Math.max(1, donors.length))];
    if (donor === undefined) continue;
    draft.rename('mislabelled-near', index, lineageFrom(draft, index, donor), donor);
  }
  const far = random.split('mislabelled-far');
  const byDepth = recordsBy(draft, depthOf);
  const strangers = (index: number): readonly number[] =>
    byDepth.get(`${setOf(draft, index)} ${depthOf(draft.row(index).lineage) ?? ''}`) ?? [];
  for (const index of draft.choose(rates['mislabelled-far'], (i) => depthOf(draft.row(i).lineage) !== undefined, far)) {
    const candidates = strangers(index);
    for (let tries = 0; tries < 40; tries++) {
      const donor = candidates[far.integer(Math.max(1, candidates.length))] ?? index;
      if (draft.row(donor).lineage.family === draft.row(index).lineage.family) continue;
      draft.rename('mislabelled-far', index, lineageFrom(draft, index, donor), donor);
      break;
    }
  }
}

/** At least one species where the rate is above 0 and a pair of congeners is named. */
function plantCryptic(draft: ErrorDraft, rate: number, random: Rng): void {
  if (rate === 0) return;
  const bySpecies = recordsBy(draft, ({ species }) => species);
  const names = random.shuffle([...bySpecies.keys()].sort());
  let left = Math.max(1, Math.round(rate * names.length));
  const used = new Set<string>();
  for (const name of names) {
    const members = bySpecies.get(name) ?? [];
    const [first] = members;
    if (left === 0 || first === undefined || used.has(name) || !members.every((i) => draft.free(i))) continue;
    const host = names.find(
      (other) => other !== name && !used.has(other) && congeneric(draft, bySpecies.get(other)?.[0], first),
    );
    const donor = bySpecies.get(host ?? '')?.[0];
    if (host === undefined || donor === undefined) continue;
    for (const index of members) draft.rename('cryptic-species', index, draft.row(donor).lineage, donor);
    used.add(name).add(host);
    left--;
  }
}

function congeneric(draft: ErrorDraft, a: number | undefined, b: number): boolean {
  return (
    a !== undefined &&
    draft.free(a) &&
    setOf(draft, a) === setOf(draft, b) &&
    draft.row(a).lineage.genus === draft.row(b).lineage.genus
  );
}

/** Records by species set and a name. */
function recordsBy(draft: ErrorDraft, nameOf: (lineage: Lineage) => string | undefined): Map<string, number[]> {
  const groups = new Map<string, number[]>();
  draft.specimens.forEach(({ lineage }, i) => {
    const name = nameOf(lineage);
    if (name === undefined) return;
    const key = `${setOf(draft, i)} ${name}`;
    const members = groups.get(key);
    if (members === undefined) groups.set(key, [i]);
    else members.push(i);
  });
  return groups;
}

/** Records of congeners, of another species than a record bears and than it is. */
function others(draft: ErrorDraft, congeners: ReadonlyMap<string, readonly number[]>, index: number): number[] {
  const { genus, species } = draft.row(index).lineage;
  if (genus === undefined || species === undefined) return [];
  const found = congeners.get(`${setOf(draft, index)} ${genus}`) ?? [];
  return found.filter(
    (other) =>
      draft.row(other).lineage.species !== species && draft.truthOf(other).species !== draft.truthOf(index).species,
  );
}

function lineageFrom(draft: ErrorDraft, index: number, donor: number): Lineage {
  const { lineage } = draft.row(donor);
  const own = draft.row(index).lineage;
  return Object.fromEntries(
    ranks.flatMap((rank) => (own[rank] === undefined || lineage[rank] === undefined ? [] : [[rank, lineage[rank]]])),
  );
}

/** The deepest rank at or below family that a record is named to. */
function depthOf(lineage: Lineage): Rank | undefined {
  return (['species', 'genus', 'family'] as const).find((rank) => lineage[rank] !== undefined);
}

const sets: Readonly<Record<string, string>> = {
  train: 'seen', val: 'seen', test: 'seen', key_unseen: 'unseen', val_unseen: 'unseen', test_unseen: 'unseen',
}; // prettier-ignore

function setOf(draft: ErrorDraft, index: number): string {
  const { split = '' } = draft.row(index);
  return sets[split] ?? split;
}
