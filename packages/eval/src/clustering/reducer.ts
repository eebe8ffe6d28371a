import { type Rng, type Tensor } from '@bioscan/core';

export interface ReduceContext {
  readonly rng: Rng;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

/** Maps points into fewer dimensions before they are clustered. */
export interface Reducer {
  readonly name: string;
  /** For reports. */
  readonly settings: Readonly<Record<string, string | number>>;
  /** @param x `(n, d)`; returns `(n, m)` */
  reduce(x: Tensor<'float32'>, context: ReduceContext): Promise<Tensor<'float32'>>;
}

/** Leaves the points as they are: what does the reduction itself add? */
export function noReduction(): Reducer {
  return { name: 'none', settings: {}, reduce: (x) => Promise.resolve(x) };
}
