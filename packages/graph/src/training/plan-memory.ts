import { allocate, elementCount, momentNames, type TrainingStep, type ValueSpec } from '@bioscan/core';

/** Bytes that a training step needs at its peak. */
export interface MemoryPlan {
  readonly parameters: number;
  readonly gradients: number;
  /** Moments, and averages where they are kept. */
  readonly moments: number;
  readonly masks: number;
  /** Intermediate values alive at once. */
  readonly activations: number;
  /** What a step in chunks holds of its whole batch: feeds, vectors and slopes. 0 for other steps. */
  readonly batch: number;
  readonly total: number;
}

/**
 * Predicts a step's memory before anything runs: the state from its shapes, the activations from the life of each value in the planned
 * graph. An engine adds its own (code, packed matrices, allocator), so that the measured peak is 0.8 to 1.6 times this for steps above 100 MB.
 * A step with the update in its model holds the state twice. Activations of steps that trainingStep() did not plan count as 0.
 */
export function planMemory(step: TrainingStep): MemoryPlan {
  const { parameters: all, masks, optimizer, average, update, activationBytes: activations = 0 } = step;
  const trained = all.filter(({ gradient }) => gradient !== undefined);
  const bytes = (shapes: readonly (readonly number[])[]): number =>
    shapes.reduce((sum, shape) => sum + 4 * elementCount(shape), 0);
  const copies = update === undefined ? 1 : 2;
  const kept = momentNames(optimizer).length + (average === undefined ? 0 : 1);
  const parameters = copies * bytes(all.map(({ shape }) => shape));
  const moments = copies * kept * bytes(trained.map(({ shape }) => shape));
  const slopes = trained.map(({ shape, rows }) => (rows === undefined ? shape : [rows.count, ...shape.slice(1)]));
  // A step in chunks adds its gradients up beside those of the chunk.
  const gradients = update === undefined ? (step.cached === undefined ? 1 : 2) * bytes(slopes) : 0;
  const maskBytes = bytes(masks.map(({ shape }) => shape));
  const batch = batchBytes(step);
  const total = parameters + moments + gradients + maskBytes + activations + batch;
  return { parameters, gradients, moments, masks: maskBytes, activations, batch, total };
}

function batchBytes({ cached, feeds }: TrainingStep): number {
  if (cached === undefined) return 0;
  const bytes = (specs: readonly ValueSpec[]): number =>
    specs.reduce((sum, { dtype, shape }) => {
      return sum + allocate(dtype, 1).BYTES_PER_ELEMENT * elementCount(shape as readonly number[]);
    }, 0);
  const sloped = cached.vectors.filter(({ slope }) => slope !== undefined);
  return cached.chunks * (bytes(feeds) + bytes(cached.vectors) + bytes(sloped)) + bytes(cached.feeds);
}

/** The plan as one line: `1.31 GB: parameters 126 MB, gradients …`. */
export function showMemory({ total, ...parts }: MemoryPlan): string {
  const shown = Object.entries(parts)
    .filter(([name, bytes]) => name !== 'batch' || bytes > 0)
    .map(([name, bytes]) => `${name} ${megabytes(bytes)}`);
  return `${megabytes(total)}: ${shown.join(', ')}`;
}

function megabytes(bytes: number): string {
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(2)} GB` : `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
}
