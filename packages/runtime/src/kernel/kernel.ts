import { kernelBase64 } from '../generated/kernel.js';

/** The WebAssembly kernel over one memory; addresses are bytes, lengths are elements (see assembly/kernel.ts). */
export interface Kernel {
  sumOfSquares(values: number, length: number): number;
  adamw(
    parameter: number,
    gradient: number,
    first: number,
    second: number,
    length: number,
    ...scalars: AdamWScalars
  ): void;
  sgd(parameter: number, gradient: number, buffer: number, length: number, ...scalars: SgdScalars): void;
  lion(parameter: number, gradient: number, momentum: number, length: number, ...scalars: LionScalars): void;
  /** Leaves the direction where the gradient was. */
  lambDirection(
    parameter: number,
    gradient: number,
    first: number,
    second: number,
    length: number,
    ...scalars: LambScalars
  ): void;
  addScaled(target: number, values: number, length: number, scale: number): void;
  average(target: number, parameter: number, length: number, weight: number): void;
  sparseAdam(
    parameter: number,
    gradient: number,
    first: number,
    second: number,
    rows: number,
    count: number,
    width: number,
    ...scalars: SparseAdamScalars
  ): void;
  dropoutMask(target: number, length: number, ...words: DropoutWords): void;
}

type AdamWScalars = readonly [
  clip: number,
  shrink: number,
  weight: number,
  keep: number,
  beta2: number,
  rest2: number,
  rate: number,
  root: number,
  epsilon: number,
];

type LionScalars = readonly [clip: number, shrink: number, beta1: number, rest1: number, weight: number, rate: number];

type LambScalars = readonly [
  clip: number,
  beta1: number,
  rest1: number,
  beta2: number,
  rest2: number,
  correction: number,
  root: number,
  epsilon: number,
  decay: number,
];

type SparseAdamScalars = readonly [clip: number, rest1: number, rest2: number, rate: number, epsilon: number];

type SgdScalars = readonly [clip: number, decay: number, momentum: number, rate: number];

export type DropoutWords = readonly [
  key0: number,
  key1: number,
  mask: number,
  step: number,
  tag: number,
  threshold: number,
  scale: number,
];

let compiled: WebAssembly.Module | undefined;

/** The kernel on `memory`. About 2 kB of code; compiled once. */
export function kernel(memory: WebAssembly.Memory): Kernel {
  compiled ??= new WebAssembly.Module(Uint8Array.from(atob(kernelBase64), (letter) => letter.charCodeAt(0)));
  return new WebAssembly.Instance(compiled, { env: { memory } }).exports as unknown as Kernel;
}
