import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { OptimizerPlan, TrainingState, TrainingStep } from '@bioscan/core';

/** A model of fixtures/oracle/runtime_models.py. */
export function model(name: string): Uint8Array {
  return new Uint8Array(readFileSync(`fixtures/runtime/${name}.onnx`));
}

/** Golden values of fixtures/oracle/runtime.py. */
export function golden(name: string): unknown {
  return JSON.parse(readFileSync(`fixtures/runtime/${name}.json`, 'utf8'));
}

export function floats(base64: string): Float32Array {
  return new Float32Array(Uint8Array.from(Buffer.from(base64, 'base64')).buffer);
}

/** Parameter shapes of gradients.onnx. */
export const shapes: Readonly<Record<string, readonly number[]>> = { a: [7, 5], b: [5], c: [3, 4, 2], d: [] };

/** A step whose gradients are fed: what comes out is the optimiser's doing alone. */
export function gradientStep(
  optimizer: OptimizerPlan,
  rates: Readonly<Record<string, number>> = {},
  average?: number,
): TrainingStep {
  return {
    model: model('gradients'),
    parameters: Object.entries(shapes).map(([name, shape]) => {
      return { name, shape, gradient: `${name}_gradient`, decay: name !== 'b' && name !== 'd', rate: rates[name] ?? 1 };
    }),
    masks: [],
    feeds: Object.entries(shapes).map(([name, shape]) => ({ name: `${name}_given`, dtype: 'float32', shape })),
    metrics: ['b_sum'],
    optimizer,
    ...(average === undefined ? {} : { average: { decay: average } }),
    seed: 1,
  };
}

/** Linear regression with a dropout mask on its features. */
export function regressionStep(optimizer: OptimizerPlan, seed = 7): TrainingStep {
  return {
    model: model('regression'),
    parameters: [
      { name: 'weight', shape: [5, 3], gradient: 'weight_gradient', decay: true },
      { name: 'bias', shape: [3], gradient: 'bias_gradient', decay: false },
    ],
    masks: [{ name: 'mask', shape: [8, 5], rate: 0.25 }],
    feeds: [
      { name: 'x', dtype: 'float32', shape: [8, 5] },
      { name: 'target', dtype: 'float32', shape: [8, 3] },
    ],
    metrics: ['loss', 'mask_seen'],
    optimizer,
    seed,
  };
}

export const adamw: OptimizerPlan = { kind: 'adamw', beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 };

/** One hash over a whole state, names included. */
export function stateHash({ step, tensors }: TrainingState): string {
  const hash = createHash('sha256').update(String(step));
  for (const name of Object.keys(tensors).sort()) hash.update(name).update(tensors[name]!.data);
  return hash.digest('hex');
}
