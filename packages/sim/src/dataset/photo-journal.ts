import { appendFile, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { readText } from './atomic-file.js';
import type { PhotoMeasure } from './photo-job.js';

/** What earlier runs measured, by process id. A line that was cut off while it was written is left out: its photo is taken again. */
export async function readJournal(path: string): Promise<Map<string, PhotoMeasure>> {
  const measures = new Map<string, PhotoMeasure>();
  const lines = ((await readText(path)) ?? '').split('\n');
  for (const line of lines.slice(0, -1)) {
    const measure = parsed(line);
    if (measure !== undefined) measures.set(measure.processId, measure);
  }
  return measures;
}

/** Notes photos whose files are complete. */
export async function appendJournal(path: string, measures: readonly PhotoMeasure[]): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await appendFile(path, measures.map((measure) => `${JSON.stringify(measure)}\n`).join(''));
}

function parsed(line: string): PhotoMeasure | undefined {
  try {
    return JSON.parse(line) as PhotoMeasure;
  } catch {
    return undefined;
  }
}
