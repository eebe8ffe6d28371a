import { Worker } from 'node:worker_threads';
import { BioscanError } from '@bioscan/core';
import type { PictureAnswer, PictureRequest, ThreadSettings } from '../worker/picture-task.js';

/** Threads that decode and transform pictures. */
export interface PictureThreads {
  /** Pixels of one picture. Bytes that fill their buffer are moved, others copied. */
  load(id: string, source: string | Uint8Array): Promise<Float32Array>;
  /** Rejects what is pending; resolves when every thread has ended, after the pictures in progress. */
  close(): Promise<void>;
}

interface Thread {
  readonly worker: Worker;
  readonly ended: Promise<void>;
  pending: number;
}

interface Waiting {
  readonly resolve: (pixels: Float32Array) => void;
  readonly reject: (error: Error) => void;
  readonly thread: Thread;
}

/** Starts `count` threads; each picture goes to the one with the fewest pending. */
export function pictureThreads(file: URL, settings: ThreadSettings, count: number): PictureThreads {
  const waiting = new Map<number, Waiting>();
  let next = 0;
  let failure: Error | undefined;
  const threads = Array.from({ length: count }, start);

  return {
    load(id, source) {
      if (failure !== undefined) return Promise.reject(failure);
      const thread = threads.reduce((best, one) => (one.pending < best.pending ? one : best));
      return new Promise((resolve, reject) => {
        const ticket = next++;
        thread.pending++;
        waiting.set(ticket, { resolve, reject, thread });
        thread.worker.postMessage({ ticket, id, source } satisfies PictureRequest, movable(source));
      });
    },
    async close() {
      fail(new BioscanError('cancelled', 'vision: the loader was closed'));
      // In the middle of a picture the decoder's own threads still write into the thread's memory.
      for (const { worker } of threads) worker.postMessage('stop');
      await Promise.all(threads.map(({ ended }) => ended));
    },
  };

  function start(): Thread {
    // A built file needs no loader, and the parent's resolution conditions would lead it to TypeScript sources.
    const worker = new Worker(file, { execArgv: [], workerData: settings });
    worker.on('message', settle);
    worker.on('error', (cause) => {
      fail(new BioscanError('engine', `vision: a loader thread stopped: ${cause.message}`, {}, { cause }));
    });
    const ended = new Promise<void>((resolve) => {
      worker.on('exit', () => {
        fail(new BioscanError('engine', 'vision: a loader thread ended before it had answered'));
        resolve();
      });
    });
    return { worker, ended, pending: 0 };
  }

  function settle(answer: PictureAnswer): void {
    const call = waiting.get(answer.ticket);
    if (call === undefined) return;
    waiting.delete(answer.ticket);
    call.thread.pending--;
    if ('pixels' in answer) call.resolve(answer.pixels);
    else if (answer.code === undefined) call.reject(new Error(answer.message));
    else call.reject(new BioscanError(answer.code, answer.message));
  }

  function fail(error: Error): void {
    failure ??= error;
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  }
}

function movable(source: string | Uint8Array): ArrayBuffer[] {
  if (typeof source === 'string') return [];
  const { buffer, byteLength } = source;
  return buffer instanceof ArrayBuffer && byteLength === buffer.byteLength ? [buffer] : [];
}
