import type { Lineage } from './taxonomy.js';

/** The eight splits of BIOSCAN-5M. */
export const splitNames = [
  'pretrain',
  'train',
  'val',
  'test',
  'key_unseen',
  'val_unseen',
  'test_unseen',
  'other_heldout',
] as const;
export type SplitName = (typeof splitNames)[number];

/** One collected insect and what is known of it. What is not known is absent: never `""`, never NaN. */
export interface Specimen {
  /** BOLD process id, unique in a table. */
  readonly processId: string;
  readonly sampleId?: string;
  readonly lineage: Lineage;
  /** Barcode Index Number, as in `BOLD:AAA1234`. */
  readonly bin?: string;
  /** COI-5P sequence as the table has it, 5' to 3'. */
  readonly barcode?: string;
  readonly image?: ImageRef;
  readonly place?: Place;
  readonly size?: Size;
  /** Split as the table has it; `fragments` and names of other data sets occur. */
  readonly split?: string;
  readonly curation?: Curation;
}

/** Where a specimen's photo is: a path or a member name inside the data set, never an absolute path. */
export interface ImageRef {
  readonly file?: string;
  readonly chunk?: string;
}

/** Place of collection; latitude and longitude (WGS84 degrees) come as a pair or not at all. */
export interface Place {
  readonly country?: string;
  readonly province?: string;
  readonly latitude?: number;
  readonly longitude?: number;
}

/** Size fields of BIOSCAN-5M. */
export interface Size {
  /** Pixels of the organism's mask. */
  readonly maskPixels?: number;
  /** Bounding box area / image area. */
  readonly areaFraction?: number;
  /** Shorter box side / 256. */
  readonly scaleFactor?: number;
}

/** What a curator asks about a record, where the table has it. */
export interface Curation {
  readonly identifier?: string;
  readonly identificationMethod?: string;
  readonly voucher?: string;
  readonly institution?: string;
  readonly museumId?: string;
  readonly accession?: string;
  readonly collectors?: string;
  readonly collectionDate?: string;
  readonly site?: string;
  readonly region?: string;
  readonly sector?: string;
  readonly sex?: string;
  readonly lifeStage?: string;
  readonly marker?: string;
  readonly source?: string;
  readonly note?: string;
}
