import { parentPort, workerData } from 'node:worker_threads';
import { serve } from '../worker/serve.js';

/** A task of a pool: takes and gives what a structured clone can carry. */
export type PoolTask = (input: never) => unknown;

/**
 * Called once by a pool's worker file, with its tasks by name; see {@link nodePool}.
 * @throws Error on the main thread
 */
export function serveTasks(tasks: Readonly<Record<string, PoolTask>>): void {
  if (parentPort === null) throw new Error('runtime: serveTasks() belongs into a worker file that nodePool() starts');
  serve(parentPort, workerData as SharedArrayBuffer, async (request) => {
    const { task, input } = request as { readonly task: string; readonly input: never };
    const work = Object.hasOwn(tasks, task) ? tasks[task] : undefined;
    if (work === undefined) {
      throw new RangeError(`runtime: pool has no task '${task}', expected ${Object.keys(tasks).join(', ')}`);
    }
    return { value: await work(input) };
  });
}
