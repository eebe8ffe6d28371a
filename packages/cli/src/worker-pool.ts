import type { Pool } from '@bioscan/core';
import { nodePool } from '@bioscan/runtime/node';

/** A pool of threads for the tasks of `worker.ts`; undefined when run from sources, which Node cannot start a thread of: work then runs in place. */
export function workerPool(threads: number, module: string = import.meta.url): Pool | undefined {
  if (threads < 2 || module.endsWith('.ts')) return undefined;
  return nodePool(new URL('./worker.js', module), { size: threads });
}
