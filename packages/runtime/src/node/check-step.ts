import { BioscanError, type TrainingState, type TrainingStep } from '@bioscan/core';
import { checkTensor } from './check-feeds.js';

/** Holds a training step against its initial state before anything is sent. @throws BioscanError `mismatch` or `bad-input` */
export function checkStep({ parameters, masks, feeds }: TrainingStep, { step, tensors }: TrainingState): void {
  const seen = new Set<string>();
  for (const { name } of [...parameters, ...masks, ...feeds]) {
    if (seen.has(name)) throw bad(`the training step names the input '${name}' twice`, name);
    seen.add(name);
  }
  if (!Number.isSafeInteger(step) || step < 0 || step >= 2 ** 32)
    throw bad(`state step, got ${step}, expected 0 to 2^32 - 1`, 'step');
  for (const { name, shape } of parameters) {
    const value = tensors[name];
    if (value === undefined) throw bad(`the initial state has no parameter '${name}'`, name);
    checkTensor(value, { name, dtype: 'float32', shape }, `initial state, parameter '${name}'`);
  }
}

function bad(message: string, name: string): BioscanError {
  return new BioscanError('mismatch', `runtime: ${message}`, { name });
}
