import { BioscanError, type Embeddings } from '@bioscan/core';

export type NeighbourMetric = 'cosine' | 'dot';

/** Rows of a search, cut to one size: ids of the real rows, and vectors padded with zero rows. */
export interface RowBlock {
  readonly ids: readonly string[];
  /** `(paddedSize, d)`; unit vectors for cosine */
  readonly data: Float32Array;
  readonly zeroVectors: number;
  readonly largestNorm: number;
}

export interface RowBlockOptions {
  readonly size: number;
  /** Rows of `data`, at least `size`; the rest is zero. */
  readonly paddedSize?: number;
  readonly metric: NeighbourMetric;
}

/**
 * Cuts embeddings into blocks of `size` rows, whatever the blocks they come in; for cosine each row is divided by its norm
 * (float64), a zero vector stays zero.
 * @throws BioscanError `bad-input` naming the row that holds a value that is not finite
 */
export async function* rowBlocks(
  embeddings: Embeddings,
  { size, paddedSize = size, metric }: RowBlockOptions,
): AsyncGenerator<RowBlock, void, undefined> {
  const width = embeddings.dimension;
  let block = emptyBlock(paddedSize, width);
  for await (const { ids, vectors } of embeddings.blocks()) {
    if (vectors.data.length !== ids.length * width) {
      throw new BioscanError(
        'mismatch',
        `runtime: embeddings '${embeddings.source.id}', got [${vectors.shape.join(', ')}] for ${ids.length} ids, expected [${ids.length}, ${width}]`,
      );
    }
    for (let row = 0; row < ids.length; row++) {
      if (block.ids.length === size) {
        yield block;
        block = emptyBlock(paddedSize, width);
      }
      addRow(block, ids[row] as string, vectors.data.subarray(row * width, (row + 1) * width), metric);
    }
  }
  if (block.ids.length > 0) yield block;
}

interface GrowingBlock extends RowBlock {
  readonly ids: string[];
  zeroVectors: number;
  largestNorm: number;
}

function emptyBlock(size: number, width: number): GrowingBlock {
  return { ids: [], data: new Float32Array(size * width), zeroVectors: 0, largestNorm: 0 };
}

function addRow(block: GrowingBlock, id: string, vector: Float32Array, metric: NeighbourMetric): void {
  let squares = 0;
  for (let i = 0; i < vector.length; i++) squares += (vector[i] as number) ** 2;
  if (!Number.isFinite(squares)) {
    throw new BioscanError(
      'bad-input',
      `runtime: the embedding of '${id}' holds a value that is not finite; drop or embed it anew`,
      {
        id,
      },
    );
  }
  const norm = Math.sqrt(squares);
  const scale = metric === 'dot' || norm === 0 ? 1 : 1 / norm;
  const offset = block.ids.length * vector.length;
  for (let i = 0; i < vector.length; i++) block.data[offset + i] = (vector[i] as number) * scale;
  block.ids.push(id);
  if (norm === 0) block.zeroVectors++;
  block.largestNorm = Math.max(block.largestNorm, norm);
}
