import { BioscanError, throwIfCancelled, type Progress } from '@bioscan/core';
import type { ByteSource } from './io/byte-source.js';
import { decompressed } from './io/gunzip.js';
import { DelimitedRows, type DelimitedRow } from './table/delimited-rows.js';
import { detectSchema } from './table/detect-schema.js';
import { planReading, type ReadPlan } from './table/read-plan.js';
import { rejectLog, type RejectLog } from './table/reject-log.js';
import { RowReader, type SlotValues } from './table/row-reader.js';
import type { SpecimenRow } from './table/specimen-field.js';
import type { TableSchema } from './table/table-schema.js';
import { unfittingHeader } from './table/unfitting-header.js';

export interface ReadOptions {
  /** How the table is written. Default: recognised by its header. */
  readonly schema?: TableSchema;
  /** Fields or header names to read; the process id always comes along. Others are not decoded, so their problems go unseen. Default: all that the schema knows. */
  readonly columns?: readonly string[];
  /** Keeps a specimen; sees only the columns that are read. */
  readonly where?: (specimen: SpecimenRow) => boolean;
  /** Default: `utf-8`. */
  readonly encoding?: 'utf-8' | 'latin1';
  /** A process id that occurred before: its later rows are set aside (default; holds all ids in memory) or kept. */
  readonly duplicates?: 'set-aside' | 'keep';
  /** Where problems go. Default: a log of its own. */
  readonly rejects?: RejectLog;
  readonly signal?: AbortSignal;
  /** Bytes of the file, as stored. */
  readonly onProgress?: (progress: Progress) => void;
}

/** What is to be done with rows: told the plan once, then each row. */
export interface RowSink {
  start(plan: ReadPlan, schema: TableSchema): void;
  row(values: SlotValues): void;
}

/**
 * Streams a source through a sink, one chunk at a time; yields after each chunk so that the caller may pass on what has come.
 * @throws BioscanError only, unless the sink or the source itself is broken.
 */
export async function* readRows(source: ByteSource, options: ReadOptions, sink: RowSink): AsyncGenerator<void> {
  const { signal, onProgress, encoding = 'utf-8' } = options;
  const log = options.rejects ?? rejectLog();
  throwIfCancelled(signal, `data: reading ${source.file}`);
  const head = await takeHeader(decompressed(source.chunks, source.file), source.file);
  const state: { reader?: RowReader } = {};
  try {
    const schema = options.schema ?? detected(head.line, encoding, source.file);
    const rows = new DelimitedRows({ delimiter: schema.delimiter, quotes: schema.quotes, encoding });
    const onRow = (row: DelimitedRow): void => {
      if (state.reader === undefined) {
        state.reader = startReading(row, schema);
        return;
      }
      const values = state.reader.read(row);
      if (values !== undefined) sink.row(values);
    };
    rows.push(head.bytes, onRow);
    for await (const chunk of head.rest) {
      throwIfCancelled(signal, `data: reading ${source.file}`);
      rows.push(chunk, onRow);
      onProgress?.(progressOf(source));
      yield;
    }
    rows.end(onRow);
  } finally {
    await head.close();
  }
  if (state.reader === undefined)
    throw new BioscanError('bad-file', `data: ${source.file} has no header`, { file: source.file });
  onProgress?.(progressOf(source));
  yield;

  function startReading(header: DelimitedRow, schema: TableSchema): RowReader {
    const plan = planReading(schema, headerNames(header, source.file), options.columns, source.file);
    sink.start(plan, schema);
    return new RowReader(plan, schema, log, source.file, options.duplicates ?? 'set-aside');
  }
}

function progressOf(source: ByteSource): Progress {
  return {
    done: source.bytesRead(),
    ...(source.totalBytes === undefined ? {} : { total: source.totalBytes }),
  };
}

interface Head {
  /** Everything up to and beyond the first line end. */
  readonly bytes: Uint8Array;
  readonly line: Uint8Array;
  readonly rest: AsyncIterable<Uint8Array>;
  readonly close: () => Promise<void>;
}

const maxHeaderBytes = 1 << 20;

/** Reads up to the first line end, so that the schema can be known before rows are cut. */
async function takeHeader(chunks: AsyncGenerator<Uint8Array>, file: string): Promise<Head> {
  let bytes: Uint8Array = new Uint8Array();
  let end = -1;
  while (end < 0 && bytes.length <= maxHeaderBytes) {
    const next = await chunks.next();
    if (next.done === true) break;
    bytes = bytes.length === 0 ? next.value : Buffer.concat([bytes, next.value]);
    end = bytes.indexOf(10);
  }
  const line = bytes.subarray(0, end < 0 ? bytes.length : end);
  const close = async (): Promise<void> => {
    await chunks.return(undefined);
  };
  const problem = headerProblem(line);
  if (problem !== undefined) {
    await close();
    throw new BioscanError('bad-file', `data: ${file} ${problem}`, { file });
  }
  return { bytes, line, rest: { [Symbol.asyncIterator]: () => chunks }, close };
}

function headerProblem(line: Uint8Array): string | undefined {
  if (line.length === 0) return 'is empty or starts with an empty line, expected a header';
  if (line.length > maxHeaderBytes) return 'has no line end in its first MiB, expected a header line';
  if (line.includes(0)) return 'is not text: its first line has zero bytes';
  const carriageReturn = line.indexOf(13);
  if (carriageReturn >= 0 && carriageReturn < line.length - 1)
    return 'has lone carriage returns as line ends; convert them to LF';
  return undefined;
}

function headerNames(row: DelimitedRow, file: string): string[] {
  if (row.problem !== undefined) {
    throw new BioscanError('bad-file', `data: ${file} has a header that cannot be read (${row.problem})`, { file });
  }
  return Array.from({ length: row.width }, (_, field) => {
    const name = row.text(field);
    if (name !== undefined) return name;
    throw new BioscanError(
      'bad-file',
      `data: ${file} has a header that is not UTF-8; if it is Latin-1, pass encoding: 'latin1'`,
      { file },
    );
  });
}

/** The schema by header; the delimiter is the one of tab, comma and semicolon that cuts the header into most parts. */
function detected(line: Uint8Array, encoding: 'utf-8' | 'latin1', file: string): TableSchema {
  let best: { delimiter: string; names: string[] } = { delimiter: ',', names: [] };
  for (const delimiter of ['\t', ',', ';']) {
    const rows = new DelimitedRows({ delimiter, quotes: 'rfc4180', encoding });
    const cut = (row: DelimitedRow): void => {
      const names = row.problem === undefined ? headerNames(row, file) : [];
      if (names.length > best.names.length) best = { delimiter, names };
    };
    rows.push(line, cut);
    rows.end(cut);
  }
  const found = detectSchema(best.names);
  if (found.schema === undefined) throw unfittingHeader(file, best.names, found.why);
  return found.schema.delimiter === best.delimiter ? found.schema : { ...found.schema, delimiter: best.delimiter };
}
