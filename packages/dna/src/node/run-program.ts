import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { BioscanError, isBioscanError, throwIfCancelled } from '@bioscan/core';

export interface RunProgramOptions {
  /** Where it runs; file names among its words are relative to it. */
  readonly folder?: string;
  readonly signal?: AbortSignal;
  /** Told every line that it prints, in order. */
  readonly onLine?: (line: string) => void;
}

/**
 * Runs a program to its end, without a shell. However it comes back, the program has ended: it is killed when the signal fires or when `onLine` throws.
 * @throws BioscanError `not-found` when there is no such program, `engine` when it fails, `cancelled` when the signal fires
 */
export async function runProgram(
  program: string,
  words: readonly string[],
  { folder, signal, onLine = () => undefined }: RunProgramOptions = {},
): Promise<void> {
  throwIfCancelled(signal, program);
  const child = spawn(program, words, {
    ...(folder === undefined ? {} : { cwd: folder }),
    ...(signal === undefined ? {} : { signal }),
    killSignal: 'SIGKILL',
    // BLAST+ would otherwise report its use to its makers.
    env: { ...process.env, BLAST_USAGE_REPORT: 'false' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint = `${complaint}${text}`.slice(-2000);
  });
  let trouble: Error | undefined;
  child.on('error', (error) => {
    trouble = error;
  });
  const ended = new Promise<string | undefined>((resolve) => {
    child.on('close', (code, killedBy) => {
      resolve(code === 0 ? undefined : (killedBy ?? `exit code ${code ?? 0}`));
    });
  });
  try {
    await readLines(child.stdout, onLine);
    const failure = await ended;
    if (trouble !== undefined) throw trouble;
    if (failure !== undefined) throw failed(program, `${failure}: ${complaint.trim()}`);
  } catch (cause) {
    child.kill('SIGKILL');
    await ended;
    throwIfCancelled(signal, program);
    throw isBioscanError(cause) ? cause : notStarted(program, cause);
  }
}

async function readLines(stream: NodeJS.ReadableStream, onLine: (line: string) => void): Promise<void> {
  for await (const line of createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })) onLine(line);
}

function failed(program: string, what: string): BioscanError {
  return new BioscanError('engine', `dna: ${program}, got ${what}, expected it to end well`, { program });
}

function notStarted(program: string, cause: unknown): BioscanError {
  if ((cause as { code?: unknown }).code !== 'ENOENT') return failed(program, String(cause));
  const what = `dna: ${program}, got no such program, expected BLAST+ to be installed; on Debian: apt install ncbi-blast+`;
  return new BioscanError('not-found', what, { program }, { cause });
}
