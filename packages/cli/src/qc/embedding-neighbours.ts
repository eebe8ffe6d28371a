import { BioscanError, collect, embed, embeddingsOf, tensor, type Embeddings, type Neighbours } from '@bioscan/core';
import { openEmbeddings } from '@bioscan/data/embeddings';
import { kmerEncoder } from '@bioscan/dna/baselines';
import type { Library } from '@bioscan/qc';
import { exactNeighbours } from '@bioscan/runtime';
import { openRuntime } from '@bioscan/runtime/node';

/** Neighbours asked for: copies and plate mates drop out of them. */
const k = 40;

/**
 * Nearest records in an embedding, one a barcode: copies of a barcode have one place anyway. `source` is a file of `bioscan embed`, or `kmers` for
 * counts of 4-mers, which need no training and no file.
 */
export async function embeddingNeighbours(library: Library, source: string): Promise<Neighbours> {
  const chosen = source === 'kmers' ? await kmers(library) : await oneEach(library, source);
  const runtime = openRuntime();
  try {
    return await exactNeighbours(runtime, chosen, chosen, { k, metric: 'cosine', groupOf: (id) => id });
  } finally {
    await runtime.close();
  }
}

async function kmers({ haplotypes, records }: Library): Promise<Embeddings> {
  const encoder = kmerEncoder({ k: 4 });
  const inputs = haplotypes.barcodes.map((input, h) => ({
    id: records[haplotypes.members[h]?.[0] ?? -1]?.processId ?? '',
    input,
  }));
  const embeddings = embed(encoder, inputs, { total: inputs.length });
  return embeddingsOf(await collect(embeddings), encoder.provenance);
}

/** The first row of each barcode that the table has. */
async function oneEach(library: Library, path: string): Promise<Embeddings> {
  const file = await openEmbeddings(path);
  try {
    const seen = new Set<number>();
    const ids: string[] = [];
    const rows: Float32Array[] = [];
    for await (const block of file.blocks()) {
      for (const [i, id] of block.ids.entries()) {
        const haplotype = library.haplotypes.of[library.indexOf(id) ?? -1] ?? -1;
        if (haplotype < 0 || seen.has(haplotype)) continue;
        seen.add(haplotype);
        ids.push(id);
        rows.push(block.vectors.data.slice(i * file.dimension, (i + 1) * file.dimension));
      }
    }
    if (ids.length === 0) {
      throw new BioscanError(
        'mismatch',
        `cli: ${path}, got no id of the table, expected an embedding of its barcodes; make it with: bioscan embed`,
        { file: path },
      );
    }
    const data = new Float32Array(ids.length * file.dimension);
    rows.forEach((row, i) => {
      data.set(row, i * file.dimension);
    });
    return embeddingsOf({ ids, vectors: tensor('float32', [ids.length, file.dimension], data) }, file.source);
  } finally {
    await file.close();
  }
}
