import { allocate, tensor, type DType, type Tensor, type Tensors } from '@bioscan/core';

/** Feeds of several steps along a new leading axis; the feeds themselves where the model takes one step a run. */
export function stackFeeds(steps: readonly Tensors[], stacked: boolean): Tensors {
  const [first] = steps;
  if (first === undefined || !stacked) return first ?? {};
  const entries = Object.entries(first).map(([name, { dtype, shape, data }]) => {
    const whole = allocate(dtype, data.length * steps.length);
    steps.forEach((feeds, i) => {
      (whole as Float32Array).set((feeds[name] as Tensor).data as Float32Array, i * data.length);
    });
    return [name, tensor<DType>(dtype, [steps.length, ...shape], whole)] as const;
  });
  return Object.fromEntries(entries);
}

/** The metrics of each of `count` steps. */
export function unstackMetrics(metrics: Tensors, count: number, stacked: boolean): Tensors[] {
  if (!stacked) return [metrics];
  return Array.from({ length: count }, (_, step) => {
    const entries = Object.entries(metrics).map(([name, { dtype, shape, data }]) => {
      const size = data.length / count;
      return [name, { dtype, shape: shape.slice(1), data: data.slice(step * size, (step + 1) * size) }] as const;
    });
    return Object.fromEntries(entries);
  });
}
