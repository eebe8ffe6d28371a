import { BioscanError, elementCount, tensor, type Tensor, type Tensors } from '@bioscan/core';
import type { TrainedSlots, TrainingMemory } from './training-memory.js';

/** Sums of the gradients of the micro-batches so far: allocated by the first accumulated step, reused by all others. */
export interface GradientSums {
  /** Adds what the gradients hold; the first of a step replaces what was there. */
  add(first: boolean): void;
  /** Puts the mean over `count` micro-batches, the last of which is still in the gradients, there. */
  mean(count: number): void;
}

/** @throws BioscanError `unsupported` for a step with row-sparse gradients, whose rows differ between micro-batches */
export function gradientSums({ trained }: Pick<TrainingMemory, 'trained'>): GradientSums {
  const sparse = trained.find(({ rows }) => rows !== undefined);
  if (sparse !== undefined) {
    throw new BioscanError(
      'unsupported',
      `runtime: micro-batches with the row-sparse gradient of '${sparse.parameter.name}', expected dense ones; leave 'sparse' out`,
      { name: sparse.parameter.name },
    );
  }
  const sums = trained.map(({ length }) => new Float32Array(length));
  return {
    add(first) {
      trained.forEach(({ gradient: { view } }, index) => {
        const sum = sums[index] as Float32Array;
        if (first) sum.set(view);
        else for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + (view[i] as number);
      });
    },
    mean(count) {
      trained.forEach((slots, index) => {
        meanInto(slots, sums[index] as Float32Array, count);
      });
    },
  };
}

function meanInto({ gradient: { view } }: TrainedSlots, sum: Float32Array, count: number): void {
  for (let i = 0; i < view.length; i++) view[i] = ((view[i] as number) + (sum[i] as number)) / count;
}

/** Means of the metrics over micro-batches, in float64; whole-number metrics are not averaged but refused. */
export function meanMetrics(parts: readonly Tensors[]): Tensors {
  const [first] = parts;
  if (first === undefined || parts.length === 1) return first ?? {};
  const entries = Object.entries(first).map(([name, { dtype, shape }]) => {
    if (dtype !== 'float32') {
      throw new BioscanError(
        'unsupported',
        `runtime: metric '${name}' of ${dtype} over micro-batches, expected float32`,
      );
    }
    const data = Float32Array.from({ length: elementCount(shape) }, (_, i) => {
      return parts.reduce((sum, part) => sum + Number((part[name] as Tensor).data[i]), 0) / parts.length;
    });
    return [name, tensor('float32', shape, data)] as const;
  });
  return Object.fromEntries(entries);
}
