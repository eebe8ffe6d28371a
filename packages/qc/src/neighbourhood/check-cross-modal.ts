import type { Finding, Neighbours, Rank } from '@bioscan/core';
import { ranks } from '@bioscan/core';
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
  /** Neighbours that vote in each modality; default 15. */
  readonly k?: number;
  /** Share of votes that either side must have; default 0.6. */
  readonly agreement?: number;
  /** Ranks that are judged, coarse to fine; default class, order, family. Below, photos seldom tell. */
  readonly ranks?: readonly Rank[];
}

/** What the label says decides who is wrong: the barcode, the photo, or the name. */
type Suspect = 'barcode' | 'photo' | 'name' | 'unknown';

/** Photo against barcode (tier 4): the photo's neighbours are flies, the barcode's are wasps. Reported at the coarsest rank that differs. */
export function checkCrossModal(library: Library, input: CrossModalInput, options: CrossModalOptions = {}): Finding[] {
  const { k = 15, agreement = 0.6, ranks: judged = ['class', 'order', 'family'] } = options;
  const barcodes = new Map(
    independentWitnesses(library, input.barcode, k).map(({ record, witnesses }) => [record, witnesses]),
  );
  return independentWitnesses(library, input.photo, k).flatMap(({ record, witnesses }): Finding[] => {
    const own = barcodes.get(record);
    if (own === undefined) return [];
    for (const rank of judged) {
      const photo = vote(library, witnesses, rank);
      const barcode = vote(library, own, rank);
      if (!clear(photo, agreement) || !clear(barcode, agreement)) continue;
      if (photo.top !== barcode.top) return [finding(library, record, rank, photo, barcode)];
    }
    return [];
  });
}

function clear({ top, shares, voters }: Vote, agreement: number): boolean {
  return top !== undefined && voters >= 4 && (shares.get(top) ?? 0) >= agreement;
}

function finding(library: Library, record: number, rank: Rank, photo: Vote, barcode: Vote): Finding {
  const label = library.names[record]?.[rank];
  const suspect = suspectOf(label, photo.top, barcode.top);
  const depth = ranks.indexOf('species') - ranks.indexOf(rank);
  const photoShare = photo.shares.get(photo.top ?? '') ?? 0;
  const barcodeShare = barcode.shares.get(barcode.top ?? '') ?? 0;
  return {
    check: 'photo-against-barcode',
    severity: 'error',
    records: processIds(library, [record]),
    message: `The photo looks like ${photo.top ?? ''} (${percent(photoShare)} of its neighbours), the barcode is ${barcode.top ?? ''} (${percent(barcodeShare)})${label === undefined ? '' : `; the record is named ${label}`}.`,
    evidence: {
      rank, photo: photo.top ?? '', barcode: barcode.top ?? '', photoShare, barcodeShare, suspect,
      ...(label === undefined ? {} : { label }),
      score: Math.min(1, photoShare * barcodeShare * (0.7 + 0.06 * depth)),
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
