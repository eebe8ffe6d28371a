import { osaKernelBase64 } from '../generated/osa-kernel.js';

/** What assembly/osa.ts exports; addresses are bytes. */
interface KernelExports {
  advanceWord(masks: number, first: number, second: number, columns: number, records: number, top: number): void;
  startRecords(records: number, columns: number): void;
  sumRecords(records: number, columns: number, lane: number): number;
}

/** The compiled kernel and its memory, grown as needed. Not reentrant, which synchronous calls never are. */
export interface OsaKernel {
  readonly call: KernelExports;
  /** Makes room for `bytes` and returns the memory as it then is. */
  reserve(bytes: number): ArrayBuffer;
}

const pageBytes = 65_536;
let shared: OsaKernel | undefined;

/** Compiles the kernel (1 kB) on first use. */
export function osaKernel(): OsaKernel {
  shared ??= instantiate();
  return shared;
}

function instantiate(): OsaKernel {
  const memory = new WebAssembly.Memory({ initial: 2 });
  const binary = Uint8Array.from(atob(osaKernelBase64), (letter) => letter.charCodeAt(0));
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
