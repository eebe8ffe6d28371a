import { readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { threadId } from 'node:worker_threads';

const pattern = /\.bioscan-(\d+)-(\d+)-(\d+)\.tmp$/;
const inUse = new Set<string>();
let next = 0;

/** A name beside `path` that says who writes it, so that leftovers are told from work in progress. Give it back when done. */
export function takeTemporary(path: string): string {
  const temporary = `${path}.bioscan-${process.pid}-${threadId}-${next++}.tmp`;
  inUse.add(temporary);
  return temporary;
}

export function giveBackTemporary(temporary: string): void {
  inUse.delete(temporary);
}

export function isTemporary(name: string): boolean {
  return pattern.test(name);
}

/** Removes temporary files of `path` whose writer is gone: another process that has ended, or this thread under an old life. */
export async function removeLeftovers(path: string): Promise<void> {
  const folder = dirname(path);
  for (const name of await readdir(folder)) {
    const writer = pattern.exec(name);
    if (writer === null || name.slice(0, writer.index) !== basename(path)) continue;
    const temporary = join(folder, name);
    if (!isBeingWritten(temporary, Number(writer[1]), Number(writer[2]))) await rm(temporary, { force: true });
  }
}

function isBeingWritten(temporary: string, pid: number, thread: number): boolean {
  if (pid === process.pid) return thread !== threadId || inUse.has(temporary);
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
