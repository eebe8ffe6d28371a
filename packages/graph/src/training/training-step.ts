import { BioscanError, type OptimizerPlan, type TrainingStep, type ValueSpec } from '@bioscan/core';
import { activationBytes } from './activation-bytes.js';
import { encodeModel } from '../encode-model.js';
import type { Graph, Value } from '../graph.js';
import { planParameters, trainableParameter, type ParameterRules } from './parameter-plan.js';
import { concreteShape } from '../shape.js';
import { stepOperations } from './step-operations.js';

export interface TrainingStepOptions extends ParameterRules {
  /** Scalar to minimise. Always among the metrics, as `loss`. */
  readonly loss: Value;
  /** Further scalars or tensors to report at each step, by name. */
  readonly metrics?: Readonly<Record<string, Value>>;
  readonly optimizer: OptimizerPlan;
  /** Decay of an exponential moving average of the trained parameters, see {@link averagedState}. Default: none is kept. */
  readonly average?: number;
  /** Seeds the dropout masks. */
  readonly seed: number;
}

/**
 * Differentiates the loss by every parameter it depends on and encodes forward and backward as one model.
 * @throws BioscanError `not-found` for a pattern that matches nothing, `unsupported` for a sparse parameter that is no lookup table
 * @example
 * const step = trainingStep(graph, { loss, optimizer: adamw(), seed: 7, freeze: /embeddings/, learningRates: layerDecay(0.75) });
 */
export function trainingStep(graph: Graph, options: TrainingStepOptions): TrainingStep {
  if (graph.mode !== 'training') throw new TypeError('graph: trainingStep() needs a trainingGraph()');
  const { loss } = options;
  const metrics = { loss, ...options.metrics };
  const planned = planParameters(graph, loss, Object.values(metrics), options);
  const outputs = new Map(Object.entries<Value>(metrics));
  const slopes: Value[] = [];
  for (const { parameter, slope, rows } of planned) {
    if (slope === undefined) continue;
    outputs.set(`${parameter.name}#gradient`, slope);
    slopes.push(slope);
    if (rows !== undefined) outputs.set(`${parameter.name}#rows`, rows.indices);
  }
  return {
    model: encodeModel(graph, { outputs, leavesLast: true }),
    ...stepPlan(graph, options),
    parameters: planned.map(trainableParameter),
    feeds: graph.inputs.map(specOf),
    metrics: Object.keys(metrics),
    activationBytes: activationBytes(graph, outputs.values(), slopes),
    operations: stepOperations(graph, outputs.values()),
  };
}

/** What a step takes over from its options and graph. */
export function stepPlan(
  graph: Graph,
  { optimizer, average, seed, sparse }: TrainingStepOptions,
): Pick<TrainingStep, 'masks' | 'optimizer' | 'average' | 'seed'> {
  if (sparse !== undefined && optimizer.kind !== 'adamw') {
    throw new BioscanError(
      'unsupported',
      `graph: sparse parameters with ${optimizer.kind}, expected adamw(), whose rows follow SparseAdam`,
    );
  }
  if (average !== undefined && !(average >= 0 && average < 1)) {
    throw new RangeError(`graph: average, got a decay of ${average}, expected 0 <= decay < 1`);
  }
  return {
    masks: graph.masks.map(({ value, rate }) => ({
      name: value.name,
      shape: concreteShape('dropout', value.shape),
      rate,
    })),
    optimizer,
    ...(average === undefined ? {} : { average: { decay: average } }),
    seed,
  };
}

export function specOf({ name, dtype, shape }: Value): ValueSpec {
  return { name, dtype, shape };
}
