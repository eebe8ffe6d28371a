import { BioscanError, tensor, type Tensor, type TrainingState } from '@bioscan/core';

const [leftSuffix, rightSuffix, scaleSuffix] = ['.lora_a', '.lora_b', '.lora_scale'];

/**
 * Plain weights of a state trained through lora(): W + scale · A B under the name of W, summed in float64, without moments and averages.
 * A state without adapters comes back without moments.
 * @throws BioscanError `mismatch` when a part of an adapter is missing or does not fit
 */
export function mergedState({ step, tensors }: TrainingState): TrainingState {
  const merged: Record<string, Tensor> = {};
  for (const [name, value] of Object.entries(tensors)) {
    if (name.includes('#') || [leftSuffix, rightSuffix, scaleSuffix].some((suffix) => name.endsWith(suffix))) continue;
    merged[name] = value;
  }
  for (const name of Object.keys(tensors)) {
    if (!name.endsWith(leftSuffix) || name.includes('#')) continue;
    const base = name.slice(0, -leftSuffix.length);
    merged[base] = mergedWeight(base, tensors);
  }
  return { step, tensors: merged };
}

function mergedWeight(name: string, tensors: TrainingState['tensors']): Tensor<'float32'> {
  const [weight, left, right, scale] = ['', leftSuffix, rightSuffix, scaleSuffix].map(
    (suffix) => tensors[name + suffix],
  );
  const [inputs, outputs] = weight?.shape ?? [];
  const rank = left?.shape[1];
  const fits =
    left?.shape.join() === [inputs, rank].join() &&
    right?.shape.join() === [rank, outputs].join() &&
    scale !== undefined;
  if (!(weight?.data instanceof Float32Array) || !fits || outputs === undefined || rank === undefined) {
    throw new BioscanError(
      'mismatch',
      `graph: mergedState of '${name}', got parts that are missing or do not fit, expected '${name}' with ${leftSuffix}, ${rightSuffix} and ${scaleSuffix}`,
      { name },
    );
  }
  const [a, b] = [left.data as Float32Array, right.data as Float32Array];
  const factor = Number(scale.data[0]);
  const data = weight.data.map((value, at) => {
    const [row, column] = [Math.floor(at / outputs), at % outputs];
    let sum = 0;
    for (let k = 0; k < rank; k++) sum += (a[row * rank + k] as number) * (b[k * outputs + column] as number);
    return value + factor * sum;
  });
  return tensor('float32', weight.shape, data);
}
