import type { EmbeddingBlock, LabelRank } from '@bioscan/core';
import type { LabelTable } from '@bioscan/eval';
import type { PhotoSet } from '@bioscan/identify';

/** What an identifier knows of the species on a photo. */
export const noveltySets: readonly PhotoSet[] = ['seen', 'unseen with keys', 'novel', 'without a name'];
export type NoveltySet = PhotoSet;

/** How the sets are called on a card. */
export const setNames: Readonly<Record<NoveltySet, string>> = {
  seen: 'seen species',
  'unseen with keys': 'unseen species with keys',
  novel: 'novel species',
  'without a name': 'photos without a species name',
};

/**
 * Tells what an identifier knows of a photo's finest name: keys and training photos, keys alone, or nothing.
 * @param keyOnly process ids of keys that the encoder was not trained on; absent: its training is not known, and all keys count as seen
 */
export function noveltyOf(
  keys: EmbeddingBlock,
  labels: LabelTable,
  finest: LabelRank,
  keyOnly: ReadonlySet<string> = new Set(),
): (id: string) => NoveltySet {
  const [seen, known] = [new Set<string>(), new Set<string>()];
  for (const id of keys.ids) {
    const name = labels.labelOf(id, finest);
    if (name === undefined) continue;
    known.add(name);
    if (!keyOnly.has(id)) seen.add(name);
  }
  return (id) => {
    const name = labels.labelOf(id, finest);
    if (name === undefined) return 'without a name';
    if (seen.has(name)) return 'seen';
    return known.has(name) ? 'unseen with keys' : 'novel';
  };
}
