import { Worker } from 'node:worker_threads';
import { BioscanError } from '@bioscan/core';
import { gate, type Gate } from '../worker/gate.js';
import { unpackError, type Answer, type Envelope } from '../worker/protocol.js';

/** One worker thread, asked by messages. */
export interface WorkerClient {
  /** Answered in call order; buffers in `moved` are given up by the caller. */
  call(request: unknown, moved?: readonly ArrayBuffer[]): Promise<unknown>;
  /** Rejects what is pending with `cancelled` at once; resolves when the thread has ended, after the call in progress. */
  close(reason?: unknown): Promise<void>;
  /** True after the thread has ended or was told to. */
  readonly closed: boolean;
}

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

export interface WorkerClientOptions {
  /** Closing stops the thread in mid-call: for JavaScript, never for a thread inside ONNX Runtime. */
  readonly interrupt?: boolean;
}

/** Starts a worker that was made with `serve`. It keeps the process alive only while calls are pending. */
export function workerClient(file: URL, what: string, { interrupt = false }: WorkerClientOptions = {}): WorkerClient {
  const waiting = new Map<number, Waiting>();
  const guard = gate();
  // A built file needs no loader, and the parent's resolution conditions would lead it to TypeScript sources.
  const worker = new Worker(file, { execArgv: [], workerData: guard.shared });
  let next = 0;
  let ended: Error | undefined;
  let exited = false;
  if (!interrupt) guardExit(guard);
  worker.unref();
  worker.on('message', settle);
  worker.on('error', (cause) => {
    fail(new BioscanError('engine', `runtime: ${what} stopped: ${cause.message}`, {}, { cause }));
  });
  const exit = new Promise<void>((resolve) => {
    worker.on('exit', (code) => {
      exited = true;
      guarded.delete(guard);
      fail(new BioscanError('engine', `runtime: ${what} ended with code ${code} before it had answered`, { code }));
      resolve();
    });
  });

  return {
    call,
    close,
    get closed() {
      return ended !== undefined;
    },
  };

  function call(request: unknown, moved: readonly ArrayBuffer[] = []): Promise<unknown> {
    if (ended !== undefined) return Promise.reject(ended);
    return new Promise((resolve, reject) => {
      const id = next++;
      // Throws, and so rejects, for what a structured clone cannot carry.
      worker.postMessage({ id, request } satisfies Envelope, [...moved]);
      waiting.set(id, { resolve, reject });
      worker.ref();
    });
  }

  function settle(answer: Answer): void {
    const call = waiting.get(answer.id);
    waiting.delete(answer.id);
    if (waiting.size === 0 && ended === undefined) worker.unref();
    if ('error' in answer) call?.reject(unpackError(answer.error));
    else call?.resolve(answer.value);
  }

  async function close(reason?: unknown): Promise<void> {
    guard.stop();
    fail(new BioscanError('cancelled', `runtime: ${what} was closed`, {}, { cause: reason }));
    if (exited) return;
    if (interrupt) {
      await worker.terminate();
      return;
    }
    worker.ref();
    worker.postMessage('stop');
    await exit;
  }

  function fail(error: Error): void {
    ended ??= error;
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  }
}

const guarded = new Set<Gate>();
let exitIsGuarded = false;

/** `process.exit` and uncaught errors end threads too: let the call in progress come to its end first. */
function guardExit(guard: Gate): void {
  guarded.add(guard);
  if (exitIsGuarded) return;
  exitIsGuarded = true;
  process.on('exit', () => {
    for (const each of guarded) {
      each.stop();
      each.waitUntilIdle();
    }
  });
}
