import { barcodeKey, splitNames, type Finding } from '@bioscan/core';
import { bioscan5mFindings } from './bioscan5m-rules.js';
import { openWorldFindings } from './open-world-rules.js';
import { splitFinding, splitIndex, type SplitIndex } from './split-index.js';
import type { SplitRecord } from './split-plan.js';

/**
 * `bioscan5m`: what the published splits keep. `open-world`: species-disjoint val_unseen and test_unseen, a novel set without keys, and a
 * pretrain free of what is held out. `open-world-shared`: the same, but val_unseen and test_unseen may share species.
 */
export type SplitRules = 'bioscan5m' | 'open-world' | 'open-world-shared';

const known: ReadonlySet<string> = new Set([...splitNames, 'fragments', 'surplus']);

/**
 * Checks the invariants of a split, whoever made it. One finding per broken rule, with its count in `evidence.count` and up to ten process ids;
 * an empty list means that all hold. `fragments` and `surplus` are reserves: no rule on species looks at them. Linear.
 */
export function validateSplits(
  records: Iterable<SplitRecord>,
  assignment: ReadonlyMap<string, string>,
  rules: SplitRules = 'bioscan5m',
): Finding[] {
  const index = splitIndex(records, assignment);
  const own = rules === 'bioscan5m' ? bioscan5mFindings(index) : openWorldFindings(index, rules === 'open-world');
  return [...commonFindings(index), ...own];
}

function commonFindings(index: SplitIndex): Finding[] {
  const unseenKeys = index.speciesIn('key_unseen');
  const train = index.speciesIn('train');
  const queries = [...index.speciesIn('val_unseen', 'test_unseen')];
  const seen = [...index.speciesIn('val', 'test')];
  return [
    ...splitFinding('split-unknown-name', 'error', index.ids((_, split) => split !== undefined && !known.has(split)),
      'records carry a split name that is none of the known ones'),
    ...splitFinding('split-unassigned', 'warning', index.ids((_, split) => split === undefined), 'records are in no split'),
    ...splitFinding('split-barcode-shared', 'error', sharedBarcodes(index), 'records have a barcode that also lies in another split'),
    ...splitFinding('split-species-sets-overlap', 'error', overlapping(index),
      'records belong to a species that is both seen and unseen, or also held out'),
    ...splitFinding('split-seen-without-train', 'error', index.idsOfSpecies(seen.filter((name) => !train.has(name)), 'val', 'test'),
      'val or test records belong to a species without train records'),
    ...splitFinding('split-unseen-without-keys', 'error',
      index.idsOfSpecies(queries.filter((name) => !unseenKeys.has(name)), 'val_unseen', 'test_unseen'),
      'unseen queries belong to a species without keys'),
  ]; // prettier-ignore
}

function sharedBarcodes(index: SplitIndex): string[] {
  const splitOf = new Map<string, string>();
  const shared = new Set<string>();
  const keyed = index.rows.map(({ record, split }) => ({ record, split, key: barcodeKey(record.barcode ?? '') }));
  for (const { split, key } of keyed) {
    if (key === '' || split === undefined) continue;
    if ((splitOf.get(key) ?? split) !== split) shared.add(key);
    splitOf.set(key, split);
  }
  return keyed.filter(({ key, split }) => split !== undefined && shared.has(key)).map(({ record }) => record.processId);
}

function overlapping(index: SplitIndex): string[] {
  const sets = [['train', 'val', 'test'], ['key_unseen', 'val_unseen', 'test_unseen'], ['other_heldout']] as const;
  const seenIn = new Map<string, number>();
  for (const splits of sets) {
    for (const species of index.speciesIn(...splits)) seenIn.set(species, (seenIn.get(species) ?? 0) + 1);
  }
  const several = [...seenIn].filter(([, count]) => count > 1).map(([species]) => species);
  return index.idsOfSpecies(several, ...sets.flat());
}
