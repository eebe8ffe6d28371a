import { BioscanError, type Tensor, type Tensors } from '@bioscan/core';
import type { OnnxModel } from './onnx-model.js';

/**
 * The model with other numbers in some of its stored tensors, such as trained weights or new running statistics.
 * @throws BioscanError `not-found` or `mismatch`, naming the tensor
 */
export function withInitializers(model: OnnxModel, tensors: Tensors): OnnxModel {
  const initializers = new Map(model.initializers);
  for (const [name, given] of Object.entries(tensors)) {
    const stored = initializers.get(name);
    if (stored === undefined) {
      throw new BioscanError(
        'not-found',
        `graph: tensor '${name}', got no such tensor in the model, expected one of its own`,
        { name },
      );
    }
    if (stored.dtype !== given.dtype || stored.shape.join() !== given.shape.join()) {
      const show = ({ dtype, shape }: Tensor): string => `${dtype} (${shape.join(', ')})`;
      throw new BioscanError('mismatch', `graph: tensor '${name}', got ${show(given)}, expected ${show(stored)}`, {
        name,
      });
    }
    initializers.set(name, given);
  }
  return { ...model, initializers };
}

/**
 * Running statistics after one more batch, as torch.nn.BatchNorm keeps them: (1 - momentum) · running + momentum · batch.
 * `batch` holds what a training step returned for the names of {@link runningStatistics}.
 */
export function averageStatistics(running: Tensors, batch: Tensors, momentum = 0.1): Tensors {
  return Object.fromEntries(
    Object.entries(running).map(([name, { shape, data }]) => {
      const latest = batch[name];
      if (latest === undefined)
        throw new BioscanError('not-found', `graph: statistic '${name}', got none of this batch`, { name });
      const kept = Float32Array.from(
        data as Float32Array,
        (value, i) => (1 - momentum) * value + momentum * Number(latest.data[i]),
      );
      return [name, { dtype: 'float32', shape, data: kept }];
    }),
  );
}
