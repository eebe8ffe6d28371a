import { nearestKeys, tensor, type EmbeddingBlock, type Neighbours, type Tensor } from '@bioscan/core';

/** Keys of one modality with what is added to their similarities. */
export interface ShiftedKeys {
  readonly block: EmbeddingBlock;
  readonly shift: number;
}

/** The nearest keys of all modalities on one scale, as an identifier finds them: cosine plus the modality's shift. */
export function votingNeighbours(queries: EmbeddingBlock, keys: readonly ShiftedKeys[], k: number): Neighbours {
  const rows = queries.ids.length;
  const vectors = unitRows(queries.vectors);
  const lists: { index: number; score: number }[][] = Array.from({ length: rows }, () => []);
  let offset = 0;
  for (const { block, shift } of keys) {
    const unit = unitRows(block.vectors);
    const found = nearestKeys({ dimension: unit.shape[1] ?? 0, values: unit.data }, vectors, k);
    for (let at = 0; at < found.index.length; at++) {
      const key = found.index[at] as number;
      if (key >= 0)
        lists[Math.floor(at / k)]?.push({ index: offset + key, score: (found.score[at] as number) + shift });
    }
    offset += block.ids.length;
  }
  const index = new Int32Array(rows * k).fill(-1);
  const score = new Float32Array(rows * k).fill(Number.NaN);
  for (const [row, list] of lists.entries()) {
    list.sort((a, b) => b.score - a.score);
    for (const [i, one] of list.slice(0, k).entries()) {
      index[row * k + i] = one.index;
      score[row * k + i] = one.score;
    }
  }
  const keyIds = keys.flatMap(({ block }) => block.ids);
  return { queryIds: queries.ids, keyIds, k, index, score, higherIsNearer: true };
}

function unitRows(vectors: Tensor<'float32'>): Tensor<'float32'> {
  const [rows = 0, width = 0] = vectors.shape;
  const data = Float32Array.from(vectors.data);
  for (let row = 0; row < rows; row++) {
    const values = data.subarray(row * width, (row + 1) * width);
    const length = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
    if (length > 0) for (let i = 0; i < width; i++) values[i] = (values[i] as number) / length;
  }
  return tensor('float32', vectors.shape, data);
}
