/** The best k keys of each query so far. */
export interface RunningBest {
  /** `(rows, k)` */
  readonly index: Int32Array;
  /** `(rows, k)` */
  readonly score: Float32Array;
}

export function runningBest(rows: number, k: number): RunningBest {
  return { index: new Int32Array(rows * k).fill(-1), score: new Float32Array(rows * k).fill(Number.NaN) };
}

/**
 * Merges a block's candidates into rows `from`, `from + 1`, …: both lists descend, and on equal scores the older key stands first,
 * so that ties stay in key order when blocks come in key order. A candidate of -infinity was left out or is padding.
 * `score` and `index` are `(rows, width)`; positions count from `offset`.
 */
export function mergeBlock(
  best: RunningBest,
  k: number,
  from: number,
  score: Float32Array,
  index: BigInt64Array,
  width: number,
  offset: number,
): void {
  const rows = score.length / width;
  const oldScore = new Float32Array(k);
  const oldIndex = new Int32Array(k);
  for (let row = 0; row < rows; row++) {
    const start = (from + row) * k;
    oldScore.set(best.score.subarray(start, start + k));
    oldIndex.set(best.index.subarray(start, start + k));
    let old = 0;
    let candidate = row * width;
    const end = candidate + width;
    for (let slot = 0; slot < k; slot++) {
      const value = candidate < end ? (score[candidate] as number) : -Infinity;
      const hasOld = (oldIndex[old] as number) >= 0;
      if (hasOld && (oldScore[old] as number) >= value) {
        best.score[start + slot] = oldScore[old] as number;
        best.index[start + slot] = oldIndex[old] as number;
        old++;
      } else if (value > -Infinity) {
        best.score[start + slot] = value;
        best.index[start + slot] = offset + Number(index[candidate]);
        candidate++;
      } else break;
    }
  }
}
