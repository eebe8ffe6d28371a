import { throwIfCancelled } from '@bioscan/core';
import { appendJournal, readJournal } from './photo-journal.js';
import type { PhotoJob, PhotoMeasure } from './photo-job.js';
import { openPhotoPool } from './photo-pool.js';

export interface PhotoRun {
  /** Where finished photos are noted, so that a later run goes on. */
  readonly journal: string;
  readonly threads: number;
  readonly signal: AbortSignal | undefined;
  readonly onPhotos: (done: number) => void;
}

const batchSize = 8;

/** Takes the photos of all `ids` that no earlier run took, a few batches a thread at a time. Returns the measures of all, and the threads it had. */
export async function takePhotos(
  ids: readonly string[],
  jobOf: (processId: string) => PhotoJob,
  { journal, threads, signal, onPhotos }: PhotoRun,
): Promise<{ readonly measures: ReadonlyMap<string, PhotoMeasure>; readonly threads: number }> {
  const measures = await readJournal(journal);
  const left = ids.filter((id) => !measures.has(id));
  const pool = openPhotoPool(threads);
  let next = 0;
  async function lane(): Promise<void> {
    for (;;) {
      throwIfCancelled(signal, 'sim: photos');
      const batch = left.slice(next, next + batchSize);
      if (batch.length === 0) return;
      next += batch.length;
      const taken = await pool.take(batch.map(jobOf));
      await appendJournal(journal, taken);
      for (const measure of taken) measures.set(measure.processId, measure);
      onPhotos(measures.size);
    }
  }
  try {
    await Promise.all(Array.from({ length: Math.max(1, 2 * pool.threads) }, lane));
  } finally {
    await pool.close();
  }
  return { measures, threads: pool.threads };
}
