/** The k largest scores, descending; equal scores stand in order of position. NaN is never chosen. */
export interface TopK {
  readonly index: Int32Array;
  readonly score: Float32Array;
}

/**
 * Selects the k largest of `scores`. O(n log k) at worst, O(n) for most data.
 * When fewer than k scores are numbers, the rest is index -1 and score NaN.
 */
export function topK(scores: Float32Array, k: number): TopK {
  const index = new Int32Array(k).fill(-1);
  const score = new Float32Array(k).fill(Number.NaN);
  let size = 0;
  for (let i = 0; i < scores.length; i++) {
    const value = scores[i] as number;
    if (Number.isNaN(value) || (size === k && value <= (score[k - 1] as number))) continue;
    let slot = size < k ? size++ : k - 1;
    while (slot > 0 && (score[slot - 1] as number) < value) {
      score[slot] = score[slot - 1] as number;
      index[slot] = index[slot - 1] as number;
      slot--;
    }
    score[slot] = value;
    index[slot] = i;
  }
  return { index, score };
}
