import { BioscanError, boxSize, nearestName, throwIfCancelled, type Progress } from '@bioscan/core';
import { openByteSource, type ByteInput } from '../io/byte-source.js';
import { decompressed } from '../io/gunzip.js';
import { DelimitedRows, type DelimitedRow } from '../table/delimited-rows.js';
import { rejectLog, type RejectLog, type RejectReason } from '../table/reject-log.js';
import { boundingBoxColumns, type BoundingBoxColumn, type BoundingBoxRecord } from './bounding-box-record.js';

export interface ReadBoundingBoxesOptions {
  /** Where bad rows go. Default: a log of its own. */
  readonly rejects?: RejectLog;
  readonly signal?: AbortSignal;
  /** Bytes of the file, as stored. */
  readonly onProgress?: (progress: Progress) => void;
}

/** Enough for the header, which tells tab, comma and semicolon apart. */
const headBytes = 4096;

/**
 * Streams a bounding-box table (BIOSCAN-5M's columns, in any order; others are ignored); gzip and the separator are recognised.
 * Rows with a missing or repeated process id, sides or boxes that are none are counted in `rejects`. Missing size fields follow from the box.
 * @throws BioscanError `not-found`, `truncated`, `bad-file`, `missing-column`, `cancelled`
 * @example
 * for await (const { processId, box } of readBoundingBoxes('BIOSCAN_5M_Insect_bbox.tsv')) console.log(processId, box.x0);
 */
export async function* readBoundingBoxes(
  input: ByteInput,
  options: ReadBoundingBoxesOptions = {},
): AsyncGenerator<BoundingBoxRecord> {
  const { signal, onProgress } = options;
  const source = await openByteSource(input);
  const state: { rows?: DelimitedRows; reader?: RowParser } = {};
  let pending: Uint8Array[] = [];
  let ready: BoundingBoxRecord[] = [];
  const onRow = (row: DelimitedRow): void => {
    if (state.reader === undefined) {
      state.reader = rowParser(row, source.file, options.rejects ?? rejectLog());
      return;
    }
    const record = state.reader(row);
    if (record !== undefined) ready.push(record);
  };
  const start = (): DelimitedRows => {
    const head = Buffer.concat(pending);
    state.rows = new DelimitedRows({ delimiter: separatorOf(head), quotes: 'rfc4180', encoding: 'utf-8' });
    state.rows.push(head, onRow);
    pending = [];
    return state.rows;
  };
  for await (const chunk of decompressed(source.chunks, source.file)) {
    throwIfCancelled(signal, `data: reading ${source.file}`);
    if (state.rows !== undefined) state.rows.push(chunk, onRow);
    else pending.push(chunk);
    if (state.rows === undefined && pending.reduce((sum, { length }) => sum + length, 0) >= headBytes) start();
    const { totalBytes: total } = source;
    onProgress?.({ done: source.bytesRead(), ...(total === undefined ? {} : { total }) });
    const block = ready;
    ready = [];
    yield* block;
  }
  (state.rows ?? start()).end(onRow);
  if (state.reader === undefined)
    throw new BioscanError('bad-file', `data: ${source.file} has no header`, { file: source.file });
  yield* ready;
}

/** The one of tab, comma and semicolon that occurs most often in the first line. */
function separatorOf(head: Buffer): string {
  const end = head.indexOf(10);
  const line = head.subarray(0, end < 0 ? head.length : end).toString('latin1');
  const counts = ['\t', ',', ';'].map((separator) => ({ separator, count: line.split(separator).length }));
  return counts.reduce((best, next) => (next.count > best.count ? next : best)).separator;
}

type RowParser = (row: DelimitedRow) => BoundingBoxRecord | undefined;

const optionalColumns: readonly BoundingBoxColumn[] = ['scale_factor', 'area_fraction'];

function rowParser(header: DelimitedRow, file: string, rejects: RejectLog): RowParser {
  const names = Array.from({ length: header.width }, (_, i) => (header.text(i) ?? '').trim().toLowerCase());
  const at = new Map(boundingBoxColumns.map((column) => [column, names.indexOf(column)]));
  for (const column of boundingBoxColumns) {
    if ((at.get(column) ?? -1) < 0 && !optionalColumns.includes(column)) throw missing(file, column, names);
  }
  const width = header.width;
  const seen = new Set<string>();
  let number = 0;
  return (row) => {
    number++;
    const found = row.problem === undefined && row.width !== width ? { reason: 'ragged' as const } : parsed(row);
    if ('box' in found) return found;
    const { reason, column } = found;
    rejects.add({
      file,
      row: number,
      line: row.line,
      ...(column === undefined ? {} : { column }),
      reason,
      lost: 'row',
      message: `data: ${file}, line ${row.line}: ${explanations[reason] ?? reason}`,
      text: row.raw(),
    });
    return undefined;
  };

  function parsed(row: DelimitedRow): BoundingBoxRecord | Problem {
    if (row.problem !== undefined) return { reason: row.problem };
    const field = (column: BoundingBoxColumn): string => (row.text(at.get(column) ?? -1) ?? '').trim();
    const processId = field('processid');
    if (processId === '') return { reason: 'no-process-id' };
    if (seen.has(processId)) return { reason: 'duplicate' };
    const record = recordOf(processId, field, (column) => (at.get(column) ?? -1) >= 0);
    if ('box' in record) seen.add(processId);
    return record;
  }
}

interface Problem {
  readonly reason: RejectReason;
  readonly column?: BoundingBoxColumn;
}

const explanations: Readonly<Partial<Record<RejectReason, string>>> = {
  ragged: 'another number of fields than the header has',
  'no-process-id': 'no process id',
  duplicate: 'the process id came before',
  'not-a-number': 'expected a number',
  'bad-value': 'expected a whole number',
  'out-of-range': 'expected sides above 0 and a box with x0 < x1 and y0 < y1',
};

function recordOf(
  processId: string,
  field: (column: BoundingBoxColumn) => string,
  has: (column: BoundingBoxColumn) => boolean,
): BoundingBoxRecord | Problem {
  const numbers: Partial<Record<BoundingBoxColumn, number>> = {};
  for (const column of boundingBoxColumns) {
    if (column === 'processid' || !has(column)) continue;
    const text = field(column);
    if (text === '' && optionalColumns.includes(column)) continue;
    const value = text === '' ? Number.NaN : Number(text);
    if (!Number.isFinite(value)) return { reason: 'not-a-number', column };
    if (!optionalColumns.includes(column) && !Number.isInteger(value)) return { reason: 'bad-value', column };
    numbers[column] = value;
  }
  const { width_original: width = 0, height_original: height = 0, x0 = 0, y0 = 0, x1 = 0, y1 = 0 } = numbers;
  if (width < 1 || height < 1 || x1 <= x0 || y1 <= y0) return { reason: 'out-of-range' };
  const box = { x0, y0, x1, y1 };
  const size = boxSize(box, { width, height });
  return {
    processId,
    width,
    height,
    box,
    areaFraction: numbers.area_fraction ?? size.areaFraction,
    scaleFactor: numbers.scale_factor ?? size.scaleFactor,
  };
}

function missing(file: string, column: string, header: readonly string[]): BioscanError {
  const nearest = nearestName(column, header);
  const hint = nearest === undefined ? '' : `; the nearest there is '${nearest}'`;
  return new BioscanError(
    'missing-column',
    `data: ${file} has no column '${column}', expected ${boundingBoxColumns.join(', ')}${hint}`,
    { file, column, nearest },
  );
}
