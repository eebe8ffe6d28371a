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

/** A parameter of the step in the graph. `slope` is absent when it is frozen or the loss does not reach it. */
export interface PlannedParameter {
  readonly parameter: Parameter;
  readonly value: Value;
  readonly slope?: Value;
  readonly rows?: RowSlopes;
  readonly rate: number;
}

/** Patterns over the names of a step's parameters, resolved. */
export interface ResolvedRules {
  /** Names that learn. */
  readonly free: ReadonlySet<string>;
  readonly rates: ReadonlyMap<string, number>;
  readonly sparse: ReadonlySet<string>;
}

/** A parameter and its value in a graph. */
export interface ParameterEntry {
  readonly parameter: Parameter;
  readonly value: Value;
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
  const entries = neededParameters(graph, [loss, ...metrics]);
  const resolved = resolveRules(
    entries.map(({ parameter }) => parameter),
    rules,
  );
  const { planned } = planSlopes(graph, loss, entries, resolved);
  for (const { parameter, slope } of planned) {
    if (slope === undefined && resolved.free.has(parameter.name)) throw unreached(parameter.name);
  }
  return planned;
}

/** The parameters that some outputs need, in the order of their declaration. */
export function neededParameters(graph: Graph, outputs: readonly Value[]): readonly ParameterEntry[] {
  const { values } = reachable(graph, outputs);
  return [...graph.parameters.values()].filter(({ value }) => values.has(value));
}

/** @throws BioscanError `not-found` for a pattern without a match, `bad-input` when nothing is left to learn */
export function resolveRules(parameters: readonly Parameter[], rules: ParameterRules): ResolvedRules {
  const names = parameters.map(({ name }) => name);
  const frozen = rules.freeze === undefined ? new Set<string>() : matching('freeze', rules.freeze, names);
  const free = parameters.filter((each) => each.frozen !== true && !frozen.has(each.name)).map(({ name }) => name);
  if (free.length === 0 && names.length > 0) {
    throw new BioscanError('bad-input', 'graph: training step, got no parameter that is not frozen, expected some');
  }
  return {
    free: new Set(free),
    rates: rateFactors(rules.learningRates ?? [], free),
    sparse: rules.sparse === undefined ? new Set() : matching('sparse', rules.sparse, free),
  };
}

/** Emits the slopes of the loss by the free parameters and by further values, where it depends on them. */
export function planSlopes(
  graph: Graph,
  loss: Value,
  entries: readonly ParameterEntry[],
  { free, rates, sparse }: ResolvedRules,
  further: readonly Value[] = [],
): { readonly planned: readonly PlannedParameter[]; readonly slopes: ReadonlyMap<Value, Value> } {
  const learning = entries.filter(({ parameter }) => free.has(parameter.name));
  const tables = learning.flatMap(({ parameter: { name }, value }): TableLookups[] =>
    sparse.has(name) ? [tableLookups(graph, name, value, loss)] : [],
  );
  const slopes = gradients(loss, [
    ...learning.flatMap(({ parameter: { name }, value }) => (sparse.has(name) ? [] : [value])),
    ...tables.flatMap(({ lookups }) => lookups.map(({ found }) => found)),
    ...further,
  ]);
  const planned = entries.map(({ parameter, value }): PlannedParameter => {
    if (!free.has(parameter.name)) return { parameter, value, rate: 1 };
    const rate = rates.get(parameter.name) ?? 1;
    const table = tables.find(({ name }) => name === parameter.name);
    const rows = table === undefined ? undefined : rowSlopes(table, slopes);
    const slope = rows?.slopes ?? slopes.get(value);
    return {
      parameter,
      value,
      rate,
      ...(slope === undefined ? {} : { slope }),
      ...(rows === undefined ? {} : { rows }),
    };
  });
  return { planned, slopes };
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

export function unreached(name: string): BioscanError {
  return new BioscanError(
    'unsupported',
    `graph: parameter '${name}', got no gradient, expected the loss to depend on it; freeze it`,
    { name },
  );
}
