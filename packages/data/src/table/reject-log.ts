import { writeAtomically } from '../io/atomic-write.js';

/** Why a row was set aside or a field dropped. */
export type RejectReason =
  | 'ragged'
  | 'stray-quote'
  | 'open-quote'
  | 'too-long'
  | 'encoding'
  | 'no-process-id'
  | 'duplicate'
  | 'not-a-number'
  | 'out-of-range'
  | 'half-pair'
  | 'bad-value'
  | 'empty-record';

/** One problem of one row. */
export interface RowProblem {
  readonly file: string;
  /** Data row, from 1; the header is not one. */
  readonly row: number;
  /** Line of the decompressed file, from 1. */
  readonly line: number;
  /** Header name of the column, where one column is to blame. */
  readonly column?: string;
  readonly reason: RejectReason;
  /** `row`: the whole row was set aside. `field`: the row was read without this field. */
  readonly lost: 'row' | 'field';
  readonly message: string;
  /** The row as the file has it, when the whole row was set aside; at most 2,000 characters. */
  readonly text?: string;
}

/** What a reader could not read. Nothing is lost without being counted here. */
export interface RejectSummary {
  /** Rows set aside. */
  readonly count: number;
  /** Fields dropped from rows that were read. */
  readonly fieldCount: number;
  /** Rows and fields together, by reason. */
  readonly byReason: Readonly<Partial<Record<RejectReason, number>>>;
  /** The first problems, up to the log's limit; `count` and `fieldCount` go on. */
  readonly rows: readonly RowProblem[];
}

/** Collects problems while rows are read; it is its own summary at any time. */
export interface RejectLog extends RejectSummary {
  add(problem: RowProblem): void;
}

/** An empty log that counts everything and lists the first `limit` problems. */
export function rejectLog(options: { readonly limit?: number } = {}): RejectLog {
  const limit = options.limit ?? 1000;
  const byReason: Partial<Record<RejectReason, number>> = {};
  const rows: RowProblem[] = [];
  const log = { count: 0, fieldCount: 0, byReason, rows, add };
  return log;

  function add(problem: RowProblem): void {
    if (problem.lost === 'row') log.count++;
    else log.fieldCount++;
    byReason[problem.reason] = (byReason[problem.reason] ?? 0) + 1;
    if (rows.length < limit) rows.push(problem);
  }
}

/**
 * Writes the listed problems as a CSV file (file, row, line, column, reason, lost, message, text), atomically.
 * A last line says how many more were counted than listed.
 */
export async function writeRejects(path: string, rejects: RejectSummary): Promise<void> {
  await writeAtomically(path, lines(rejects));
}

// eslint-disable-next-line @typescript-eslint/require-await -- the writer takes an asynchronous source
async function* lines(rejects: RejectSummary): AsyncGenerator<string> {
  yield 'file,row,line,column,reason,lost,message,text\n';
  for (const { file, row, line, column, reason, lost, message, text } of rejects.rows) {
    yield `${[file, row, line, column ?? '', reason, lost, message, text ?? ''].map(quoted).join(',')}\n`;
  }
  const hidden = rejects.count + rejects.fieldCount - rejects.rows.length;
  if (hidden > 0)
    yield `,,,,,,${quoted(`${hidden} more problems were counted but not listed; raise the log's limit`)},\n`;
}

function quoted(value: string | number): string {
  const text = String(value);
  return /[",\r\n]/u.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
