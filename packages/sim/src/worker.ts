import { parentPort } from 'node:worker_threads';
import sharp from 'sharp';
import type { PhotoJob } from './dataset/photo-job.js';
import { takePhoto } from './dataset/take-photo.js';

/** A thread of the photo pool: takes batches of jobs, answers with their measures or with what went wrong. */
const port = parentPort;
if (port !== null) {
  sharp.concurrency(1);
  port.on('message', (jobs: readonly PhotoJob[]) => {
    takeAll(jobs).then(
      (measures) => {
        port.postMessage({ measures });
      },
      (error: unknown) => {
        port.postMessage({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
      },
    );
  });
}

async function takeAll(jobs: readonly PhotoJob[]): Promise<unknown[]> {
  const measures: unknown[] = [];
  for (const job of jobs) measures.push(await takePhoto(job));
  return measures;
}
