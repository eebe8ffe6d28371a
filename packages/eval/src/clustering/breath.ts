import { throwIfCancelled } from '@bioscan/core';

/** Lets timers and cancellation act during long loops: call it often, it waits for a turn of the event loop about every 50 ms. */
export function breath(signal: AbortSignal | undefined, what: string): () => Promise<void> | undefined {
  let last = performance.now();
  return () => {
    const now = performance.now();
    if (now - last < 50) return undefined;
    last = now;
    throwIfCancelled(signal, what);
    return new Promise((resolve) => setTimeout(resolve, 0));
  };
}
