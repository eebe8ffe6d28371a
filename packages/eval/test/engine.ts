import {
  tensor,
  type Runtime,
  type StatefulSession,
  type StepControls,
  type Tensor,
  type Tensors,
  type TrainingState,
  type TrainingStep,
} from '@bioscan/core';
import * as onnx from 'onnxruntime-node';

/** A small engine for tests: ONNX Runtime for the graph, textbook AdamW and SGD in TypeScript. Not the runtime package. */
export const engine: Runtime = {
  open: () => Promise.reject(new Error('not needed here')),
  train: openStep,
};

async function openStep(step: TrainingStep, initial: TrainingState): Promise<StatefulSession> {
  const session = await onnx.InferenceSession.create(step.model, { intraOpNumThreads: 1, logSeverityLevel: 3 });
  const parameters = new Map(
    step.parameters.map(({ name }) => [name, Float32Array.from(initial.tensors[name]!.data as Float32Array)]),
  );
  const first = new Map([...parameters].map(([name, { length }]) => [name, new Float64Array(length)]));
  const second = new Map([...parameters].map(([name, { length }]) => [name, new Float64Array(length)]));
  let taken = initial.step;
  return {
    async step(feeds, controls): Promise<Tensors> {
      const inputs: Record<string, onnx.Tensor> = {};
      for (const { name, shape } of step.parameters)
        inputs[name] = new onnx.Tensor('float32', parameters.get(name)!, shape);
      for (const [name, { dtype, data, shape }] of Object.entries(feeds as Tensors))
        inputs[name] = new onnx.Tensor(dtype as 'float32', data as Float32Array, shape);
      const results = await session.run(inputs);
      taken++;
      for (const { name, gradient } of step.parameters) {
        update(
          step,
          controls,
          taken,
          parameters.get(name)!,
          results[gradient!]!.data as Float32Array,
          first.get(name)!,
          second.get(name)!,
        );
      }
      return Object.fromEntries(step.metrics.map((name) => [name, asTensor(results[name]!)]));
    },
    read: () =>
      Promise.resolve({
        step: taken,
        tensors: Object.fromEntries(
          step.parameters.map(({ name, shape }) => [name, tensor('float32', shape, parameters.get(name)!.slice())]),
        ),
      }),
    steps: () => Promise.reject(new Error('not needed here')),
    write: () => Promise.reject(new Error('not needed here')),
    close: () => session.release(),
  };
}

function update(
  { optimizer }: TrainingStep,
  { learningRate, beta1 }: StepControls,
  taken: number,
  values: Float32Array,
  gradient: Float32Array,
  first: Float64Array,
  second: Float64Array,
): void {
  for (let i = 0; i < values.length; i++) {
    if (optimizer.kind === 'sgd') {
      first[i] = beta1 * first[i]! + gradient[i]! + optimizer.weightDecay * values[i]!;
      values[i] = values[i]! - learningRate * first[i]!;
    } else if (optimizer.kind === 'adamw') {
      const { beta2, epsilon, weightDecay } = optimizer;
      first[i] = beta1 * first[i]! + (1 - beta1) * gradient[i]!;
      second[i] = beta2 * second[i]! + (1 - beta2) * gradient[i]! ** 2;
      const size = Math.sqrt(second[i]! / (1 - beta2 ** taken)) + epsilon;
      values[i] =
        values[i]! * (1 - learningRate * weightDecay) - (learningRate * first[i]!) / (1 - beta1 ** taken) / size;
    }
  }
}

function asTensor({ dims, data }: onnx.Tensor): Tensor {
  return tensor('float32', [...dims], data as Float32Array);
}
