import { BioscanError, type Tensor, type TrainingState } from '@bioscan/core';

const suffix = '#average';

/**
 * The parameters of a state with their moving averages in place, ready to export: parameters without one (frozen) as they are, no moments.
 * @throws BioscanError `not-found` when the state has no averages
 */
export function averagedState({ step, tensors }: TrainingState): TrainingState {
  const averaged: Record<string, Tensor> = {};
  let found = 0;
  for (const [name, value] of Object.entries(tensors)) {
    if (name.includes('#')) continue;
    const average = tensors[name + suffix];
    averaged[name] = average ?? value;
    if (average !== undefined) found++;
  }
  if (found > 0) return { step, tensors: averaged };
  throw new BioscanError(
    'not-found',
    `graph: averages, got a state at step ${step} without any, expected '…${suffix}'; train with { average: 0.999 }`,
  );
}
