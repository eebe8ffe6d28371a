import { BioscanError } from '@bioscan/core';
import type { OnnxModel } from './onnx-model.js';

/** True: all that look like weights. A pattern or function: the stored tensors whose names it takes. False: none. */
export type Trainable = boolean | RegExp | ((name: string) => boolean);

/**
 * Names of the stored tensors that become parameters: float32, no running statistic. True takes those with two or more elements, since
 * files keep their constants among the weights.
 * @throws BioscanError `not-found` for a pattern that takes none
 */
export function trainableNames(model: OnnxModel, trainable: Trainable): ReadonlySet<string> {
  if (trainable === false) return new Set();
  const statistics = new Set(runningStatistics(model));
  const takes = selector(trainable);
  const names = new Set<string>();
  for (const [name, tensor] of model.initializers) {
    if (tensor.dtype !== 'float32' || statistics.has(name)) continue;
    if (trainable === true ? tensor.data.length > 1 : takes(name)) names.add(name);
  }
  if (names.size === 0 && trainable !== true) {
    const some = [...model.initializers.keys()].slice(0, 5).join(', ');
    throw new BioscanError(
      'not-found',
      `graph: trainable, got a pattern that no weight has, expected one that takes some of ${some}, …`,
    );
  }
  return names;
}

function selector(trainable: Exclude<Trainable, false>): (name: string) => boolean {
  if (trainable === true) return () => true;
  // A pattern with the g flag remembers where it was.
  return trainable instanceof RegExp ? (name) => name.search(trainable) >= 0 : trainable;
}

const copies = new Set(['Identity', 'Cast', 'CastLike', 'Expand', 'Reshape']);

/** Names of the stored tensors that BatchNormalization reads as mean and variance. */
export function runningStatistics(model: OnnxModel): readonly string[] {
  return [...statisticReaders(model).keys()];
}

/** For each such tensor the name under which BatchNormalization reads it: exporters put copies between. */
export function statisticReaders(model: OnnxModel): ReadonlyMap<string, string> {
  const makers = new Map(model.nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)));
  const readers = new Map<string, string>();
  for (const node of model.nodes) {
    if (node.operator !== 'BatchNormalization') continue;
    for (const read of node.inputs.slice(3, 5)) {
      let name = read;
      for (let maker = makers.get(name); maker !== undefined && copies.has(maker.operator); maker = makers.get(name)) {
        name = maker.inputs[0] ?? '';
      }
      if (model.initializers.has(name)) readers.set(name, read);
    }
  }
  return readers;
}
