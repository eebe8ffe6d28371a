import { barcodeKey, type Finding } from '@bioscan/core';
import { placeholderRule } from '../placeholder-rule.js';
import { testUpper } from './allocation-rules.js';
import { splitFinding, type SplitIndex } from './split-index.js';
import type { SplitRecord } from './split-plan.js';

/** What holds in the published splits, beyond what any split must keep. */
export function bioscan5mFindings(index: SplitIndex): Finding[] {
  const unseenSplits = ['key_unseen', 'val_unseen', 'test_unseen'];
  const strangers = strangeSpecies(index, unseenSplits);
  const nameless = index.rowsIn('train', 'val', 'test', ...unseenSplits, 'other_heldout');
  return [
    ...splitFinding('split-pretrain-has-species', 'error',
      index.rowsIn('pretrain').filter(({ record }) => record.lineage.species !== undefined).map(idOf),
      'pretrain records carry a species'),
    ...splitFinding('split-labelled-without-species', 'warning',
      nameless.filter(({ record }) => record.lineage.species === undefined).map(idOf),
      'records outside pretrain carry no species (twins of named records, where labels were propagated)'),
    ...splitFinding('split-seen-placeholder', 'warning',
      index.rowsIn('train', 'val', 'test').filter(({ record }) => isPlaceholder(record)).map(idOf),
      'seen records carry a placeholder name'),
    ...splitFinding('split-unseen-named', 'warning',
      index.rowsIn(...unseenSplits).filter(({ record }) => record.lineage.species !== undefined && !isPlaceholder(record)).map(idOf),
      'unseen records carry a name that is no placeholder'),
    ...splitFinding('split-unseen-strange-genus', 'error', index.idsOfSpecies(strangers, ...unseenSplits),
      'unseen records belong to a genus that no seen record has'),
    ...testBounds(index, 'test', ['train', 'val', 'test']),
    ...testBounds(index, 'test_unseen', unseenSplits),
  ]; // prettier-ignore
}

/** Unseen species none of whose genera has a seen species. */
function strangeSpecies(index: SplitIndex, unseenSplits: readonly string[]): string[] {
  const named = index.rowsIn('train', 'val', 'test').filter(({ record }) => record.lineage.species !== undefined);
  const seenGenera = new Set(named.map(({ record }) => record.lineage.genus));
  const known = index.rowsIn(...unseenSplits).filter(({ record }) => seenGenera.has(record.lineage.genus));
  const knownSpecies = new Set(known.map(({ record }) => record.lineage.species));
  return [...index.speciesIn(...unseenSplits)].filter((species) => !knownSpecies.has(species));
}

function isPlaceholder(record: SplitRecord): boolean {
  return placeholderRule(record.lineage, 'bioscan5m') !== undefined;
}

function idOf({ record }: { readonly record: SplitRecord }): string {
  return record.processId;
}

/** Per species: at least 3 test records, of at least 8 and of at least 2 barcodes; at most half, and at most B(n) or the smallest barcode. */
function testBounds(index: SplitIndex, test: string, set: readonly string[]): Finding[] {
  const tested = countBySpecies(index.rowsIn(test).map(({ record }) => record));
  const all = countBySpecies(index.rowsIn(...set).map(({ record }) => record));
  const few: string[] = [];
  const many: string[] = [];
  for (const [species, { records }] of tested) {
    const whole = all.get(species);
    if (whole === undefined) continue;
    const smallest = Math.min(...whole.barcodes.values());
    if (records < 3 || whole.records < 8 || whole.barcodes.size < 2) few.push(species);
    if (records > whole.records / 2 || records > Math.max(testUpper(whole.records), smallest)) many.push(species);
  }
  return [
    ...splitFinding('split-test-too-small', 'error', index.idsOfSpecies(few, test),
      `${test} records belong to species with fewer than 3 of them, or fewer than 8 records or 2 barcodes in all`, { species: few.slice(0, 10) }),
    ...splitFinding('split-test-too-large', 'error', index.idsOfSpecies(many, test),
      `${test} records belong to species that gave more than the published bound`, { species: many.slice(0, 10) }),
  ]; // prettier-ignore
}

interface SpeciesCount {
  records: number;
  readonly barcodes: Map<string, number>;
}

/** Records without a name count for the species of their identical twins. */
function countBySpecies(records: readonly SplitRecord[]): Map<string, SpeciesCount> {
  const keys = records.map((record) => barcodeKey(record.barcode ?? ''));
  const speciesOfKey = new Map(
    records.map((record, i) => [keys[i], record.lineage.species] as const).filter(([, name]) => name),
  );
  const counts = new Map<string, SpeciesCount>();
  for (const [i, record] of records.entries()) {
    const key = keys[i] ?? '';
    const species = record.lineage.species ?? speciesOfKey.get(key);
    if (species === undefined) continue;
    const count: SpeciesCount = counts.get(species) ?? { records: 0, barcodes: new Map<string, number>() };
    count.records++;
    count.barcodes.set(key, (count.barcodes.get(key) ?? 0) + 1);
    counts.set(species, count);
  }
  return counts;
}
