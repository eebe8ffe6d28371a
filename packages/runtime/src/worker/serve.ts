import type { MessagePort } from 'node:worker_threads';
import { gate } from './gate.js';
import { packError, type Answer, type Envelope } from './protocol.js';

/** A result, and buffers that move with it instead of being copied. */
export interface Served {
  readonly value: unknown;
  readonly moved?: readonly ArrayBuffer[];
}

/** Answers requests one after the other, in the order in which they came, until it is told to stop. */
export function serve(
  port: MessagePort,
  shared: SharedArrayBuffer,
  handle: (request: unknown) => Promise<Served>,
): void {
  const { enter, leave } = gate(shared);
  let last = Promise.resolve();
  port.on('message', (message: Envelope | 'stop') => {
    last = last.then(async () => {
      // Without its port the thread has nothing to wait for, and ends by itself.
      if (message === 'stop') port.close();
      else if (enter()) await answer(message.id, message.request).finally(leave);
    });
  });

  async function answer(id: number, request: unknown): Promise<void> {
    try {
      const { value, moved = [] } = await handle(request);
      port.postMessage({ id, value } satisfies Answer, [...moved]);
    } catch (thrown) {
      port.postMessage({ id, error: packError(thrown) } satisfies Answer);
    }
  }
}
