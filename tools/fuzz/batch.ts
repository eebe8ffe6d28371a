import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** What a child saw. */
export interface ChildReport {
  /** Counts by BioscanError code; `read` for files that still read, `broken` for any other error. */
  readonly outcomes: Readonly<Record<string, number>>;
  readonly broken: readonly { readonly index: number; readonly error: string }[];
  readonly largest: number;
  /** Peak resident memory above that after reading the good files, in bytes. */
  readonly grown: number;
}

export interface Batch {
  readonly reader: string;
  readonly seed: number;
  readonly from: number;
  readonly to: number;
}

/** A report, or how the child ended without one: with the last index it told of. */
export type BatchResult = ChildReport | { readonly failure: string; readonly near: number };

/** A child may be silent this long before it counts as hanging. */
const patience = 30_000;

/** The bound on memory: twice the file and 64 MB. */
export function allowedGrowth(largest: number): number {
  return 2 * largest + 64 * 2 ** 20;
}

/** Reads a range of mutants in a process of its own. */
export function runBatch({ reader, seed, from, to }: Batch): Promise<BatchResult> {
  const child = fork(fileURLToPath(new URL('child.ts', import.meta.url)), [reader, seed, from, to].map(String), {
    execArgv: ['--conditions=@bioscan/source', '--import', 'tsx'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  return new Promise((resolve) => {
    let near = from;
    let report: ChildReport | undefined;
    let silent = setTimeout(hang, patience);
    function hang(): void {
      child.kill('SIGKILL');
    }
    child.on('message', (message: ChildReport | { readonly at: number }) => {
      clearTimeout(silent);
      silent = setTimeout(hang, patience);
      if ('at' in message) near = message.at;
      else report = message;
    });
    child.on('close', (code, signal) => {
      clearTimeout(silent);
      resolve(
        report !== undefined && code === 0 ? report : { failure: `ended with ${code ?? signal ?? 'nothing'}`, near },
      );
    });
  });
}
