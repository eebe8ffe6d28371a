import { crc32 } from 'node:zlib';
import { BioscanError, type EmbeddingBlock, type Embeddings } from '@bioscan/core';
import {
  type Data,
  Float32,
  makeData,
  RecordBatch,
  RecordBatchFileWriter,
  Struct,
  Utf8,
  type Schema,
} from 'apache-arrow';
import { writeAtomically } from '../io/atomic-write.js';
import { encodeTrailer } from './checksums.js';
import { embeddingSchema, type EmbeddingTypes } from './embedding-schema.js';

/**
 * Writes embeddings as an Arrow IPC file, one record batch a block: `id: utf8`, `vector: fixed_size_list<float32>`, provenance in the schema's metadata.
 * Any Arrow library reads it. Atomic; memory: one block.
 * @returns rows written
 * @throws BioscanError `mismatch` when a block does not have the promised shape; errors of the encoder pass unchanged.
 * @example
 * await writeEmbeddings('barcodes.arrow', embed(encoder, inputs));
 */
export async function writeEmbeddings(path: string, embeddings: Embeddings): Promise<number> {
  const state = { rows: 0 };
  await writeAtomically(path, chunks());
  return state.rows;

  async function* chunks(): AsyncGenerator<Uint8Array> {
    const schema = embeddingSchema(embeddings.dimension, embeddings.source);
    const writer = new CollectingWriter();
    writer.reset(undefined, schema);
    for await (const block of embeddings.blocks()) {
      if (block.ids.length === 0) continue;
      writer.write(batchOf(block, schema, embeddings.dimension, path));
      state.rows += block.ids.length;
      yield* writer.taken();
    }
    writer.finish();
    yield* writer.taken();
  }
}

/**
 * Hands its bytes out after each write (Arrow's own queue has no backpressure, so a slow disk would fill the memory) and adds checksums.
 */
class CollectingWriter extends RecordBatchFileWriter<EmbeddingTypes> {
  #parts: Uint8Array[] = [];
  readonly #sums: number[] = [];

  protected override _write(chunk: ArrayBufferView): this {
    if (!this._started || chunk.byteLength === 0) return this;
    const bytes = new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    this.#parts.push(bytes);
    this._position += bytes.byteLength;
    return this;
  }

  protected override _writeRecordBatch(batch: RecordBatch<EmbeddingTypes>): this {
    const first = this.#parts.length;
    super._writeRecordBatch(batch);
    this.#sums.push(this.#parts.slice(first).reduce((sum, part) => crc32(part, sum), 0));
    return this;
  }

  protected override _writeFooter(schema: Schema<EmbeddingTypes>): this {
    const first = this.#parts.length;
    super._writeFooter(schema);
    const [endOfStream, footer, ...rest] = this.#parts.splice(first);
    if (endOfStream === undefined || footer === undefined) throw new Error('Arrow wrote no footer');
    this.#parts.push(endOfStream, encodeTrailer(this.#sums, footer), footer, ...rest);
    return this;
  }

  taken(): Uint8Array[] {
    const parts = this.#parts;
    this.#parts = [];
    return parts;
  }
}

function batchOf(
  { ids, vectors }: EmbeddingBlock,
  schema: Schema<EmbeddingTypes>,
  dimension: number,
  path: string,
): RecordBatch<EmbeddingTypes> {
  const [rows, width] = vectors.shape;
  if (vectors.shape.length !== 2 || rows !== ids.length || width !== dimension) {
    throw new BioscanError(
      'mismatch',
      `data: ${path}: got vectors of shape [${vectors.shape.join(', ')}] for ${ids.length} ids, expected [${ids.length}, ${dimension}]`,
      { path },
    );
  }
  const type = schema.fields[1]?.type as EmbeddingTypes['vector'];
  const child = makeData({ type: new Float32(), length: rows * dimension, data: vectors.data });
  const children = [idData(ids), makeData({ type, length: rows, nullCount: 0, child })];
  return new RecordBatch(
    schema,
    makeData({ type: new Struct<EmbeddingTypes>(schema.fields), length: rows, nullCount: 0, children }),
  );
}

function idData(ids: readonly string[]): Data<Utf8> {
  const parts = ids.map((id) => Buffer.from(id));
  const valueOffsets = new Int32Array(ids.length + 1);
  for (const [index, part] of parts.entries()) valueOffsets[index + 1] = (valueOffsets[index] as number) + part.length;
  return makeData({
    type: new Utf8(),
    length: ids.length,
    nullCount: 0,
    valueOffsets,
    data: new Uint8Array(Buffer.concat(parts)),
  });
}
