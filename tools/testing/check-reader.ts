import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isBioscanError } from '@bioscan/core';
import { rejectLog, type RejectLog, type SpecimenRow } from '@bioscan/data';

/** A reader of specimens, and a good file for it. */
export interface ReaderCase {
  readonly name: string;
  read(
    input: Uint8Array | AsyncIterable<Uint8Array>,
    options: { readonly rejects: RejectLog; readonly signal?: AbortSignal },
  ): AsyncIterable<SpecimenRow>;
  /** UTF-8 with LF line ends, at most a few kB, read without any reject. */
  readonly file: Uint8Array;
  readonly specimens: readonly SpecimenRow[];
  /** True for readers that give their first specimen before the file has ended. */
  readonly streams: boolean;
}

interface Outcome {
  readonly specimens: SpecimenRow[];
  readonly rejects: RejectLog;
}

/**
 * The contract of a reader: the same rows for the same bytes however they arrive, compressed or not; nothing but BioscanError on damaged bytes;
 * never fewer rows in silence; cancellation; the source is closed when the caller stops early.
 */
export function checkReader(reader: ReaderCase): void {
  const { file } = reader;
  const read = (input: Uint8Array | AsyncIterable<Uint8Array>): Promise<Outcome> => collect(reader, input);

  describe(`${reader.name} keeps the contract of a reader`, () => {
    it('reads its file, also with a byte order mark and CRLF', async () => {
      const crlf = Buffer.from(Buffer.from(file).toString().replaceAll('\n', '\r\n'));
      for (const bytes of [file, Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), file]), crlf]) {
        const { specimens, rejects } = await read(bytes);
        expect(specimens).toEqual(reader.specimens);
        expect([rejects.count, rejects.fieldCount]).toEqual([0, 0]);
      }
    });

    it('reads gzip by its bytes, one member or several', async () => {
      const half = file.length >> 1;
      const members = Buffer.concat([gzipSync(file.subarray(0, half)), gzipSync(file.subarray(half))]);
      for (const bytes of [gzipSync(file), members]) expect((await read(bytes)).specimens).toEqual(reader.specimens);
    });

    it('gives the same however the bytes are cut into chunks, good or damaged, compressed or not', async () => {
      await fc.assert(
        fc.asyncProperty(
          damage(file),
          fc.array(fc.nat(file.length), { maxLength: 8 }),
          fc.boolean(),
          async (bytes, cuts, zip) => {
            const input = zip ? gzipSync(bytes) : bytes;
            const [whole, cut] = [await outcome(read(input)), await outcome(read(chunked(input, cuts)))];
            expect(strip(cut)).toEqual(strip(whole));
          },
        ),
        { numRuns: 60 },
      );
    });

    it('reads single bytes', async () => {
      const each = Array.from({ length: file.length }, (_, index) => index);
      expect((await read(chunked(file, each))).specimens).toEqual(reader.specimens);
      const zip = gzipSync(file);
      expect((await read(chunked(zip, [...zip.keys()]))).specimens).toEqual(reader.specimens);
    });

    it('throws nothing but BioscanError on damaged bytes', async () => {
      await fc.assert(
        fc.asyncProperty(damage(file), fc.boolean(), async (bytes, zip) => {
          const result = await outcome(read(zip ? gzipSync(bytes) : bytes));
          if ('error' in result) expect(isBioscanError(result.error)).toBe(true);
        }),
        { numRuns: 300 },
      );
      await fc.assert(
        fc.asyncProperty(damage(gzipSync(file)), async (bytes) => {
          const result = await outcome(read(bytes));
          if ('error' in result) expect(isBioscanError(result.error)).toBe(true);
          else if (bytes[0] === 0x1f) expect(result.specimens).toEqual(reader.specimens);
        }),
        { numRuns: 150 },
      );
    });

    it('refuses a gzip file cut at any byte', async () => {
      const zip = gzipSync(file);
      for (let length = 0; length < zip.length; length++) {
        const result = await outcome(read(zip.subarray(0, length)));
        expect('error' in result && isBioscanError(result.error), `cut at ${length}`).toBe(true);
      }
    });

    it('stops when cancelled', async () => {
      const signal = AbortSignal.abort();
      const cancelled = await outcome(collect(reader, chunked(file, [1, 5]), signal));
      expect(cancelled).toMatchObject({ error: { code: 'cancelled' } });
    });

    if (reader.streams) {
      it('streams, and closes its source when the caller stops', async () => {
        const closing = { closed: false };
        const source = endless(file, closing);
        for await (const specimen of reader.read(source, { rejects: rejectLog({ limit: 1 }) })) {
          expect(specimen).toEqual(reader.specimens[0]);
          break;
        }
        expect(closing.closed).toBe(true);
      });
    }

    it('passes on a failing source as a BioscanError with its cause', async () => {
      const broken = new Error('the disk is gone');
      const result = await outcome(read(failing(file, broken)));
      expect(result).toMatchObject({ error: { code: 'bad-file', cause: broken } });
    });
  });
}

async function collect(
  reader: ReaderCase,
  input: Uint8Array | AsyncIterable<Uint8Array>,
  signal?: AbortSignal,
): Promise<Outcome> {
  const rejects = rejectLog();
  const specimens: SpecimenRow[] = [];
  const options = { rejects, ...(signal === undefined ? {} : { signal }) };
  for await (const specimen of reader.read(input, options)) specimens.push(specimen);
  return { specimens, rejects };
}

async function outcome(work: Promise<Outcome>): Promise<Outcome | { error: unknown }> {
  try {
    return await work;
  } catch (error) {
    return { error };
  }
}

/** What must not depend on chunks: labels like `<bytes>` and `<stream>` do. */
function strip(result: Outcome | { error: unknown }): unknown {
  if ('error' in result) return isBioscanError(result.error) ? result.error.code : result.error;
  const { specimens, rejects } = result;
  return {
    specimens,
    rejects: rejects.rows.map(({ row, line, column, reason, text }) => ({ row, line, column, reason, text })),
  };
}

/** Up to four bytes replaced, inserted or removed; or the end cut off. */
function damage(file: Uint8Array): fc.Arbitrary<Uint8Array> {
  const edit = fc.record({
    at: fc.nat(file.length - 1),
    byte: fc.oneof(fc.nat(255), fc.constantFrom(...Buffer.from('"\n\r\t,>|'))),
    kind: fc.constantFrom('replace', 'insert', 'remove', 'cut'),
  });
  return fc.array(edit, { minLength: 1, maxLength: 4 }).map((edits) => {
    const bytes = [...file];
    for (const { at, byte, kind } of edits) {
      if (kind === 'cut') bytes.length = Math.min(bytes.length, at);
      else bytes.splice(at, kind === 'insert' ? 0 : 1, ...(kind === 'remove' ? [] : [byte]));
    }
    return Uint8Array.from(bytes);
  });
}

// eslint-disable-next-line @typescript-eslint/require-await -- a stream is asynchronous, this one is not
async function* chunked(bytes: Uint8Array, cuts: readonly number[]): AsyncGenerator<Uint8Array> {
  let from = 0;
  for (const cut of [...cuts, bytes.length].sort((a, b) => a - b)) {
    if (cut > bytes.length) continue;
    yield bytes.slice(from, cut);
    from = cut;
  }
}

// eslint-disable-next-line @typescript-eslint/require-await -- as above
async function* endless(file: Uint8Array, state: { closed: boolean }): AsyncGenerator<Uint8Array> {
  try {
    for (;;) yield file;
  } finally {
    state.closed = true;
  }
}

// eslint-disable-next-line @typescript-eslint/require-await -- as above
async function* failing(file: Uint8Array, error: Error): AsyncGenerator<Uint8Array> {
  yield file;
  throw error;
}
