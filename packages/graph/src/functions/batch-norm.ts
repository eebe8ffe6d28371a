import { concreteShape } from '../shape.js';
import type { Value } from '../graph.js';
import { add, mul, single } from './elementwise.js';

/** A factor, an offset and running statistics for each channel. */
export interface ChannelStatistics {
  readonly scale: Value;
  readonly shift: Value;
  readonly mean: Value;
  readonly variance: Value;
}

export interface BatchNormOptions {
  /** Added to variances. Default 1e-5. */
  readonly epsilon?: number;
  /** Share of this batch in the running statistics, as in torch. Default 0.1. */
  readonly momentum?: number;
}

export interface BatchNormalized {
  readonly output: Value;
  /** Running statistics after this batch; no gradient passes through them. */
  readonly mean: Value;
  readonly variance: Value;
}

/** (x - mean) / √(variance + ε) · scale + shift by channel with given statistics: frozen, or for inference. */
export function batchNorm(x: Value, statistics: ChannelStatistics, epsilon = 1e-5): Value {
  const { scale, shift, mean, variance } = statistics;
  return single(x.graph.apply('BatchNormalization', [x, scale, shift, mean, variance], { epsilon }));
}

/**
 * Normalises each channel by the batch's own mean and variance (Ioffe & Szegedy 2015). The running variance takes the
 * unbiased one, as torch does.
 */
export function batchNormTraining(
  x: Value,
  statistics: ChannelStatistics,
  options: BatchNormOptions = {},
): BatchNormalized {
  const { epsilon = 1e-5, momentum = 0.1 } = options;
  const { scale, shift, mean, variance } = statistics;
  const shape = concreteShape('batchNormTraining', x.shape);
  const count = shape.reduce((a, b) => a * b, 1) / (shape[1] as number);
  // With momentum 0 ONNX gives the batch's own statistics, which the gradient reads too.
  const attributes = { epsilon, momentum: 0, training_mode: 1 };
  // ONNX Runtime writes the new statistics over its inputs even where others still read those: it gets values of its own.
  const inputs = [x, scale, shift, mul(scale, 0), mul(shift, 0)];
  const [output, batchMean, batchVariance] = x.graph.apply('BatchNormalization', inputs, attributes) as [
    Value,
    Value,
    Value,
  ];
  return {
    output,
    mean: add(mul(mean, 1 - momentum), mul(batchMean, momentum)),
    variance: add(mul(variance, 1 - momentum), mul(batchVariance, (momentum * count) / Math.max(count - 1, 1))),
  };
}
