import { open, type FileHandle } from 'node:fs/promises';
import { isBioscanError, tensor, type EmbeddingBlock, type Embeddings } from '@bioscan/core';
import { AsyncRecordBatchFileReader, RecordBatchReader } from 'apache-arrow';
import { asFileError } from '../io/byte-source.js';
import {
  foreign,
  readEmbeddingSchema,
  type EmbeddingBatch,
  type EmbeddingHeader,
  type EmbeddingTypes,
} from './embedding-schema.js';

/** Embeddings on disk. The file stays open until `close`, so that replacing it does not change what is read. */
export interface EmbeddingFile extends Embeddings {
  readonly path: string;
  /** Number of blocks. */
  readonly blockCount: number;
  /** All ids, in row order. Passes over the whole file. */
  ids(): Promise<readonly string[]>;
  close(): Promise<void>;
}

/**
 * Opens a file of `writeEmbeddings`; blocks are read when asked for, one in memory at a time.
 * @throws BioscanError `not-found`; `bad-file` for a file that is cut off, foreign or damaged in its structure. Arrow files carry no checksum: a flipped bit inside a vector is not noticed.
 * @example
 * const file = await openEmbeddings('barcodes.arrow');
 * for await (const { ids, vectors } of file.blocks()) console.log(ids.length, vectors.shape);
 * await file.close();
 */
export async function openEmbeddings(path: string): Promise<EmbeddingFile> {
  const handle = await open(path, 'r').catch((error: unknown) => {
    throw asFileError(error, path);
  });
  try {
    await checkFrame(handle, path);
    const reader = await openReader(handle);
    const header = readEmbeddingSchema(reader.schema, path);
    return embeddingFile(path, handle, reader.numRecordBatches, header);
  } catch (error) {
    await handle.close();
    throw damaged(error, path);
  }
}

function embeddingFile(path: string, handle: FileHandle, blockCount: number, header: EmbeddingHeader): EmbeddingFile {
  return { ...header, path, blockCount, blocks, ids, close: () => handle.close() };

  async function* blocks(): AsyncGenerator<EmbeddingBlock> {
    try {
      // A reader of its own for each pass: it keeps a position, the handle does not.
      const reader = await openReader(handle);
      for (let index = 0; index < blockCount; index++) {
        const batch = await reader.readRecordBatch(index);
        if (batch === null) throw foreign(path, `block ${index} is missing`);
        yield blockOf(batch, header.dimension, path);
      }
    } catch (error) {
      throw damaged(error, path);
    }
  }

  async function ids(): Promise<readonly string[]> {
    const all: string[] = [];
    for await (const block of blocks()) for (const id of block.ids) all.push(id);
    return all;
  }
}

async function openReader(handle: FileHandle): Promise<AsyncRecordBatchFileReader<EmbeddingTypes>> {
  const reader = await RecordBatchReader.from<EmbeddingTypes>(handle);
  await reader.open();
  return reader as AsyncRecordBatchFileReader<EmbeddingTypes>;
}

const magic = 'ARROW1';

/** Both magic words and a footer length that fits: what tells a whole file from a cut one before Arrow trusts its lengths. */
async function checkFrame(handle: FileHandle, path: string): Promise<void> {
  const { size } = await handle.stat();
  const head = Buffer.alloc(8);
  const tail = Buffer.alloc(10);
  if (size < 32) throw foreign(path, `it has only ${size} bytes`);
  await handle.read(head, 0, 8, 0);
  await handle.read(tail, 0, 10, size - 10);
  if (head.toString('latin1', 0, 6) !== magic) throw foreign(path, 'it is not in the Arrow file format');
  const footer = tail.readInt32LE(0);
  if (tail.toString('latin1', 4) !== magic || footer <= 0 || footer > size - 20)
    throw foreign(path, 'its end is cut off');
}

function blockOf(batch: EmbeddingBatch, dimension: number, path: string): EmbeddingBlock {
  const rows = batch.numRows;
  const [id, list] = batch.data.children;
  const values = list?.children[0]?.values as unknown;
  const offsets = id?.valueOffsets as unknown;
  const text = id?.values as unknown;
  const whole =
    values instanceof Float32Array &&
    offsets instanceof Int32Array &&
    text instanceof Uint8Array &&
    values.length >= rows * dimension &&
    offsets.length > rows &&
    (id?.nullCount ?? 0) === 0 &&
    (list?.nullCount ?? 0) === 0;
  if (!whole) throw foreign(path, 'a block is shorter than it says, or has nulls');
  const bytes = Buffer.from(text.buffer, text.byteOffset, text.byteLength);
  const ids = Array.from({ length: rows }, (_, row) => idAt(bytes, offsets, row, path));
  return { ids, vectors: tensor('float32', [rows, dimension], values.subarray(0, rows * dimension)) };
}

function idAt(bytes: Buffer, offsets: Int32Array, row: number, path: string): string {
  const start = offsets[row] as number;
  const end = offsets[row + 1] as number;
  if (start < 0 || end < start || end > bytes.length)
    throw foreign(path, `the id of row ${row} lies outside its block`);
  return bytes.toString('utf8', start, end);
}

/** Whatever Arrow throws on damaged bytes. */
function damaged(error: unknown, path: string): unknown {
  return isBioscanError(error) ? error : foreign(path, 'its structure is damaged', error);
}
