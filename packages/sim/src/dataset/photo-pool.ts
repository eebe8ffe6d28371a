import { Worker } from 'node:worker_threads';
import { BioscanError } from '@bioscan/core';
import type { PhotoJob, PhotoMeasure } from './photo-job.js';
import { takePhoto } from './take-photo.js';
import { workerFile } from './worker-file.js';

/** Takes photos on several threads, or in place where there are none. */
export interface PhotoPool {
  readonly threads: number;
  take(jobs: readonly PhotoJob[]): Promise<readonly PhotoMeasure[]>;
  close(): Promise<void>;
}

/**
 * A pool of `threads` workers. 0 takes photos on this thread, and so does a run from TypeScript sources that are not built, since Node cannot
 * start a TypeScript worker. `take` may be called while others are under way; each call goes to one worker.
 */
export function openPhotoPool(threads: number): PhotoPool {
  const file = workerFile();
  if (threads === 0 || file === undefined) {
    return {
      threads: 0,
      take: async (jobs) => {
        const measures: PhotoMeasure[] = [];
        for (const job of jobs) measures.push(await takePhoto(job));
        return measures;
      },
      close: () => Promise.resolve(),
    };
  }
  const hands = Array.from({ length: threads }, () => new Hand(file));
  let next = 0;
  return {
    threads,
    take: (jobs) => (hands[next++ % threads] as Hand).take(jobs),
    close: async () => {
      await Promise.all(hands.map((hand) => hand.close()));
    },
  };
}

interface Answer {
  readonly measures?: readonly PhotoMeasure[];
  readonly error?: string;
}

interface Waiting {
  readonly resolve: (measures: readonly PhotoMeasure[]) => void;
  readonly reject: (error: unknown) => void;
}

/** One worker; answers come in the order of the questions. */
class Hand {
  readonly #worker: Worker;
  readonly #waiting: Waiting[] = [];
  #closing = false;

  constructor(file: URL) {
    this.#worker = new Worker(file, { execArgv: [] });
    this.#worker.on('message', ({ measures, error }: Answer) => {
      const asked = this.#waiting.shift();
      if (measures !== undefined) asked?.resolve(measures);
      else asked?.reject(new BioscanError('engine', `sim: a photo worker failed: ${error ?? 'no answer'}`));
    });
    this.#worker.on('error', (error) => {
      this.#fail(error);
    });
    this.#worker.on('exit', (code) => {
      if (!this.#closing) this.#fail(new Error(`exit code ${code}`));
    });
  }

  take(jobs: readonly PhotoJob[]): Promise<readonly PhotoMeasure[]> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#worker.postMessage(jobs);
    });
  }

  async close(): Promise<void> {
    this.#closing = true;
    await this.#worker.terminate();
    this.#fail(new Error('the pool was closed'));
  }

  #fail(cause: unknown): void {
    for (const { reject } of this.#waiting.splice(0)) {
      reject(new BioscanError('engine', 'sim: a photo worker stopped', {}, { cause }));
    }
  }
}
