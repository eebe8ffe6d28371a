import type { AdamWPlan, OptimizerPlan, SgdPlan } from '@bioscan/core';
import { add, div, less, mul, pow, sqrt, sub, where } from './functions/elementwise.js';
import { sum } from './functions/reduce.js';
import type { Value } from './graph.js';
import { concreteShape } from './shape.js';

/** A parameter, its slope, and whether weight decay applies to it. */
export interface UpdatedParameter {
  readonly parameter: Value;
  readonly gradient: Value;
  readonly decay: boolean;
}

/** What a step of the optimiser needs beside the slopes, as float32 scalars in the graph. */
export interface UpdateControls {
  readonly learningRate: Value;
  readonly beta1: Value;
  /** Steps taken, this one included: 1 at the first. */
  readonly step: Value;
}

/** New values by name: parameters as `name`, moments as `name#moment`. */
export type Updated = ReadonlyMap<string, Value>;

/**
 * Emits the update of an optimiser into the graph, for engines that keep the state in tensors (GPU providers, ONNX Loop).
 * Declares one input a moment (`name#moment`, zeros at first) and returns the next parameters and moments.
 * The moments carry the names that the CPU engine gives them, so a checkpoint serves both.
 * Adam's bias correction raises beta1 to the step, as torch does, also while a schedule cycles beta1.
 */
export function inGraphUpdate(
  optimizer: OptimizerPlan,
  updates: readonly UpdatedParameter[],
  controls: UpdateControls,
): Updated {
  const clipped = clip(updates, optimizer.clipNorm);
  const next = new Map<string, Value>();
  for (const update of clipped) {
    if (optimizer.kind === 'adamw') adamwUpdate(optimizer, update, controls, next);
    else sgdUpdate(optimizer, update, controls, next);
  }
  return next;
}

function adamwUpdate(
  plan: AdamWPlan,
  { parameter, gradient, decay }: UpdatedParameter,
  { learningRate, beta1, step }: UpdateControls,
  next: Map<string, Value>,
): void {
  const { graph } = parameter;
  const one = graph.scalar(1);
  const first = moment(parameter, 'first');
  const second = moment(parameter, 'second');
  const mean = add(mul(first, beta1), mul(gradient, sub(one, beta1)));
  const square = add(mul(second, plan.beta2), mul(mul(gradient, gradient), 1 - plan.beta2));
  const correction1 = sub(one, pow(beta1, step));
  const correction2 = sub(one, pow(graph.scalar(plan.beta2), step));
  const scale = add(div(sqrt(square), sqrt(correction2)), plan.epsilon);
  const kept =
    decay && plan.weightDecay !== 0 ? mul(parameter, sub(one, mul(learningRate, plan.weightDecay))) : parameter;
  next.set(parameter.name, sub(kept, mul(div(mean, scale), div(learningRate, correction1))));
  next.set(first.name, mean);
  next.set(second.name, square);
}

function sgdUpdate(
  plan: SgdPlan,
  { parameter, gradient, decay }: UpdatedParameter,
  { learningRate, beta1 }: UpdateControls,
  next: Map<string, Value>,
): void {
  const buffer = moment(parameter, 'momentum');
  const slope = decay && plan.weightDecay !== 0 ? add(gradient, mul(parameter, plan.weightDecay)) : gradient;
  const velocity = add(mul(buffer, beta1), slope);
  next.set(parameter.name, sub(parameter, mul(velocity, learningRate)));
  next.set(buffer.name, velocity);
}

/** Scales all slopes so that their common norm is at most `largest`, as torch's clip_grad_norm_. */
function clip(updates: readonly UpdatedParameter[], largest: number | undefined): readonly UpdatedParameter[] {
  if (largest === undefined) return updates;
  const squares = updates.map(({ gradient }) => sum(mul(gradient, gradient)));
  const [first, ...rest] = squares;
  if (first === undefined) return updates;
  const norm = sqrt(rest.reduce((total, square) => add(total, square), first));
  const factor = div(norm.graph.scalar(largest), add(norm, 1e-6));
  const share = where(less(factor, 1), factor, 1);
  return updates.map((update) => ({ ...update, gradient: mul(update.gradient, share) }));
}

function moment(parameter: Value, name: string): Value {
  const shape = concreteShape('optimiser state', parameter.shape);
  return parameter.graph.input(`${parameter.name}#${name}`, 'float32', shape);
}
