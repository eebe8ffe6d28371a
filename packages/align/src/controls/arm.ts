import type { Objective } from '../objective.js';
import type { Sampler } from '../run/sampler.js';
import type { DataChange } from './data-change.js';

/**
 * One way of making a photo identifier: what it trains on, what it minimises, which labels it reads, and what embeds a photo in the end.
 * Plain JSON: the same arm gives the same bytes, and its record carries it.
 */
export interface Arm {
  readonly name: string;
  /** Modalities that train, of the subject's. Empty: nothing trains. */
  readonly modalities: readonly string[];
  readonly objective: Objective;
  /** Modality that is a query and a key in photo-to-photo retrieval. */
  readonly query: string;
  /** Other retrievals to measure, as [query, key]: of the modalities that train, or of one that does not. */
  readonly also?: readonly (readonly [string, string])[];
  /** Independently augmented views of a modality. */
  readonly views?: Readonly<Record<string, number>>;
  /** Modalities whose tower stays as it is: only the head learns. */
  readonly frozen?: readonly string[];
  readonly changes?: readonly DataChange[];
  /** How rows fall into batches. Default: shuffled. */
  readonly sampler?: Sampler;
  /** Labels that training reads. */
  readonly labels: readonly string[];
  /** Modalities whose rows cost money: their count stands in the table. */
  readonly bought: readonly string[];
  /** Factor on the budget's steps. Default 1. */
  readonly stepFactor?: number;
}

/** What a photo costs in a training step, for the tables: its streams. */
export function viewsOf(arm: Arm, modality: string): number {
  return arm.modalities.includes(modality) ? (arm.views?.[modality] ?? 1) : 0;
}
