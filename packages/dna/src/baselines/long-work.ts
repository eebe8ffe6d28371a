import { throwIfCancelled, type Progress } from '@bioscan/core';

export interface LongWorkOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

const sliceMilliseconds = 20;

/** Runs `step(0) … step(count - 1)`, letting timers and events in about every 20 ms; cancelling rejects with `cancelled`. */
export async function inSlices(
  what: string,
  count: number,
  step: (i: number) => void,
  { signal, onProgress }: LongWorkOptions,
): Promise<void> {
  throwIfCancelled(signal, what);
  let sliceStart = performance.now();
  for (let i = 0; i < count; i++) {
    step(i);
    if (performance.now() - sliceStart < sliceMilliseconds) continue;
    onProgress?.({ done: i + 1, total: count });
    await new Promise((resolve) => setTimeout(resolve, 0));
    throwIfCancelled(signal, what);
    sliceStart = performance.now();
  }
  onProgress?.({ done: count, total: count });
}
