import type { Finding } from '@bioscan/core';
import { splitFinding, type SplitIndex } from './split-index.js';

const seenSplits = ['train', 'val', 'test'];
const heldOut = ['key_unseen', 'val_unseen', 'test_unseen', 'other_heldout'];

/** What splits of one's own keep, beyond what any split must keep. */
export function openWorldFindings(index: SplitIndex, speciesDisjoint: boolean): Finding[] {
  const elsewhere = index.speciesIn('pretrain', ...seenSplits, 'key_unseen', 'val_unseen', 'test_unseen');
  const novelWithKeys = [...index.speciesIn('other_heldout')].filter((species) => elsewhere.has(species));
  const unseen = index.speciesIn(...heldOut);
  const testSpecies = index.speciesIn('test_unseen');
  const shared = [...index.speciesIn('val_unseen')].filter((species) => testSpecies.has(species));
  const genera = new Set(index.rowsIn('train').flatMap(({ record }) => record.lineage.genus ?? []));
  const strangers = index
    .rowsIn('val_unseen', 'test_unseen')
    .filter(({ record }) => !genera.has(record.lineage.genus ?? ''));
  const heldOutBins = binsOf(index, heldOut);
  const seenBins = binsOf(index, [...seenSplits, 'pretrain']);
  const pretrain = index.rowsIn('pretrain');
  return [
    ...splitFinding('split-novel-with-keys', 'error', index.idsOfSpecies(novelWithKeys, 'other_heldout'),
      'novel records belong to a species that other splits hold'),
    ...(speciesDisjoint
      ? splitFinding('split-unseen-not-disjoint', 'error', index.idsOfSpecies(shared, 'val_unseen', 'test_unseen'),
          'records of val_unseen and test_unseen share a species')
      : []),
    ...splitFinding('split-unseen-strange-genus', 'error', strangers.map(({ record }) => record.processId),
      'unseen queries belong to a genus without train records'),
    ...splitFinding('split-pretrain-species-held-out', 'error',
      pretrain.filter(({ record }) => unseen.has(record.lineage.species ?? '')).map(({ record }) => record.processId),
      'pretrain records belong to a species that is held out'),
    ...splitFinding('split-pretrain-bin-held-out', 'error',
      pretrain.filter(({ record }) => heldOutBins.has(record.bin ?? '')).map(({ record }) => record.processId),
      'pretrain records lie in a BIN of a species that is held out'),
    ...splitFinding('split-shared-bin', 'warning',
      index.rowsIn('val_unseen', 'test_unseen', 'other_heldout')
        .filter(({ record }) => seenBins.has(record.bin ?? '')).map(({ record }) => record.processId),
      'queries of held-out species lie in a BIN that seen species have too: report them apart'),
  ]; // prettier-ignore
}

function binsOf(index: SplitIndex, splits: readonly string[]): ReadonlySet<string> {
  return new Set(index.rowsIn(...splits).flatMap(({ record }) => record.bin ?? []));
}
