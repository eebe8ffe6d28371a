import { BioscanError, type Tensor, type TrainingState } from '@bioscan/core';

/**
 * The part of a state below a scope, under plain names: what the tower that went into scoped() exports with. Moments and averages come along.
 * @throws BioscanError `not-found` when nothing stands below the scope
 * @example
 * const model = exportEncoder(vit, scopedState(state, 'image'));
 */
export function scopedState({ tensors, ...rest }: TrainingState, prefix: string): TrainingState {
  const part: Record<string, Tensor> = {};
  for (const [name, value] of Object.entries(tensors)) {
    if (name.startsWith(`${prefix}.`)) part[name.slice(prefix.length + 1)] = value;
  }
  if (Object.keys(part).length > 0) return { ...rest, tensors: part };
  const scopes = new Set(Object.keys(tensors).map((name) => name.split('.')[0] as string));
  throw new BioscanError(
    'not-found',
    `graph: scope '${prefix}', got a state without it, expected one of ${[...scopes].slice(0, 8).join(', ')}`,
    { prefix },
  );
}

/**
 * Parameters of several states at step 0, each below its scope: pretrained towers as one start. Moments and averages stay behind.
 * @example
 * const tensors = { ...initialState(graph, rng(7)).tensors, ...joinedState({ image, dna }).tensors };
 */
export function joinedState(parts: Readonly<Record<string, TrainingState>>): TrainingState {
  const tensors: Record<string, Tensor> = {};
  for (const [prefix, state] of Object.entries(parts)) {
    for (const [name, value] of Object.entries(state.tensors)) {
      if (!name.includes('#')) tensors[`${prefix}.${name}`] = value;
    }
  }
  return { step: 0, tensors };
}
