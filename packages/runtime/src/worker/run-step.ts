import { BioscanError, type Tensor, type Tensors } from '@bioscan/core';
import { engineError, fromOnnx, toOnnx } from './onnx-runtime.js';
import type { OnnxRuntime, OnnxSession, OnnxTensor } from './onnx-runtime.js';

/** One run of a training step's model. */
export interface StepRun {
  /** Inputs that stay: state and masks. */
  readonly held: Readonly<Record<string, OnnxTensor>>;
  readonly feeds: Tensors;
  /** Where outputs go; null: to a new tensor. */
  readonly fetches: Readonly<Record<string, OnnxTensor | null>>;
  /** Outputs to return. */
  readonly wanted: readonly string[];
  /** The step's number, for messages: 1 at the first. */
  readonly number: number;
}

/**
 * Runs the model and checks the loss.
 * @throws BioscanError `engine` when the model fails or the loss is not finite
 */
export async function runStep(ort: OnnxRuntime, session: OnnxSession, run: StepRun): Promise<Tensors> {
  const { held, feeds, fetches, wanted, number } = run;
  const inputs: Record<string, OnnxTensor> = { ...held };
  for (const [name, feed] of Object.entries(feeds)) inputs[name] = toOnnx(ort, feed);
  const values: Record<string, Tensor> = {};
  try {
    const results = await session.run(inputs, fetches);
    for (const name of wanted) values[name] = fromOnnx(results[name] as OnnxTensor, name);
  } catch (cause) {
    throw engineError('running the training step failed', cause, feeds);
  }
  checkLoss(values, number);
  return values;
}

function checkLoss({ loss }: Tensors, number: number): void {
  if (!(loss?.data instanceof Float32Array)) return;
  const bad = loss.data.findIndex((value) => !Number.isFinite(value));
  if (bad < 0) return;
  const step = number + bad;
  throw new BioscanError(
    'engine',
    `runtime: step ${step}, got a loss of ${loss.data[bad] ?? Number.NaN}, expected a finite one; the state is as before, check the feeds or lower the learning rate`,
    { step, reason: 'not-finite' },
  );
}
