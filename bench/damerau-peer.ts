import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { join } from 'node:path';

/** rapidfuzz in a process of its own. */
export interface DamerauPeer {
  readonly version: string;
  /** All pairs of the sequences, once. */
  cdist(): Promise<{ readonly seconds: number; readonly hash: string }>;
  distances(pairs: readonly (readonly [string, string])[]): Promise<readonly number[]>;
  close(): void;
}

/** Starts it; `BIOSCAN_PYTHON` names a Python that has rapidfuzz and NumPy. */
export async function openDamerauPeer(sequences: readonly string[]): Promise<DamerauPeer> {
  const python = process.env['BIOSCAN_PYTHON'] ?? 'python3';
  const child = spawn(python, [join(import.meta.dirname, 'damerau.py')], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ask = async <Answer>(question: object): Promise<Answer> => {
    child.stdin.write(`${JSON.stringify(question)}\n`);
    const answer = await lines.next();
    if (answer.done === true) throw new Error(`bench: ${python} ended; it needs rapidfuzz 3 and NumPy`);
    return JSON.parse(answer.value) as Answer;
  };
  const { version } = await ask<{ version: string }>({ sequences });
  return {
    version,
    cdist: () => ask({ cdist: true }),
    distances: async (pairs) => (await ask<{ distances: number[] }>({ pairs })).distances,
    close: () => {
      child.kill();
    },
  };
}
