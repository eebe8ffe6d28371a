import { BioscanError, type Tensor, type TrainingState } from '@bioscan/core';
import type { Modality } from '../modality.js';
import type { Modalities } from './streams.js';

/** Fresh parameters with the pretrained weights of the towers in their places. @throws BioscanError `mismatch` naming the tensor */
export function pretrained(fresh: TrainingState, modalities: Modalities): TrainingState {
  const tensors: Record<string, Tensor> = { ...fresh.tensors };
  for (const [name, modality] of Object.entries(modalities)) {
    for (const [parameter, value] of weightsOf(name, modality)) tensors[`${name}.tower.${parameter}`] = value;
  }
  return { step: 0, tensors };
}

function weightsOf(name: string, { tower, weights }: Modality): readonly (readonly [string, Tensor])[] {
  if (weights === undefined) return [];
  return tower.parameters.map((parameter) => {
    const value = weights.tensors[parameter.name];
    if (value?.shape.join() === parameter.shape.join()) return [parameter.name, value] as const;
    throw new BioscanError(
      'mismatch',
      `align: weights of modality '${name}', got ${value === undefined ? 'no' : `(${value.shape.join(', ')}) for`} '${parameter.name}', expected (${parameter.shape.join(', ')}); the weights are of another tower`,
      { modality: name, parameter: parameter.name },
    );
  });
}
