import { tensor, type EmbeddingBlock } from '@bioscan/core';
import { batchSymbol, tower, type Tower, type Value } from '@bioscan/graph';
import type { ModalityRows } from './alignment-data.js';

/** Vectors of one input: as at inference, then any number of augmented views. */
export type VectorViews = readonly Float32Array[];

/**
 * A tower without parameters for inputs that were embedded before, see {@link embedFrozen}: only its projection learns.
 * In training one of the augmented views is drawn where there are any; else the first vector is taken.
 */
export function vectors(dimension: number): Tower<VectorViews> {
  return tower<VectorViews>({
    dimension,
    inputs: [{ name: 'vectors', dtype: 'float32', shape: [batchSymbol, dimension] }],
    collate: (batch, rng) => {
      const data = new Float32Array(batch.length * dimension);
      for (const [row, views] of batch.entries()) {
        const chosen = rng === undefined || views.length < 2 ? 0 : 1 + rng.integer(views.length - 1);
        const view = views[chosen];
        if (view?.length !== dimension) {
          throw new RangeError(`align: vector of ${view?.length ?? 0} numbers, expected ${dimension}`);
        }
        data.set(view, row * dimension);
      }
      return { vectors: tensor('float32', [batch.length, dimension], data) };
    },
    build: (_graph, inputs) => inputs['vectors'] as Value,
  });
}

/** Rows of embeddings joined by id: vectors of `plain`, and of each of `augmented` that has the id. Ids without a plain vector are missing. */
export function vectorRows(
  ids: readonly string[],
  plain: EmbeddingBlock,
  augmented: readonly EmbeddingBlock[] = [],
): ModalityRows<VectorViews> {
  const blocks = [plain, ...augmented].map(byId);
  const views = ids.map((id) => blocks.flatMap((found) => found.get(id) ?? []));
  const [first] = blocks as [ReadonlyMap<string, Float32Array>];
  return {
    has: (row) => first.has(ids[row] ?? ''),
    read: (rows) => Promise.resolve(rows.map((row) => views[row] as VectorViews)),
  };
}

function byId({ ids, vectors: { data, shape } }: EmbeddingBlock): ReadonlyMap<string, Float32Array> {
  const width = shape[1] as number;
  return new Map(ids.map((id, row) => [id, data.subarray(row * width, (row + 1) * width)]));
}
