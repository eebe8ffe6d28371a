import { BioscanError, elementCount } from '@bioscan/core';
import { mul } from '../functions/elementwise.js';
import type { Value } from '../graph.js';
import { concreteShape } from '../shape.js';
import { applyRule } from './apply-rule.js';
import { inputValue, type Adapter, type NodeContext } from './node-context.js';
import type { Imported } from './import-scope.js';

export const normalizeAdapters: Readonly<Record<string, Adapter>> = {
  BatchNormalization: batchNormalization,
};

/**
 * Frozen, or with the statistics of the batch, whatever the file was exported for. The batch's own mean and variance (unbiased, as torch
 * accumulates it) are bound to the names of the stored statistics.
 */
function batchNormalization(context: NodeContext): readonly (Value | Imported)[] {
  const { node, scope, batchNormalization: mode } = context;
  const { training_mode: exported = 0, momentum: _momentum, ...attributes } = node.attributes;
  const batch = mode === undefined ? exported === 1 : mode === 'batch';
  if (!batch) {
    const results = applyRule(context, undefined, { ...attributes, training_mode: 0 });
    // Updated statistics of a frozen layer are the stored ones.
    return [...results.slice(0, 1), inputValue(context, 3), inputValue(context, 4)];
  }
  if (context.graph.mode !== 'training') {
    throw new BioscanError('unsupported', "graph: batch statistics, got an inference graph, expected 'frozen' there");
  }
  const [y, mean, variance] = applyRule(context, undefined, { ...attributes, training_mode: 1, momentum: 0 }) as [
    Value,
    Value,
    Value,
  ];
  const [n, , ...spatial] = concreteShape('batchNorm', y.shape) as [number, number, ...number[]];
  const count = n * elementCount(spatial);
  const unbiased = mul(variance, count / Math.max(1, count - 1));
  const [, , , meanName = '', varianceName = ''] = node.inputs;
  scope.statistics.set(meanName, mean);
  scope.statistics.set(varianceName, unbiased);
  return [y, mean, unbiased];
}
