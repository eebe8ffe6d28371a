import { distanceKernelBase64 } from '../generated/distance-kernel.js';

/** What assembly/ exports; addresses are bytes. */
interface KernelExports {
  compareTwo(
    pattern: number,
    rows: number,
    masks: number,
    letters: number,
    first: number,
    firstColumns: number,
    second: number,
    secondColumns: number,
    records: number,
  ): number;
  fillTable(arrays: number, rows: number, columns: number, reached: number, excused: number): void;
}

/** The compiled kernels and their memory, which each call lays out anew from {@link firstAddress}. */
export interface DistanceKernel {
  readonly call: KernelExports;
  /** Makes room for `bytes` and returns the memory as it then is. */
  readonly reserve: (bytes: number) => ArrayBuffer;
}

/** Addresses below belong to the compiled module. */
export const firstAddress = 1024;

const pageBytes = 65_536;
let shared: DistanceKernel | undefined;

/** Compiles the kernels (2 kB) on first use. */
export function distanceKernel(): DistanceKernel {
  shared ??= instantiate();
  return shared;
}

function instantiate(): DistanceKernel {
  const memory = new WebAssembly.Memory({ initial: 2 });
  const binary = Uint8Array.from(atob(distanceKernelBase64), (letter) => letter.charCodeAt(0));
  const instance = new WebAssembly.Instance(new WebAssembly.Module(binary), { env: { memory } });
  return {
    call: instance.exports as unknown as KernelExports,
    reserve(bytes) {
      const missing = bytes - memory.buffer.byteLength;
      if (missing > 0) memory.grow(Math.ceil(missing / pageBytes));
      return memory.buffer;
    },
  };
}
