import {
  BioscanError,
  tensor,
  throwIfCancelled,
  type OptimizerPlan,
  type Rng,
  type Runtime,
  type StatefulSession,
  type Tensor,
  type Tensors,
  type TrainingState,
  type TrainingStep,
} from '@bioscan/core';
import { add, crossEntropy, linear, mul, sum, trainingGraph, trainingStep } from '@bioscan/graph';
import type { FitContext } from './probe.js';

/** When a fit ends. */
type StopRule =
  | { readonly kind: 'epochs'; readonly epochs: number }
  /** The rate is cut to a third after each round whose mean objective fell by less than `tolerance` of it; the cut after `cuts` ends the fit. */
  | { readonly kind: 'plateau'; readonly tolerance: number; readonly cuts: number; readonly maxEpochs: number };

/** A softmax regression to be fitted: standardised rows, class numbers, and how. */
export interface SoftmaxPlan {
  /** `(n, d)` */
  readonly x: Tensor<'float32'>;
  readonly labels: Int32Array;
  readonly classes: number;
  readonly batchSize: number;
  /** Zeros, torch's uniform ±1/√d, or an earlier fit of the same shape. */
  readonly start: 'zeros' | 'uniform' | SoftmaxFit;
  readonly stop: StopRule;
  readonly optimizer: OptimizerPlan;
  readonly learningRate: number;
  readonly beta1: number;
  /** L2 in the objective, on the weight only. */
  readonly strength: number;
  readonly stage: string;
}

export interface SoftmaxFit {
  /** `(d, classes)` */
  readonly weight: Float32Array;
  /** `(classes)` */
  readonly bias: Float32Array;
  readonly epochs: number;
  /** Mean objective of the last round. */
  readonly loss: number;
  readonly ended: 'epochs' | 'plateau';
}

/** Minimises mean cross entropy + strength/2 · |W|² through the engine. Rows are reordered each epoch. */
export async function fitSoftmax(
  plan: SoftmaxPlan,
  runtime: Runtime,
  rng: Rng,
  context: FitContext,
): Promise<SoftmaxFit> {
  const batchSize = Math.min(plan.batchSize, plan.labels.length);
  const session = await runtime.train(planStep({ ...plan, batchSize }), startState(plan, rng));
  try {
    const { epochs, loss, ended } = await runRounds(session, { ...plan, batchSize }, rng.split('batches'), context);
    const { tensors } = await session.read();
    const values = (name: string): Float32Array => Float32Array.from(tensors[name]?.data as Float32Array);
    return { weight: values('probe.weight'), bias: values('probe.bias'), epochs, loss, ended };
  } finally {
    await session.close();
  }
}

/** One step as an ordinary ONNX model: feeds `x` (batch, d), `labels`, `rowWeights` (0 pads the last batch). */
function planStep({ x, classes, batchSize, strength, optimizer }: SoftmaxPlan): TrainingStep {
  const graph = trainingGraph();
  const dimension = x.shape[1] ?? 0;
  const rows = graph.input('x', 'float32', [batchSize, dimension]);
  const labels = graph.input('labels', 'int64', [batchSize]);
  const weights = graph.input('rowWeights', 'float32', [batchSize]);
  const data = crossEntropy(linear(rows, 'probe', classes), labels, { weights });
  const weight = graph.parameters.get('probe.weight')?.value;
  const loss = strength === 0 || weight === undefined ? data : add(data, mul(sum(mul(weight, weight)), strength / 2));
  return trainingStep(graph, { loss, optimizer, seed: 0 });
}

function startState({ x, classes, start }: SoftmaxPlan, rng: Rng): TrainingState {
  const dimension = x.shape[1] ?? 0;
  const weight = new Float32Array(dimension * classes);
  const bias = new Float32Array(classes);
  if (typeof start === 'object') {
    weight.set(start.weight);
    bias.set(start.bias);
  } else if (start === 'uniform') {
    const bound = 1 / Math.sqrt(dimension);
    const stream = rng.split('start');
    for (const values of [weight, bias])
      for (let i = 0; i < values.length; i++) values[i] = (2 * stream.uniform() - 1) * bound;
  }
  const tensors = {
    'probe.weight': tensor('float32', [dimension, classes], weight),
    'probe.bias': tensor('float32', [classes], bias),
  };
  return { step: 0, tensors };
}

async function runRounds(
  session: StatefulSession,
  plan: SoftmaxPlan,
  rng: Rng,
  context: FitContext,
): Promise<Pick<SoftmaxFit, 'epochs' | 'loss' | 'ended'>> {
  const { stop } = plan;
  const steps = Math.ceil(plan.labels.length / plan.batchSize);
  const epochsPerRound = stop.kind === 'plateau' ? Math.ceil(10 / steps) : 1;
  // The epoch bound is about passes over many batches; a full batch is one step and needs many.
  const bound = stop.kind === 'plateau' ? stop.maxEpochs * epochsPerRound : stop.epochs;
  let learningRate = plan.learningRate;
  let cuts = 0;
  let previous = Number.POSITIVE_INFINITY;
  let epoch = 0;
  for (;;) {
    let total = 0;
    for (let i = 0; i < epochsPerRound; i++, epoch++) {
      total += await runEpoch(session, plan, rng.split(epoch), learningRate, context.signal);
    }
    const loss = total / epochsPerRound;
    context.onProgress?.({ epoch, loss, stage: plan.stage });
    if (stop.kind === 'plateau' && !(previous - loss > stop.tolerance * previous)) {
      if (++cuts > stop.cuts) return { epochs: epoch, loss, ended: 'plateau' };
      learningRate /= 3;
    }
    if (epoch >= bound) return { epochs: epoch, loss, ended: 'epochs' };
    previous = loss;
  }
}

/** All rows once in a new order; resolves to the mean loss over rows. */
async function runEpoch(
  session: StatefulSession,
  plan: SoftmaxPlan,
  rng: Rng,
  learningRate: number,
  signal: AbortSignal | undefined,
): Promise<number> {
  const order = rng.shuffle(Array.from({ length: plan.labels.length }, (_, row) => row));
  let total = 0;
  for (let from = 0; from < order.length; from += plan.batchSize) {
    throwIfCancelled(signal, 'eval: linear probe');
    const rows = order.slice(from, from + plan.batchSize);
    const { loss } = await session.step(feedsOf(plan, rows), { learningRate, beta1: plan.beta1 });
    const value = Number(loss?.data[0]);
    if (!Number.isFinite(value)) {
      throw new BioscanError(
        'engine',
        `eval: linear probe (${plan.stage}), got loss ${value}, expected a finite number; lower the learning rate or scale the vectors`,
      );
    }
    total += value * rows.length;
  }
  return total / order.length;
}

function feedsOf({ x, labels, batchSize }: SoftmaxPlan, rows: readonly number[]): Tensors {
  const d = x.shape[1] ?? 0;
  const data = new Float32Array(batchSize * d);
  const classes = new BigInt64Array(batchSize);
  const weights = new Float32Array(batchSize);
  rows.forEach((row, i) => {
    data.set(x.data.subarray(row * d, (row + 1) * d), i * d);
    classes[i] = BigInt(labels[row] as number);
    weights[i] = 1;
  });
  return {
    x: tensor('float32', [batchSize, d], data),
    labels: tensor('int64', [batchSize], classes),
    rowWeights: tensor('float32', [batchSize], weights),
  };
}
