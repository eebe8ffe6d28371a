import { rng, throwIfCancelled, type Runtime, type Session, type Tensors } from '@bioscan/core';
import { inferenceGraph, inferenceModel, type Graph } from '@bioscan/graph';
import { noAugmentation } from './augment.js';
import type { PretrainingTask, Ratio } from './pretraining-task.js';

/** Means by name over held-out barcodes, such as `maskedAccuracy`. */
export type HeldOutScores = Readonly<Record<string, number>>;

export interface HeldOutOptions {
  readonly barcodes: readonly string[];
  readonly batchSize: number;
  /** Draws the masks or fragments: the same at every evaluation of a run. */
  readonly seed: number;
  readonly signal?: AbortSignal;
}

/** Scores parameters on held-out barcodes: no dropout, no augmentation, the masks a function of the seed alone. */
export async function heldOutScores(
  task: PretrainingTask,
  parameters: Tensors,
  runtime: Runtime,
  options: HeldOutOptions,
): Promise<HeldOutScores> {
  const { barcodes, batchSize, seed, signal } = options;
  const session = await runtime.open(scoringModel(task, parameters, batchSize));
  try {
    const sums = new Map<string, [sum: number, weight: number]>();
    const masks = rng(seed).split('held-out');
    for (let start = 0; start < barcodes.length; start += batchSize) {
      throwIfCancelled(signal, 'held-out evaluation');
      const batch = barcodes.slice(start, start + batchSize);
      await addBatch(sums, session, task.collate(batch, batchSize, noAugmentation, masks.split(start)));
    }
    return Object.fromEntries([...sums].map(([name, [sum, weight]]) => [name, sum / weight]));
  } finally {
    await session.close();
  }
}

/** The scalar outputs of ratios, by name. */
export function ratioOutputs(ratios: Readonly<Record<string, Ratio>>): Record<string, Ratio['sum']> {
  return Object.fromEntries(
    Object.entries(ratios).flatMap(([name, { sum, weight }]) => [
      [`${name}#sum`, sum],
      [`${name}#weight`, weight],
    ]),
  );
}

/** Ratios read back from the outputs of {@link ratioOutputs}; a ratio of weight 0 is left out. */
export function readRatios(outputs: Tensors): Record<string, number> {
  const ratios: Record<string, number> = {};
  for (const name of ratioNames(outputs)) {
    const weight = scalar(outputs, `${name}#weight`);
    if (weight !== 0) ratios[name] = scalar(outputs, `${name}#sum`) / weight;
  }
  return ratios;
}

/** The one number of an output. */
export function scalar(outputs: Tensors, name: string): number {
  const value = outputs[name]?.data[0];
  if (typeof value !== 'number') throw new TypeError(`dna: the engine returned no number '${name}'`);
  return value;
}

function ratioNames(outputs: Tensors): string[] {
  return Object.keys(outputs).flatMap((name) => (name.endsWith('#sum') ? [name.slice(0, -'#sum'.length)] : []));
}

function scoringModel(task: PretrainingTask, parameters: Tensors, batchSize: number): Uint8Array {
  const graph: Graph = inferenceGraph();
  const inputs = task
    .inputs(batchSize)
    .map(({ name, dtype, shape }) => [name, graph.input(name, dtype, shape)] as const);
  const { ratios } = task.build(graph, Object.fromEntries(inputs));
  return inferenceModel(graph, { outputs: ratioOutputs(ratios), state: { step: 0, tensors: parameters } });
}

async function addBatch(sums: Map<string, [number, number]>, session: Session, feeds: Tensors): Promise<void> {
  const outputs = await session.run(feeds);
  for (const name of ratioNames(outputs)) {
    const [sum, weight] = sums.get(name) ?? [0, 0];
    sums.set(name, [sum + scalar(outputs, `${name}#sum`), weight + scalar(outputs, `${name}#weight`)]);
  }
}
