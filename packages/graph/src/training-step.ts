import { BioscanError, type OptimizerPlan, type TrainingStep, type ValueSpec } from '@bioscan/core';
import { encodeModel } from './encode-model.js';
import { gradients } from './gradients.js';
import type { Graph, Value } from './graph.js';
import { reachable } from './prune.js';
import { concreteShape } from './shape.js';

export interface TrainingStepOptions {
  /** Scalar to minimise. Always among the metrics, as `loss`. */
  readonly loss: Value;
  /** Further scalars or tensors to report at each step, by name. */
  readonly metrics?: Readonly<Record<string, Value>>;
  readonly optimizer: OptimizerPlan;
  /** Seeds the dropout masks. */
  readonly seed: number;
}

/** Differentiates the loss by every parameter it depends on and encodes forward and backward as one model. */
export function trainingStep(graph: Graph, options: TrainingStepOptions): TrainingStep {
  if (graph.mode !== 'training') throw new TypeError('graph: trainingStep() needs a trainingGraph()');
  const { loss, optimizer, seed } = options;
  const metrics = { loss, ...options.metrics };
  const entries = [...graph.parameters.values()];
  const slopes = gradients(
    loss,
    entries.map((entry) => entry.value),
  );
  const parameters = entries.flatMap(({ parameter: { name, shape, decay }, value }) => {
    const slope = slopes.get(value);
    return slope === undefined ? [] : [{ name, shape, decay, gradient: `${name}#gradient`, slope }];
  });
  const outputs = new Map(Object.entries<Value>(metrics));
  checkTrained(graph, outputs, slopes);
  for (const { gradient, slope } of parameters) outputs.set(gradient, slope);
  return {
    model: encodeModel(graph, { outputs }),
    parameters: parameters.map(({ name, shape, decay, gradient }) => ({ name, shape, decay, gradient })),
    masks: graph.masks.map(({ value, rate }) => ({
      name: value.name,
      shape: concreteShape('dropout', value.shape),
      rate,
    })),
    feeds: graph.inputs.map(specOf),
    metrics: Object.keys(metrics),
    optimizer,
    seed,
  };
}

/** A parameter that the metrics read but the loss does not reach would have no one to feed it. */
function checkTrained(graph: Graph, outputs: ReadonlyMap<string, Value>, slopes: ReadonlyMap<Value, Value>): void {
  const { values } = reachable(graph, outputs.values());
  for (const [name, { value }] of graph.parameters) {
    if (!values.has(value) || slopes.has(value)) continue;
    throw new BioscanError(
      'unsupported',
      `graph: parameter '${name}', got no gradient, expected the loss to depend on it; make frozen tensors constants`,
    );
  }
}

function specOf({ name, dtype, shape }: Value): ValueSpec {
  return { name, dtype, shape };
}
