import { join } from 'node:path';
import { isBioscanError } from '@bioscan/core';
import { runProgram } from './run-program.js';

/** An installed BLAST+. */
export interface Blast {
  /** As the program says it: `2.12.0+`. Results differ between versions. */
  readonly version: string;
  readonly blastn: string;
  readonly makeblastdb: string;
}

export interface FindBlastOptions {
  /** Where the programs are; default: wherever `PATH` finds them. */
  readonly folder?: string;
}

/**
 * The installed BLAST+, or undefined where there is none: its row then says so.
 * @throws BioscanError `engine` when a program of that name is there and fails
 */
export async function findBlast({ folder }: FindBlastOptions = {}): Promise<Blast | undefined> {
  const at = (name: string): string => (folder === undefined ? name : join(folder, name));
  const blast = { blastn: at('blastn'), makeblastdb: at('makeblastdb') };
  try {
    const version = await versionOf(blast.blastn);
    await versionOf(blast.makeblastdb);
    return { ...blast, version };
  } catch (error) {
    if (isBioscanError(error) && error.code === 'not-found') return undefined;
    throw error;
  }
}

async function versionOf(program: string): Promise<string> {
  const lines: string[] = [];
  await runProgram(program, ['-version'], { onLine: (line) => lines.push(line) });
  return /:\s*(\S+)/.exec(lines[0] ?? '')?.[1] ?? 'of unknown version';
}
