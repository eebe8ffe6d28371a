import { BioscanError, tensor, type EmbeddingBlock, type Embeddings } from '@bioscan/core';
import { unitRows } from '../matrix.js';

/** Mean of the unit rows, in one pass over the blocks. */
export async function meanDirection(embeddings: Embeddings): Promise<Float32Array> {
  const sums = new Float64Array(embeddings.dimension);
  let rows = 0;
  for await (const { ids, vectors } of embeddings.blocks()) {
    const { data } = unitRows(vectors);
    for (let i = 0; i < data.length; i++) {
      const column = i % sums.length;
      sums[column] = (sums[column] as number) + (data[i] as number);
    }
    rows += ids.length;
  }
  return Float32Array.from(sums, (sum) => (rows === 0 ? 0 : sum / rows));
}

/** Unit rows less a mean direction, block by block; search normalises them again. */
export function withoutDirection(embeddings: Embeddings, mean: Float32Array): Embeddings {
  const { dimension, source } = embeddings;
  return mapBlocks(embeddings, { ...source, settings: { ...source.settings, gap: 'centred' } }, ({ ids, vectors }) => {
    const { data } = unitRows(vectors);
    for (let i = 0; i < data.length; i++) data[i] = (data[i] as number) - (mean[i % dimension] as number);
    return { ids, vectors: tensor('float32', vectors.shape, data) };
  });
}

/** Several embeddings as one, their blocks one after another; a specimen may occur once in each. */
export function stacked(parts: readonly Embeddings[]): Embeddings {
  const [first, ...rest] = parts;
  if (first === undefined) throw new RangeError('eval: stacked needs at least one part, got none');
  for (const part of rest) requireSameDimension(first, part);
  return {
    dimension: first.dimension,
    source: { ...first.source, id: parts.map(({ source }) => source.id).join('+') },
    async *blocks() {
      for (const part of parts) yield* part.blocks();
    },
  };
}

/** The rows whose id is wanted. */
export function selectRows(embeddings: Embeddings, keep: (id: string) => boolean): Embeddings {
  const { dimension } = embeddings;
  return mapBlocks(embeddings, embeddings.source, ({ ids, vectors }) => {
    const rows = ids.flatMap((id, row) => (keep(id) ? [row] : []));
    if (rows.length === ids.length) return { ids, vectors };
    const data = new Float32Array(rows.length * dimension);
    rows.forEach((row, i) => {
      data.set(vectors.data.subarray(row * dimension, (row + 1) * dimension), i * dimension);
    });
    return { ids: rows.map((row) => ids[row] as string), vectors: tensor('float32', [rows.length, dimension], data) };
  });
}

/** @throws BioscanError `mismatch` for vectors that cannot be compared */
export function requireSameDimension(a: Embeddings, b: Embeddings): void {
  if (a.dimension === b.dimension) return;
  throw new BioscanError(
    'mismatch',
    `eval: retrieval, got ${a.dimension} dimensions of '${a.source.id}' and ${b.dimension} of '${b.source.id}', expected the same; ` +
      'only encoders aligned into one space can be compared across modalities: leave the pair out',
  );
}

function mapBlocks(
  embeddings: Embeddings,
  source: Embeddings['source'],
  change: (block: EmbeddingBlock) => EmbeddingBlock,
): Embeddings {
  return {
    dimension: embeddings.dimension,
    source,
    async *blocks() {
      for await (const block of embeddings.blocks()) {
        const changed = change(block);
        if (changed.ids.length > 0) yield changed;
      }
    },
  };
}
