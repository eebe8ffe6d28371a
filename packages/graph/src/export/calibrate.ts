import { BioscanError, type Runtime, type Tensors, type TrainingState } from '@bioscan/core';
import { neg } from '../functions/elementwise.js';
import { max } from '../functions/reduce.js';
import type { Value } from '../graph.js';
import { encodeModel } from '../encode-model.js';
import type { Tower } from '../tower.js';
import { towerDraft } from './tower-draft.js';
import { quantisedActivations, type ActivationRanges } from './static-int8.js';

/**
 * Runs a tower over batches that are typical of its use and records the ranges of what `staticInt8` will quantise.
 * A few hundred inputs are enough; none of them may come from a test set. Cost: a forward pass each.
 * @throws BioscanError `bad-input` without a batch, `engine` when a range is not finite.
 */
export async function calibrate<Input>(
  trained: Tower<Input>,
  state: TrainingState,
  runtime: Runtime,
  batches: Iterable<Tensors> | AsyncIterable<Tensors>,
): Promise<ActivationRanges> {
  const draft = towerDraft(trained, state);
  const activations = quantisedActivations(draft);
  const ends = activations.flatMap((value): [string, Value][] => [
    [`${value.name}#largest`, max(value)],
    [`${value.name}#least`, max(neg(value))],
  ]);
  const session = await runtime.open(encodeModel(draft.graph, { outputs: new Map(ends), weights: draft.weights }));
  const ranges: Record<string, [number, number]> = {};
  let count = 0;
  try {
    for await (const batch of batches) {
      const found = await session.run(batch);
      for (const { name } of activations) widen(ranges, name, found);
      count++;
    }
  } finally {
    await session.close();
  }
  if (count === 0) throw new BioscanError('bad-input', 'graph: calibrate, got no batch, expected at least one');
  return ranges;
}

function widen(ranges: Record<string, [number, number]>, name: string, found: Tensors): void {
  const largest = Number(found[`${name}#largest`]?.data[0]);
  const least = -Number(found[`${name}#least`]?.data[0]);
  if (!Number.isFinite(largest) || !Number.isFinite(least)) {
    throw new BioscanError(
      'engine',
      `graph: calibrate, got a range of ${least} to ${largest} at '${name}', expected finite values`,
    );
  }
  const [low, high] = ranges[name] ?? [least, largest];
  ranges[name] = [Math.min(low, least), Math.max(high, largest)];
}
