import type { OptimizerPlan, TrainingStep } from './session.js';

/** Names of an optimiser's moments, in the order in which engines keep them: the state has `parameter#moment`. */
export function momentNames({ kind }: OptimizerPlan): readonly string[] {
  switch (kind) {
    case 'adamw':
    case 'lamb':
      return ['first', 'second'];
    case 'sgd':
    case 'lion':
      return ['momentum'];
    default:
      return kind satisfies never;
  }
}

/** What a state's moments mean, as text: the optimiser, and the row rule of each sparse table. Rates and decays may change in a resume, this may not. */
export function updateRule({ optimizer, parameters, average }: TrainingStep): string {
  const sparse = parameters.flatMap(({ name, rows }) => (rows === undefined ? [] : [`${rows.rule} on ${name}`]));
  return [optimizer.kind, ...sparse, ...(average === undefined ? [] : ['average'])].join('; ');
}
