import { basename, dirname } from 'node:path';
import { nodeStore } from '@bioscan/runtime/node';

/** Writes a text file so that it is complete or not there. */
export async function writeTextFile(path: string, text: string): Promise<void> {
  await nodeStore(dirname(path)).write(basename(path), new TextEncoder().encode(text));
}
