import { availableParallelism } from 'node:os';
import { BioscanError, type Pool } from '@bioscan/core';
import { workerClient, type WorkerClient } from './worker-client.js';

export interface NodePoolOptions {
  /** Threads; default: as many as the machine has cores. */
  readonly size?: number;
}

interface Job {
  readonly task: string;
  readonly input: unknown;
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * A pool of threads that run the tasks of a worker file: built JavaScript that calls `serveTasks({ name: (input) => … })`.
 * A thread runs one task at a time; tasks start in call order. Threads start when needed and a dead one is replaced.
 * Errors arrive as they were thrown: a BioscanError with code and details, others with name and message.
 * `close` rejects what is pending with `cancelled` and stops the threads in mid-task.
 */
export function nodePool(worker: URL, { size = availableParallelism() }: NodePoolOptions = {}): Pool {
  if (!Number.isInteger(size) || size < 1) throw new RangeError(`runtime: pool size, got ${size}, expected 1 or more`);
  const idle: WorkerClient[] = [];
  const all = new Set<WorkerClient>();
  const queue: Job[] = [];
  let closed = false;

  return {
    run<Result>(task: string, input: unknown): Promise<Result> {
      if (closed) return Promise.reject(cancelled());
      return new Promise((resolve, reject) => {
        queue.push({ task, input, resolve: resolve as (value: unknown) => void, reject });
        startNext();
      });
    },
    async close() {
      closed = true;
      for (const { reject } of queue.splice(0)) reject(cancelled());
      await Promise.all([...all].map((client) => client.close()));
    },
  };

  function startNext(): void {
    if (queue.length === 0) return;
    const client = idle.pop() ?? (all.size < size ? start() : undefined);
    if (client === undefined) return;
    const job = queue.shift() as Job;
    void client
      .call({ task: job.task, input: job.input })
      .then(job.resolve, job.reject)
      .then(() => {
        if (client.closed) all.delete(client);
        else idle.push(client);
        startNext();
      });
  }

  function start(): WorkerClient {
    const client = workerClient(worker, 'a pool thread', { interrupt: true });
    all.add(client);
    return client;
  }
}

function cancelled(): BioscanError {
  return new BioscanError('cancelled', 'runtime: the pool was closed');
}
