import { BioscanError, type LabelRank, type Neighbours, type Vote } from '@bioscan/core';
import { labelsOf, type LabelTable } from '../label-table.js';

/** A labelled query with its voters: what a calibration is fitted on. */
export interface VoteExample {
  readonly id: string;
  /** Nearest first, at most `voters`. */
  readonly votes: readonly Vote[];
  /** True names at the ranks; undefined where not known. */
  readonly truth: readonly (string | undefined)[];
  /** No voter could know the finest name: the keys lack it, or it was hidden. */
  readonly novel: boolean;
}

export interface VoteExamplesOptions {
  /** Coarse to fine. */
  readonly ranks: readonly LabelRank[];
  /** Keys that vote. Default 20. */
  readonly voters?: number;
  /** Adds each query again with the keys of its own finest name hidden, as a stand-in for species new to the references. Default false. */
  readonly hideOwn?: boolean;
}

/**
 * Joins neighbours with labels into examples. Queries without any label are left out. With `hideOwn`, neighbours should hold many more keys
 * than vote: those of the query's own name are skipped.
 */
export function voteExamples(neighbours: Neighbours, labels: LabelTable, options: VoteExamplesOptions): VoteExample[] {
  const { ranks, voters = 20, hideOwn = false } = options;
  if (!neighbours.higherIsNearer) {
    throw new BioscanError('mismatch', 'eval: votes, got distances, expected similarities (higher is nearer)');
  }
  const keyNames = namesOf(neighbours.keyIds, labels, ranks);
  const queryNames = namesOf(neighbours.queryIds, labels, ranks);
  const finest = ranks.length - 1;
  const known = new Set(keyNames.map((names) => names[finest]));
  return neighbours.queryIds.flatMap((id, query) => {
    const truth = queryNames[query] ?? [];
    if (truth.every((name) => name === undefined)) return [];
    const all = votesOf(neighbours, query, keyNames);
    const name = truth[finest];
    const novel = name !== undefined && !known.has(name);
    const examples: VoteExample[] = [{ id, votes: all.slice(0, voters), truth, novel }];
    if (hideOwn && name !== undefined && !novel) {
      const others = all.filter(({ names }) => names[finest] !== name);
      examples.push({ id, votes: others.slice(0, voters), truth, novel: true });
    }
    return examples;
  });
}

function namesOf(ids: readonly string[], labels: LabelTable, ranks: readonly LabelRank[]): (string | undefined)[][] {
  const columns = ranks.map((rank) => labelsOf(labels, ids, rank));
  return ids.map((_, i) => columns.map((column) => column[i]));
}

function votesOf(
  { index, score, k }: Neighbours,
  query: number,
  keyNames: readonly (readonly (string | undefined)[])[],
): Vote[] {
  const votes: Vote[] = [];
  for (let at = query * k; at < (query + 1) * k; at++) {
    const names = keyNames[index[at] as number];
    if (names !== undefined) votes.push({ similarity: score[at] as number, names });
  }
  return votes;
}
