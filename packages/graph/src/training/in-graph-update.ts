import type { AdamWPlan, LambPlan, LionPlan, OptimizerPlan, SgdPlan } from '@bioscan/core';
import { add, div, greater, less, mul, pow, sqrt, sub, where } from '../functions/elementwise.js';
import { scatterAdd } from '../functions/indexing.js';
import { expand, reshape, zeros } from '../functions/layout.js';
import { sum } from '../functions/reduce.js';
import type { Value } from '../graph.js';
import { concreteShape } from '../shape.js';
import type { RowSlopes } from './sparse-rows.js';

/** A parameter, its slope, and whether weight decay applies to it. */
export interface UpdatedParameter {
  readonly parameter: Value;
  readonly gradient: Value;
  /** Present: the gradient holds slopes of rows, updated as torch.optim.SparseAdam. */
  readonly rows?: Omit<RowSlopes, 'slopes'>;
  readonly decay: boolean;
  /** Factor on the learning rate. Default 1. */
  readonly rate?: number;
}

/** What a step of the optimiser needs beside the slopes, as float32 scalars in the graph. */
export interface UpdateControls {
  readonly learningRate: Value;
  readonly beta1: Value;
  /** Steps taken, this one included: 1 at the first. */
  readonly step: Value;
}

/** New values by name: parameters as `name`, moments as `name#moment`, averages as `name#average`. */
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
  const clipped = clip(updates.map(dense), optimizer.clipNorm);
  const next = new Map<string, Value>();
  for (const update of clipped) {
    const { rate = 1 } = update;
    const { learningRate } = controls;
    const own = rate === 1 ? controls : { ...controls, learningRate: mul(learningRate, rate) };
    for (const [name, value] of rule(optimizer, update, own)) next.set(name, value);
  }
  return next;
}

/** Emits moving averages of updated parameters: one input each (`name#average`) and its next value. */
export function inGraphAverages(updates: readonly UpdatedParameter[], next: Updated, decay: number): Updated {
  return new Map(
    updates.map(({ parameter }) => {
      const average = moment(parameter, 'average');
      const updated = next.get(parameter.name) ?? parameter;
      return [average.name, add(average, mul(sub(updated, average), 1 - decay))] as const;
    }),
  );
}

/** A slope of the parameter's shape, and which rows it touches where it came as rows. */
type DenseUpdate = UpdatedParameter & { readonly touched?: Value };

type Next = readonly (readonly [string, Value])[];

function rule(plan: OptimizerPlan, update: DenseUpdate, controls: UpdateControls): Next {
  switch (plan.kind) {
    case 'adamw':
      return update.touched === undefined
        ? adamwUpdate(plan, update, controls)
        : sparseAdamUpdate(plan, update, update.touched, controls);
    case 'sgd':
      return sgdUpdate(plan, update, controls);
    case 'lion':
      return lionUpdate(plan, update, controls);
    case 'lamb':
      return lambUpdate(plan, update, controls);
    default:
      return plan satisfies never;
  }
}

function adamwUpdate(plan: AdamWPlan, update: DenseUpdate, { learningRate, beta1, step }: UpdateControls): Next {
  const { parameter } = update;
  const { first, second, mean, square } = adamMoments(plan.beta2, update, beta1);
  const scale = add(div(sqrt(square), sqrt(correction(parameter, plan.beta2, step))), plan.epsilon);
  const kept = shrunk(plan.weightDecay, update, learningRate);
  const rate = div(learningRate, correction(parameter, beta1, step));
  return [
    [parameter.name, sub(kept, mul(div(mean, scale), rate))],
    [first.name, mean],
    [second.name, square],
  ];
}

/** Rows that no slope names keep their values and moments; the bias is corrected in the size of the step, as torch.optim.SparseAdam. */
function sparseAdamUpdate(
  plan: AdamWPlan,
  update: DenseUpdate,
  touched: Value,
  { learningRate, beta1, step }: UpdateControls,
): Next {
  const { parameter } = update;
  const { first, second, mean, square } = adamMoments(plan.beta2, update, beta1);
  const correction1 = correction(parameter, beta1, step);
  const rate = div(mul(learningRate, sqrt(correction(parameter, plan.beta2, step))), correction1);
  const moved = sub(parameter, mul(div(mean, add(sqrt(square), plan.epsilon)), rate));
  return [
    [parameter.name, where(touched, moved, parameter)],
    [first.name, where(touched, mean, first)],
    [second.name, where(touched, square, second)],
  ];
}

function sgdUpdate(plan: SgdPlan, update: DenseUpdate, { learningRate, beta1 }: UpdateControls): Next {
  const { parameter, gradient, decay } = update;
  const buffer = moment(parameter, 'momentum');
  const slope = decay && plan.weightDecay !== 0 ? add(gradient, mul(parameter, plan.weightDecay)) : gradient;
  const velocity = add(mul(buffer, beta1), slope);
  return [
    [parameter.name, sub(parameter, mul(velocity, learningRate))],
    [buffer.name, velocity],
  ];
}

function lionUpdate(plan: LionPlan, update: DenseUpdate, { learningRate, beta1 }: UpdateControls): Next {
  const { parameter, gradient } = update;
  const one = parameter.graph.scalar(1);
  const momentum = moment(parameter, 'momentum');
  const direction = add(mul(momentum, beta1), mul(gradient, sub(one, beta1)));
  const minus = where(less(direction, 0), parameter.graph.scalar(-1), 0);
  const sign = where(greater(direction, 0), one, minus);
  return [
    [parameter.name, sub(shrunk(plan.weightDecay, update, learningRate), mul(sign, learningRate))],
    [momentum.name, add(momentum, mul(sub(gradient, momentum), 1 - plan.beta2))],
  ];
}

function lambUpdate(plan: LambPlan, update: DenseUpdate, { learningRate, beta1, step }: UpdateControls): Next {
  const { parameter, decay } = update;
  const { first, second, mean, square } = adamMoments(plan.beta2, update, beta1);
  const scale = add(div(sqrt(square), sqrt(correction(parameter, plan.beta2, step))), plan.epsilon);
  const adam = div(div(mean, correction(parameter, beta1, step)), scale);
  const direction = decay && plan.weightDecay !== 0 ? add(adam, mul(parameter, plan.weightDecay)) : adam;
  const rate = decay ? mul(learningRate, trust(parameter, direction)) : learningRate;
  return [
    [parameter.name, sub(parameter, mul(direction, rate))],
    [first.name, mean],
    [second.name, square],
  ];
}

/** ‖parameter‖ / ‖direction‖; 1 where one of them is 0. */
function trust(parameter: Value, direction: Value): Value {
  const [size, length] = [parameter, direction].map((value) => sqrt(sum(mul(value, value)))) as [Value, Value];
  const one = parameter.graph.scalar(1);
  const ratio = div(size, where(greater(length, 0), length, one));
  return where(greater(mul(size, length), 0), ratio, one);
}

function adamMoments(
  beta2: number,
  { parameter, gradient }: DenseUpdate,
  beta1: Value,
): Readonly<Record<'first' | 'second' | 'mean' | 'square', Value>> {
  const first = moment(parameter, 'first');
  const second = moment(parameter, 'second');
  const mean = add(mul(first, beta1), mul(gradient, sub(parameter.graph.scalar(1), beta1)));
  const square = add(mul(second, beta2), mul(mul(gradient, gradient), 1 - beta2));
  return { first, second, mean, square };
}

/** 1 - beta^step. */
function correction({ graph }: Value, beta: Value | number, step: Value): Value {
  return sub(graph.scalar(1), pow(typeof beta === 'number' ? graph.scalar(beta) : beta, step));
}

function shrunk(weightDecay: number, { parameter, decay }: DenseUpdate, learningRate: Value): Value {
  if (!decay || weightDecay === 0) return parameter;
  return mul(parameter, sub(parameter.graph.scalar(1), mul(learningRate, weightDecay)));
}

/** Slopes of rows as a slope of the whole table: other providers have no kernel for rows. */
function dense(update: UpdatedParameter): DenseUpdate {
  const { parameter, gradient, rows } = update;
  if (rows === undefined) return update;
  const [height, ...rest] = concreteShape('sparse parameter', parameter.shape) as [number, ...number[]];
  const { indices, count } = rows;
  const { graph } = parameter;
  const width = rest.reduce((a, b) => a * b, 1);
  const places = expand(reshape(indices, [count, 1]), [count, width]);
  const summed = scatterAdd(zeros(parameter, [height, width]), places, reshape(gradient, [count, width]), 0);
  const hits = scatterAdd(zeros(parameter, [height]), indices, expand(graph.scalar(1), [count]), 0);
  const touched = reshape(greater(hits, 0), [height, ...rest.map(() => 1)]);
  return { ...update, gradient: reshape(summed, [height, ...rest]), touched };
}

/** Scales all slopes so that their common norm is at most `largest`, as torch's clip_grad_norm_. */
function clip(updates: readonly DenseUpdate[], largest: number | undefined): readonly DenseUpdate[] {
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
