import { elementCount, tensor, type CachedBatch, type Tensor, type Tensors } from '@bioscan/core';

/** Vectors of a whole batch and the slopes by them, allocated once. */
export interface BatchVectors {
  readonly vectors: Stacked;
  readonly slopes: Stacked;
}

/** Arrays of a batch, by name. */
export interface Stacked {
  readonly whole: Tensors;
  /** The rows of one chunk, as views. */
  part(chunk: number): Tensors;
}

export function batchVectors({ chunks, vectors: plan }: CachedBatch): BatchVectors {
  const sloped = plan.flatMap(({ slope, shape }) => (slope === undefined ? [] : [{ name: slope, shape }]));
  return { vectors: stacked(plan, chunks), slopes: stacked(sloped, chunks) };
}

/** Rows of a batch with a number that is not finite, by the name of the vectors; those without any are left out. */
export function rowsNotFinite(vectors: Tensors): ReadonlyMap<string, readonly number[]> {
  const found = new Map<string, readonly number[]>();
  for (const [name, { shape, data }] of Object.entries(vectors)) {
    const [count = 1] = shape;
    const width = data.length / count;
    const values = data as Float32Array;
    const isBad = (row: number): boolean =>
      values.subarray(row * width, (row + 1) * width).some((value) => !Number.isFinite(value));
    const rows = Array.from({ length: count }, (_, row) => row).filter(isBad);
    if (rows.length > 0) found.set(name.split('#')[0] as string, rows);
  }
  return found;
}

interface Shaped {
  readonly name: string;
  /** Of one chunk. */
  readonly shape: readonly number[];
}

function stacked(plan: readonly Shaped[], chunks: number): Stacked {
  const whole: Record<string, Tensor<'float32'>> = {};
  for (const { name, shape } of plan) {
    const [rows = 1, ...rest] = shape;
    whole[name] = tensor('float32', [chunks * rows, ...rest], new Float32Array(chunks * elementCount(shape)));
  }
  return {
    whole,
    part: (chunk) => {
      const entries = plan.map(({ name, shape }) => {
        const size = elementCount(shape);
        const data = (whole[name] as Tensor<'float32'>).data.subarray(chunk * size, (chunk + 1) * size);
        return [name, tensor('float32', shape, data)] as const;
      });
      return Object.fromEntries(entries);
    },
  };
}
