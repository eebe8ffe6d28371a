import { BioscanError, row, type EmbeddingBlock, type LabelRank, type Neighbours } from '@bioscan/core';
import { knnPredictions, scorePredictions, scores, type LabelTable } from '@bioscan/eval';
import type { AlignmentData } from '../alignment-data.js';
import type { ValidationScore } from './validation.js';

export interface RetrievalScoreOptions {
  /** Modality of the queries. */
  readonly query: string;
  /** Modality of the keys; may be the same. */
  readonly key: string;
  /** What has to be right about the nearest key. A specimen is never its own key. Default `species`. */
  readonly label?: LabelRank;
  /** Mean over classes, or share of queries. Default `macro`. */
  readonly statistic?: 'macro' | 'micro';
}

/**
 * Top-1 accuracy of the nearest other labelled specimen of the validation rows, as eval scores it: queries without a label are left out, a class
 * without another specimen counts as wrong. O(queries x keys x width).
 * @example
 * const score = retrievalScore({ query: 'image', key: 'dna', label: 'genus' });
 */
export function retrievalScore(options: RetrievalScoreOptions): ValidationScore {
  const { query, key, label = 'species', statistic = 'macro' } = options;
  return {
    name: `${statistic} top-1 ${label}, ${query} to ${key}`,
    modalities: [...new Set([query, key])],
    score(vectors, data) {
      const [queries, keys] = [vectors[query], vectors[key]] as [EmbeddingBlock, EmbeddingBlock];
      const table = labelsFor(data, label);
      const outcomes = scorePredictions(
        knnPredictions(
          nearestOthers(queries, keys, (id) => table.labelOf(id, label) !== undefined),
          table,
          label,
          { depth: 1 },
        ),
        table,
      );
      const value = scores(outcomes)[statistic];
      if (!Number.isNaN(value)) return value;
      throw new BioscanError(
        'bad-input',
        `align: validation, got ${queries.ids.length} rows with ${query} and none with a ${label}, expected some; score another label or give labelled rows`,
        { label },
      );
    },
  };
}

/** The nearest labelled key of each query by cosine (vectors are of unit length), its own specimen's left out; ties in key order. */
function nearestOthers(queries: EmbeddingBlock, keys: EmbeddingBlock, isLabelled: (id: string) => boolean): Neighbours {
  const index = new Int32Array(queries.ids.length).fill(-1);
  const score = new Float32Array(queries.ids.length).fill(Number.NaN);
  const rows = keys.ids.flatMap((id, at) => (isLabelled(id) ? [[at, row(keys.vectors, at)] as const] : []));
  for (const [q, id] of queries.ids.entries()) {
    const vector = row(queries.vectors, q);
    for (const [at, candidate] of rows) {
      const cosine = dot(vector, candidate);
      if (keys.ids[at] === id || !(index[q] === -1 || cosine > (score[q] as number))) continue;
      index[q] = at;
      score[q] = cosine;
    }
  }
  return { queryIds: queries.ids, keyIds: keys.ids, k: 1, index, score, higherIsNearer: true };
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

function labelsFor({ ids, labels }: AlignmentData, wanted: LabelRank): LabelTable {
  if (labels[wanted] === undefined) {
    throw new BioscanError(
      'bad-input',
      `align: validation, got no label '${wanted}', expected one of ${Object.keys(labels).join(', ') || '(no labels at all)'}`,
      { label: wanted },
    );
  }
  const places = new Map(ids.map((id, at) => [id, at]));
  return {
    size: places.size,
    has: (id) => places.has(id),
    labelOf: (id, rank) => labels[rank]?.[places.get(id) ?? -1],
  };
}
