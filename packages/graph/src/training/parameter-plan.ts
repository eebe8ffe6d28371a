import { BioscanError, type TrainableParameter } from '@bioscan/core';
import { gradients } from '../gradients.js';
import type { Graph, Parameter, Value } from '../graph.js';
import { rateFactors, type LearningRates } from './learning-rates.js';
import { matching, type NamePattern } from './name-pattern.js';
import { reachable } from '../prune.js';
import { rowSlopes, tableLookups, type RowSlopes, type TableLookups } from './sparse-rows.js';

/** How the parameters of a step are treated. */
export interface ParameterRules {
  /** No slope is computed for these; the state still has them. */
  readonly freeze?: NamePattern;
  readonly learningRates?: LearningRates;
  /** Tables that only lookups read: slopes of the rows in use instead of the whole, see GradientRows of core. */
  readonly sparse?: NamePattern;
}

/** A parameter of the step in the graph. `slope` is absent when it is frozen. */
export interface PlannedParameter {
  readonly parameter: Parameter;
  readonly value: Value;
  readonly slope?: Value;
  readonly rows?: RowSlopes;
  readonly rate: number;
}

/**
 * Differentiates the loss by every parameter that is to learn and that it depends on. Parameters that no output needs are left out.
 * @throws BioscanError `not-found` for a pattern without a match, `unsupported` for a parameter that a metric reads but the loss does not reach
 */
export function planParameters(
  graph: Graph,
  loss: Value,
  metrics: readonly Value[],
  rules: ParameterRules,
): readonly PlannedParameter[] {
  const { values } = reachable(graph, [loss, ...metrics]);
  const entries = [...graph.parameters.values()].filter(({ value }) => values.has(value));
  const names = entries.map(({ parameter }) => parameter.name);
  const frozen = rules.freeze === undefined ? new Set<string>() : matching('freeze', rules.freeze, names);
  const free = entries.filter(({ parameter }) => parameter.frozen !== true && !frozen.has(parameter.name));
  if (free.length === 0 && entries.length > 0) {
    throw new BioscanError('bad-input', 'graph: training step, got no parameter that is not frozen, expected some');
  }
  const freeNames = free.map(({ parameter }) => parameter.name);
  const factors = rateFactors(rules.learningRates ?? [], freeNames);
  const sparse = rules.sparse === undefined ? new Set<string>() : matching('sparse', rules.sparse, freeNames);
  const tables = free.flatMap(({ parameter: { name }, value }): TableLookups[] =>
    sparse.has(name) ? [tableLookups(graph, name, value, loss)] : [],
  );
  const slopes = gradients(loss, [
    ...free.flatMap(({ parameter: { name }, value }) => (sparse.has(name) ? [] : [value])),
    ...tables.flatMap(({ lookups }) => lookups.map(({ found }) => found)),
  ]);
  return entries.map(({ parameter, value }) => {
    if (!freeNames.includes(parameter.name)) return { parameter, value, rate: 1 };
    const rate = factors.get(parameter.name) ?? 1;
    const table = tables.find(({ name }) => name === parameter.name);
    const rows = table === undefined ? undefined : rowSlopes(table, slopes);
    const slope = rows?.slopes ?? slopes.get(value);
    if (slope === undefined) throw unreached(parameter.name);
    return { parameter, value, slope, rate, ...(rows === undefined ? {} : { rows }) };
  });
}

/** As the engine reads it. */
export function trainableParameter({ parameter, slope, rows, rate }: PlannedParameter): TrainableParameter {
  const { name, shape, decay } = parameter;
  return {
    name,
    shape,
    decay,
    ...(slope === undefined ? {} : { gradient: `${name}#gradient` }),
    ...(rows === undefined
      ? {}
      : { rows: { indices: `${name}#rows`, count: rows.count, rule: 'sparse-adam' as const } }),
    ...(rate === 1 ? {} : { rate }),
  };
}

function unreached(name: string): BioscanError {
  return new BioscanError(
    'unsupported',
    `graph: parameter '${name}', got no gradient, expected the loss to depend on it; freeze it`,
    { name },
  );
}
