import { clusteringKernelBase64 } from '../generated/clustering-kernel.js';

/** The WebAssembly kernel over one memory; addresses are bytes (see assembly/index.ts). */
export interface ClusteringKernel {
  nearest(
    query32: number,
    query64: number,
    querySize: number,
    rows32: number,
    rows64: number,
    sizes: number,
    ids: number,
    count: number,
    width: number,
    skip: number,
    best: number,
    bestId: number,
    out: number,
  ): number;
  seed(value: number): void;
  layout(
    points: number,
    count: number,
    width: number,
    heads: number,
    tails: number,
    every: number,
    due: number,
    edges: number,
    epoch: number,
    rate: number,
    a: number,
    b: number,
    negatives: number,
  ): void;
}

let compiled: WebAssembly.Module | undefined;

/** A kernel with a memory of its own, and views into it in the order of `bytes`; each starts at a multiple of 16. */
export function clusteringKernel(bytes: readonly number[]): {
  readonly kernel: ClusteringKernel;
  readonly buffer: ArrayBuffer;
  readonly at: readonly number[];
} {
  const at: number[] = [];
  let end = firstByte;
  for (const size of bytes) {
    at.push(end);
    end += Math.ceil(size / 16) * 16;
  }
  const memory = new WebAssembly.Memory({ initial: Math.ceil(end / 65_536) });
  compiled ??= new WebAssembly.Module(Uint8Array.from(atob(clusteringKernelBase64), (letter) => letter.charCodeAt(0)));
  const { exports } = new WebAssembly.Instance(compiled, { env: { memory } });
  return { kernel: exports as unknown as ClusteringKernel, buffer: memory.buffer, at };
}

/** The kernel's own globals lie below. */
const firstByte = 1024;
