import { BioscanError, type LabelRank } from '@bioscan/core';
import { labelsOf, type LabelTable } from './label-table.js';
import type { Predictions } from './predictions.js';

/** Predictions met with the truth: one entry a labelled query. Everything that metrics and the bootstrap read. */
export interface Outcomes {
  readonly rank: LabelRank;
  readonly queryIds: readonly string[];
  /** Position of the true label in the predicted list, from 0; -1 where it is not in it. */
  readonly place: Int32Array;
  /** Longest predicted list: top-k for larger k is not known. */
  readonly depth: number;
  readonly truth: readonly string[];
  /** What is resampled: the species; without one the BIN; without both the record itself. */
  readonly unit: readonly string[];
  /** The genus of each query, for genus-and-species resampling; without one its unit. */
  readonly genus: readonly string[];
  /** 1 where the true label has a key. */
  readonly hasKey: Uint8Array;
  /** Queries left out because they have no label at the rank. */
  readonly unlabelled: number;
  /** 1 where the predicted list is empty; such a query counts as wrong. */
  readonly abstains: Uint8Array;
  /** Weight of each true class in macro scores; absent: equal. */
  readonly classWeight?: ReadonlyMap<string, number>;
}

/** Joins predictions with labels by id. Queries without a label at the rank are excluded and counted. */
export function scorePredictions(predictions: Predictions, labels: LabelTable): Outcomes {
  const { rank, queryIds } = predictions;
  requireUnique(queryIds);
  const truths = labelsOf(labels, queryIds, rank);
  const kept = truths.flatMap((truth, position) => (truth === undefined ? [] : [{ truth, position }]));
  const ids = kept.map(({ position }) => queryIds[position] as string);
  const lists = kept.map(({ position }) => predictions.labels[position] ?? []);
  const unit = ids.map((id) => unitOf(labels, id));
  return {
    rank,
    queryIds: ids,
    place: Int32Array.from(kept, ({ truth }, i) => lists[i]?.indexOf(truth) ?? -1),
    depth: predictions.depth,
    truth: kept.map(({ truth }) => truth),
    unit,
    genus: ids.map((id, i) => labels.labelOf(id, 'genus') ?? (unit[i] as string)),
    hasKey: Uint8Array.from(kept, ({ truth }) => (predictions.keyLabels.has(truth) ? 1 : 0)),
    unlabelled: queryIds.length - kept.length,
    abstains: Uint8Array.from(lists, (list) => (list.length === 0 ? 1 : 0)),
  };
}

/** The outcomes of some queries. Class weights are kept; `unlabelled` becomes 0, since every query here has its label. */
export function selectOutcomes(outcomes: Outcomes, keep: (id: string, position: number) => boolean): Outcomes {
  const at = outcomes.queryIds.flatMap((id, i) => (keep(id, i) ? [i] : []));
  return {
    ...outcomes,
    queryIds: at.map((i) => outcomes.queryIds[i] as string),
    place: Int32Array.from(at, (i) => outcomes.place[i] as number),
    truth: at.map((i) => outcomes.truth[i] as string),
    unit: at.map((i) => outcomes.unit[i] as string),
    genus: at.map((i) => outcomes.genus[i] as string),
    hasKey: Uint8Array.from(at, (i) => outcomes.hasKey[i] as number),
    unlabelled: 0,
    abstains: Uint8Array.from(at, (i) => outcomes.abstains[i] as number),
  };
}

function unitOf(labels: LabelTable, id: string): string {
  const species = labels.labelOf(id, 'species');
  if (species !== undefined) return `species:${species}`;
  const bin = labels.labelOf(id, 'bin');
  return bin === undefined ? `record:${id}` : `bin:${bin}`;
}

function requireUnique(ids: readonly string[]): void {
  const seen = new Set<string>();
  for (const id of ids) {
    if (seen.has(id)) {
      throw new BioscanError('bad-input', `eval: queries, got id '${id}' twice, expected each query once`, { id });
    }
    seen.add(id);
  }
}
