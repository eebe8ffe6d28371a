import type { EncoderProvenance, LabelRank } from '@bioscan/core';
import type { Chance } from './chance.js';
import type { Outcomes } from './outcomes.js';
import type { StratumOf } from './strata.js';

/** What a row rests on. Self-supervised rows and rows that used labels answer different questions and are never mixed. */
export type RowKind = 'self-supervised' | 'labels used' | 'baseline' | 'chance';

/** One system of a table: an encoder with a probe, alignment, a vote. */
export interface ProbeSystem {
  readonly name: string;
  readonly kind: RowKind;
  readonly source?: EncoderProvenance;
  /** One run a seed; a system without randomness has one run, one that could not be asked none: its row shows dashes. All rest on the same queries. */
  readonly runs: readonly ProbeRun[];
}

export interface ProbeRun {
  readonly seed?: number;
  /** One a rank. */
  readonly outcomes: readonly Outcomes[];
  /** Outcomes on seen species where the task's are unseen: adds the harmonic mean. */
  readonly seen?: readonly Outcomes[];
}

/** One question put to several systems on the same queries. */
export interface ProbeTask {
  readonly title: string;
  /** The rank of the main table; all ranks that the outcomes have are tabled beside it. */
  readonly rank: LabelRank;
  readonly systems: readonly ProbeSystem[];
  readonly chance?: readonly Chance[];
  /** Name of the system that the others are compared with, paired. Default: the first. */
  readonly reference?: string;
  /** Accuracy of every system by stratum, at the task's rank. */
  readonly strata?: readonly { readonly title: string; readonly of: StratumOf }[];
}
