import type { ModelUpdate, TrainingStep } from '@bioscan/core';
import { encodeLoop } from '../encode-loop.js';
import { encodeModel } from '../encode-model.js';
import type { Graph, Value } from '../graph.js';
import { activationBytes } from './activation-bytes.js';
import { inGraphAverages, inGraphUpdate, type UpdateControls } from './in-graph-update.js';
import { planParameters, trainableParameter } from './parameter-plan.js';
import { specOf, stepPlan, type TrainingStepOptions } from './training-step.js';

export interface InGraphStepOptions extends TrainingStepOptions {
  /** Makes the model an ONNX Loop that takes any number of steps in one run (`steps()` of the session). Default false. */
  readonly loop?: boolean;
}

/**
 * A training step whose model also updates the state, for GPU providers and for several steps a run. The state has the names of
 * {@link trainingStep}'s, so that a checkpoint serves both; the results agree to float32 rounding.
 */
export function inGraphStep(graph: Graph, options: InGraphStepOptions): TrainingStep {
  if (graph.mode !== 'training') throw new TypeError('graph: inGraphStep() needs a trainingGraph()');
  const { loss, optimizer, average, loop = false } = options;
  const metrics = { loss, ...options.metrics };
  const feeds = graph.inputs.map(specOf);
  const planned = planParameters(graph, loss, Object.values(metrics), options);
  const plan = stepPlan(graph, options);
  const updates = planned.flatMap(({ parameter, value, slope, rows, rate }) =>
    slope === undefined
      ? []
      : [{ parameter: value, gradient: slope, decay: parameter.decay, rate, ...(rows === undefined ? {} : { rows }) }],
  );
  const controls = updateControls(graph);
  const updated = inGraphUpdate(optimizer, updates, controls);
  const averages = average === undefined ? [] : inGraphAverages(updates, updated, average);
  const next = new Map([...updated, ...averages]);
  const update: ModelUpdate = {
    ...controlNames,
    ...(loop ? { loop: 'update#steps' } : {}),
  };
  return {
    model: loop
      ? encodeLoop(graph, { next, metrics: new Map(Object.entries(metrics)), count: 'update#steps' })
      : encodeModel(graph, { outputs: stepOutputs(metrics, next) }),
    ...plan,
    parameters: planned.map(trainableParameter),
    feeds,
    metrics: Object.keys(metrics),
    update,
    activationBytes: activationBytes(graph, [...Object.values(metrics), ...next.values()], next.values()),
  };
}

const controlNames = { learningRate: 'update#rate', beta1: 'update#beta1', step: 'update#step' } as const;

function updateControls(graph: Graph): UpdateControls {
  return {
    learningRate: graph.input(controlNames.learningRate, 'float32', []),
    beta1: graph.input(controlNames.beta1, 'float32', []),
    step: graph.input(controlNames.step, 'float32', []),
  };
}

function stepOutputs(metrics: Readonly<Record<string, Value>>, next: ReadonlyMap<string, Value>): Map<string, Value> {
  const outputs = new Map(Object.entries(metrics));
  for (const [name, value] of next) outputs.set(`${name}#next`, value);
  return outputs;
}
