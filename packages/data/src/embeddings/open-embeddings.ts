import { open, type FileHandle } from 'node:fs/promises';
import { isBioscanError, tensor, type EmbeddingBlock, type Embeddings } from '@bioscan/core';
import { AsyncRecordBatchFileReader, RecordBatchReader } from 'apache-arrow';
import { asFileError } from '../io/byte-source.js';
import { bytesAt, checkBatch, readChecksums } from './checksums.js';
import {
  damagedFile,
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
 * Blocks are checked against the checksums that `writeEmbeddings` adds; files of the same layout from other programs (`id: utf8`, `vector: fixed_size_list<float32>`, provenance under `bioscan.embeddings`) have none and are taken on trust.
 * @throws BioscanError `not-found`; `bad-file` for a file that is cut off, foreign or damaged.
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
    const footer = await checkFrame(handle, path);
    const sums = await readChecksums(handle, footer, path);
    const reader = await openReader(handle);
    const header = readEmbeddingSchema(reader.schema, path);
    if (sums !== undefined && sums.length !== reader.numRecordBatches) throw damagedFile(path, 'a block is missing');
    return embeddingFile(path, handle, reader.numRecordBatches, header, sums);
  } catch (error) {
    await handle.close();
    throw damaged(error, path);
  }
}

function embeddingFile(
  path: string,
  handle: FileHandle,
  blockCount: number,
  header: EmbeddingHeader,
  sums: Uint32Array | undefined,
): EmbeddingFile {
  return { ...header, path, blockCount, blocks, ids, close: () => handle.close() };

  async function* blocks(): AsyncGenerator<EmbeddingBlock> {
    try {
      // A reader of its own for each pass: it keeps a position, the handle does not.
      const reader = await openReader(handle);
      for (let index = 0; index < blockCount; index++) {
        const block = reader.footer?.getRecordBatch(index);
        if (block === null || block === undefined) throw damagedFile(path, `block ${index} is missing`);
        const place = { offset: block.offset, length: block.metaDataLength + block.bodyLength };
        if (sums !== undefined) await checkBatch(handle, place, sums[index], path);
        const batch = await reader.readRecordBatch(index);
        if (batch === null) throw damagedFile(path, `block ${index} cannot be read`);
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
async function checkFrame(handle: FileHandle, path: string): Promise<{ offset: number; length: number }> {
  const { size } = await handle.stat();
  if (size < 32) throw foreign(path, `it has only ${size} bytes`);
  const head = await bytesAt(handle, 0, 8, path);
  const tail = await bytesAt(handle, size - 10, 10, path);
  if (head.toString('latin1', 0, 6) !== magic) throw foreign(path, 'it is not in the Arrow file format');
  const length = tail.readInt32LE(0);
  if (tail.toString('latin1', 4) !== magic || length <= 0 || length > size - 20)
    throw damagedFile(path, 'its end is cut off');
  return { offset: size - 10 - length, length };
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
  if (!whole) throw damagedFile(path, 'a block is shorter than it says, or has nulls');
  const bytes = Buffer.from(text.buffer, text.byteOffset, text.byteLength);
  const ids = Array.from({ length: rows }, (_, row) => idAt(bytes, offsets, row, path));
  return { ids, vectors: tensor('float32', [rows, dimension], values.subarray(0, rows * dimension)) };
}

function idAt(bytes: Buffer, offsets: Int32Array, row: number, path: string): string {
  const start = offsets[row] as number;
  const end = offsets[row + 1] as number;
  if (start < 0 || end < start || end > bytes.length)
    throw damagedFile(path, `the id of row ${row} lies outside its block`);
  return bytes.toString('utf8', start, end);
}

/** Whatever Arrow throws on damaged bytes. */
function damaged(error: unknown, path: string): unknown {
  return isBioscanError(error) ? error : damagedFile(path, 'its structure does not decode', error);
}
