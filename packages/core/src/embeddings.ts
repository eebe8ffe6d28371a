import type { EncoderProvenance } from './encoder.js';
import { tensor, type Tensor } from './tensor.js';

/** Some rows of an embedding: ids travel with their vectors, labels join by id later. */
export interface EmbeddingBlock {
  readonly ids: readonly string[];
  /** `(ids.length, dimension)` */
  readonly vectors: Tensor<'float32'>;
}

/** Vectors of many specimens, read in blocks so that millions of rows need not fit in memory. */
export interface Embeddings {
  readonly dimension: number;
  readonly source: EncoderProvenance;
  /** Each call starts from the first row. */
  blocks(): AsyncIterable<EmbeddingBlock>;
}

/** One block in memory, as {@link Embeddings}. */
export function embeddingsOf(block: EmbeddingBlock, source: EncoderProvenance): Embeddings {
  const dimension = block.vectors.shape[1] ?? 0;
  return {
    dimension,
    source,
    // eslint-disable-next-line @typescript-eslint/require-await -- the contract is asynchronous, this source is not
    async *blocks() {
      yield block;
    },
  };
}

/** All blocks in one. Needs rows x dimension x 4 bytes. */
export async function collect(embeddings: Embeddings): Promise<EmbeddingBlock> {
  const ids: string[] = [];
  const parts: Float32Array[] = [];
  for await (const block of embeddings.blocks()) {
    for (const id of block.ids) ids.push(id);
    parts.push(block.vectors.data);
  }
  const data = new Float32Array(ids.length * embeddings.dimension);
  let offset = 0;
  for (const part of parts) {
    data.set(part, offset);
    offset += part.length;
  }
  return { ids, vectors: tensor('float32', [ids.length, embeddings.dimension], data) };
}
