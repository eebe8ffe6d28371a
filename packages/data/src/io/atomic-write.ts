import { randomUUID } from 'node:crypto';
import { open, rename, unlink } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import { asFileError } from './byte-source.js';

/**
 * Writes a file that is either complete or not there: a temporary name in the same folder, sync, rename.
 * A path that ends in `.gz` is compressed.
 * @throws BioscanError `bad-file` or `not-found` (the folder); errors of `chunks` pass unchanged.
 */
export async function writeAtomically(path: string, chunks: AsyncIterable<Uint8Array | string>): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  const file = await open(temporary, 'wx').catch((error: unknown) => {
    throw asFileError(error, path);
  });
  let failure: { error: unknown } | undefined;
  try {
    const bytes = path.endsWith('.gz') ? gzipped(chunks) : chunks;
    for await (const chunk of bytes) {
      await file.appendFile(chunk).catch((error: unknown) => {
        throw asFileError(error, path);
      });
    }
    await file.sync();
  } catch (error) {
    failure = { error };
  }
  await file.close();
  if (failure === undefined) {
    await rename(temporary, path).catch((error: unknown) => {
      failure = { error: asFileError(error, path) };
    });
  }
  if (failure === undefined) return;
  await unlink(temporary).catch(() => undefined);
  throw failure.error;
}

function gzipped(chunks: AsyncIterable<Uint8Array | string>): AsyncIterable<Uint8Array> {
  const source = Readable.from(chunks, { objectMode: true });
  const gzip = createGzip();
  source.once('error', (error) => gzip.destroy(error));
  gzip.once('close', () => source.destroy());
  return source.pipe(gzip) as AsyncIterable<Uint8Array>;
}
