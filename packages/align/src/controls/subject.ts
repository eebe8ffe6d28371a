import type { AlignmentData } from '../alignment-data.js';
import type { Modality } from '../modality.js';

/** Queries and keys of an evaluation. Their labels are the truth; species is the unit. */
export interface QuerySets {
  /** References: of seen species, and of unseen ones, which no training row belongs to. */
  readonly keys: AlignmentData;
  readonly seen: AlignmentData;
  readonly unseen: AlignmentData;
}

/** One world, or one real data set, ready for every arm. */
export interface Subject {
  readonly name: string;
  /** Over all below and, where simulated, the generator. */
  readonly hash: string;
  /** Says so when it is simulated. */
  readonly banner?: string;
  /** Training rows. */
  readonly data: AlignmentData;
  /** Everything an arm may name; a modality's `weights` are where it starts. */
  readonly modalities: Readonly<Record<string, Modality>>;
  /** Where the grid is chosen. */
  readonly validation: QuerySets;
  /** What is reported; never read before. The same as `validation` only where the source does not say that its queries are `apart`. */
  readonly test: QuerySets;
}

/** A subject that is opened when its turn comes: photos of a world need not be in memory before. */
export interface SubjectSource {
  readonly name: string;
  readonly hash: string;
  readonly banner?: string;
  /**
   * `apart`: validation and test ask other specimens, so that one subject may be tuned on and reported. Default `shared`: the same queries serve
   * for both; such a subject is tuned on or reported, never both, see {@link checkRoles}.
   */
  readonly queries?: 'apart' | 'shared';
  /** Hash of the subject that this one was made of, whose queries it has. Default: its own. */
  readonly origin?: string;
  open(): Promise<Subject>;
}
