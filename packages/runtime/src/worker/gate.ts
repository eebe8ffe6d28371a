/**
 * Two words shared with the main thread. A thread may not be ended inside a call of ONNX Runtime: its binding would abort the
 * process. So closing says "stop" and waits until the thread is not "busy".
 */
export interface Gate {
  /** Enters a call; false when the thread was told to stop. */
  readonly enter: () => boolean;
  readonly leave: () => void;
  readonly stop: () => void;
  /** True once the thread was told to stop: long work looks between its parts. */
  readonly stopped: () => boolean;
  /** Blocks the caller until the call in progress has ended. */
  readonly waitUntilIdle: () => void;
  readonly shared: SharedArrayBuffer;
}

/** A gate over shared memory; a new one by default. */
export function gate(shared: SharedArrayBuffer = new SharedArrayBuffer(8)): Gate {
  const words = new Int32Array(shared);
  return {
    shared,
    enter() {
      Atomics.store(words, busy, 1);
      if (Atomics.load(words, stopped) === 0) return true;
      leave();
      return false;
    },
    leave,
    stop() {
      Atomics.store(words, stopped, 1);
    },
    stopped: () => Atomics.load(words, stopped) === 1,
    waitUntilIdle() {
      while (Atomics.load(words, busy) === 1) Atomics.wait(words, busy, 1, 1000);
    },
  };

  function leave(): void {
    Atomics.store(words, busy, 0);
    Atomics.notify(words, busy);
  }
}

const stopped = 0;
const busy = 1;
