import type { EmbeddingBlock, Neighbours } from '@bioscan/core';

/** The key of highest cosine for each query, by comparing with every key; ties go to the first key. O(queries x keys x width). */
export function nearestKeys(queries: EmbeddingBlock, keys: EmbeddingBlock): Neighbours {
  const width = keys.vectors.shape[1] ?? 0;
  const [a, b] = [unitRows(queries), unitRows(keys)];
  const index = new Int32Array(queries.ids.length);
  const score = new Float32Array(queries.ids.length);
  // Keys in blocks that stay in the cache while the queries pass.
  score.fill(-Infinity);
  for (let from = 0; from < keys.ids.length; from += block) {
    const end = Math.min(keys.ids.length, from + block);
    for (let q = 0; q < index.length; q++) scan(a, b, { q, from, end, width }, index, score);
  }
  return { queryIds: queries.ids, keyIds: keys.ids, k: 1, index, score, higherIsNearer: true };
}

const block = 256;

interface Part {
  readonly q: number;
  readonly from: number;
  readonly end: number;
  readonly width: number;
}

function scan(
  a: Float32Array,
  b: Float32Array,
  { q, from, end, width }: Part,
  index: Int32Array,
  score: Float32Array,
): void {
  const at = q * width;
  let best = score[q] as number;
  for (let key = from; key < end; key++) {
    const start = key * width;
    let [even, odd] = [0, 0];
    let i = 0;
    for (; i + 1 < width; i += 2) {
      even += (a[at + i] as number) * (b[start + i] as number);
      odd += (a[at + i + 1] as number) * (b[start + i + 1] as number);
    }
    if (i < width) even += (a[at + i] as number) * (b[start + i] as number);
    if (even + odd > best) {
      best = even + odd;
      index[q] = key;
    }
  }
  score[q] = best;
}

/** Rows of length 1; a row of length 0 stays. */
function unitRows({ ids, vectors }: EmbeddingBlock): Float32Array {
  const width = vectors.shape[1] ?? 0;
  const unit = vectors.data.slice();
  for (let row = 0; row < ids.length; row++) {
    let square = 0;
    for (let i = row * width; i < (row + 1) * width; i++) square += (unit[i] as number) ** 2;
    const scale = square === 0 ? 0 : 1 / Math.sqrt(square);
    for (let i = row * width; i < (row + 1) * width; i++) unit[i] = (unit[i] as number) * scale;
  }
  return unit;
}
