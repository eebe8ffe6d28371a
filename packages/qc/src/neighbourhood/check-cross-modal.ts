import type { Neighbours, Rank } from '@bioscan/core';
import type { CheckFinding } from '../library/check-finding.js';
import type { Library } from '../library/library.js';
import { percent } from '../library/words.js';
import { processIds } from '../sequences/ids-of.js';
import { independentWitnesses, vote, type Vote } from './votes.js';

export interface CrossModalInput {
  /** For each photo its nearest barcodes or photos in the aligned space. */
  readonly photo: Neighbours;
  /** For each barcode its nearest barcodes. The encoders must not have seen the queries: fold by barcode and plate. */
  readonly barcode: Neighbours;
}

export interface CrossModalOptions {
  /** Neighbours that vote in each modality; default 30. */
  readonly k?: number;
  /** Share of votes that either side must have; default 0.6. */
  readonly agreement?: number;
  /** Ranks that are judged, coarse to fine; default class, order, family. Below, photos seldom tell. */
  readonly ranks?: readonly Rank[];
}

/** What the label says decides who is wrong: the barcode, the photo, or the name. */
type Suspect = 'barcode' | 'photo' | 'name' | 'unknown';

/**
 * Photo against barcode (tier 4): the photo's neighbours are flies, the barcode's are wasps. Reported at the coarsest rank that differs, unless
 * photos of that look bear such barcodes often: then photos cannot tell the two, and nothing is said. How often is counted in the same table.
 */
export function checkCrossModal(
  library: Library,
  input: CrossModalInput,
  options: CrossModalOptions = {},
): CheckFinding[] {
  const { k = 30, agreement = 0.6, ranks: judged = ['class', 'order', 'family'] } = options;
  const barcodes = new Map(
    independentWitnesses(library, input.barcode, k).map(({ record, witnesses }) => [record, witnesses]),
  );
  const photos = independentWitnesses(library, input.photo, k).filter(({ record }) => barcodes.has(record));
  const told = new Set<number>();
  return judged.flatMap((rank) => {
    const pairs = photos.flatMap(({ record, witnesses }): Pair[] => {
      const photo = vote(library, witnesses, rank);
      const barcode = vote(library, barcodes.get(record) ?? [], rank);
      return clear(photo, agreement) && clear(barcode, agreement) ? [{ record, photo, barcode }] : [];
    });
    const usual = confusion(pairs);
    return pairs.flatMap((pair): CheckFinding[] => {
      if (pair.photo.top === pair.barcode.top || told.has(pair.record)) return [];
      told.add(pair.record);
      const { confused, reliable } = usual(pair);
      return confused > mostConfused ? [] : [finding(library, rank, pair, { confused, reliable })];
    });
  });
}

/** Share of photos of one look that bear one strange barcode, above which the two are look-alikes. */
const mostConfused = 0.1;

interface Pair {
  readonly record: number;
  readonly photo: Vote;
  readonly barcode: Vote;
}

interface Usual {
  /** Of the other photos with this look, the share with such a barcode. */
  readonly confused: number;
  /** Of the other photos with this look, the share whose barcode agrees. */
  readonly reliable: number;
}

/** What photos of each look usually bear, each record judged by the others. */
function confusion(pairs: readonly Pair[]): (pair: Pair) => Usual {
  const counts = new Map<string, Map<string, number>>();
  for (const { photo, barcode } of pairs) {
    const row = counts.get(photo.top ?? '') ?? new Map<string, number>();
    counts.set(photo.top ?? '', row.set(barcode.top ?? '', (row.get(barcode.top ?? '') ?? 0) + 1));
  }
  return ({ photo, barcode }) => {
    const row = counts.get(photo.top ?? '') ?? new Map<string, number>();
    const others = [...row.values()].reduce((sum, value) => sum + value, 0) - 1;
    if (others === 0) return { confused: 0, reliable: 0 };
    return {
      confused: ((row.get(barcode.top ?? '') ?? 1) - 1) / others,
      reliable: (row.get(photo.top ?? '') ?? 0) / others,
    };
  };
}

function clear({ top, shares, voters }: Vote, agreement: number): boolean {
  return top !== undefined && voters >= 4 && (shares.get(top) ?? 0) >= agreement;
}

function finding(library: Library, rank: Rank, { record, photo, barcode }: Pair, usual: Usual): CheckFinding {
  const label = library.names[record]?.[rank];
  const suspect = suspectOf(label, photo.top, barcode.top);
  const photoShare = photo.shares.get(photo.top ?? '') ?? 0;
  const barcodeShare = barcode.shares.get(barcode.top ?? '') ?? 0;
  return {
    check: 'photo-against-barcode',
    severity: 'error',
    records: processIds(library, [record]),
    message: `The photo looks like ${photo.top ?? ''} (${percent(photoShare)} of its neighbours), the barcode is ${barcode.top ?? ''} (${percent(barcodeShare)})${label === undefined ? '' : `; the record is named ${label}`}.`,
    evidence: {
      rank, photo: photo.top ?? '', barcode: barcode.top ?? '', photoShare, barcodeShare, suspect, ...usual,
      ...(label === undefined ? {} : { label }),
      score: (photoShare - (photo.shares.get(barcode.top ?? '') ?? 0)) * barcodeShare * usual.reliable ** 2 * (1 - usual.confused / mostConfused),
    },
    action: actions[suspect],
  }; // prettier-ignore
}

const actions: Readonly<Record<Suspect, string>> = {
  barcode: 're-sequence: the photo agrees with the name',
  photo: 're-photograph: the barcode agrees with the name',
  name: 'ask who named it: photo and barcode both disagree',
  unknown: 'look at the specimen',
};

function suspectOf(label: string | undefined, photo: string | undefined, barcode: string | undefined): Suspect {
  if (label === undefined) return 'unknown';
  if (label === photo) return 'barcode';
  return label === barcode ? 'photo' : 'name';
}
