import { BioscanError } from '@bioscan/core';
import { add, mul } from '../functions/elementwise.js';
import { matmul } from '../functions/matmul.js';
import type { ParameterAdapter, Value } from '../graph.js';
import { registerLowRank } from '../layers/low-rank.js';
import { tower, type Tower } from '../tower.js';
import { matching, type NamePattern } from './name-pattern.js';

export interface LoraOptions {
  /** Matrices that get an adapter. */
  readonly pattern: NamePattern;
  /** Columns of A, rows of B. */
  readonly rank: number;
  /** The update is alpha / rank · A B. Default: the rank. */
  readonly alpha?: number;
  /** Parameters of the tower that go on learning as they are. Default: none, as the method has it. */
  readonly train?: NamePattern;
}

/**
 * Low-rank adaptation (Hu et al. 2022): a tower whose matched matrices W (inputs, outputs) are frozen and read as W + alpha/rank · A B,
 * with A (inputs, rank) uniform within ±1/√inputs and B (rank, outputs) zero; the rest of the tower is frozen too.
 * Parameters `name.lora_a`, `name.lora_b` and the frozen scalar `name.lora_scale`; {@link mergedState} makes plain weights of a state.
 * @throws BioscanError `not-found` for a pattern without a match, `unsupported` for what is no matrix, `bad-input` for too large a rank
 * @example
 * const adapted = lora(bert, { pattern: /(query|value)\.weight$/, rank: 8, alpha: 16 });
 */
export function lora<Input>(base: Tower<Input>, options: LoraOptions): Tower<Input> {
  const { pattern, rank, alpha = rank, train } = options;
  if (!Number.isFinite(alpha)) throw new RangeError(`graph: lora, got alpha ${alpha}, expected a number`);
  const names = base.parameters.map(({ name }) => name);
  const matched = matching('lora', pattern, names);
  const trained = train === undefined ? new Set<string>() : matching('lora, what goes on learning', train, names);
  for (const { name, shape } of base.parameters) if (matched.has(name)) checkMatrix(name, shape, rank);
  const adapterOf = (name: string, shape: readonly number[]): ParameterAdapter =>
    matched.has(name)
      ? { frozen: true, through: (value) => adapted(value, shape as readonly [number, number], rank, alpha) }
      : { frozen: !trained.has(name) };
  return tower<Input>({
    dimension: base.dimension,
    inputs: base.inputs,
    ...(base.notes === undefined ? {} : { notes: base.notes }),
    collate: (batch, rng) => base.collate(batch, rng),
    build: (graph, inputs) => graph.adapting(adapterOf, () => base.build(graph, inputs)),
  });
}

function adapted(weight: Value, [inputs, outputs]: readonly [number, number], rank: number, alpha: number): Value {
  const { graph, name } = weight;
  const left = graph.parameter(`${name}.lora_a`, [inputs, rank], { initial: { uniform: 1 / Math.sqrt(inputs) } });
  const right = graph.parameter(`${name}.lora_b`, [rank, outputs], { initial: 'zeros' });
  const given = { dtype: 'float32', shape: [], data: Float32Array.of(alpha / rank) } as const;
  const scale = graph.parameter(`${name}.lora_scale`, [], { initial: { given }, frozen: true });
  const whole = add(weight, mul(matmul(left, right), scale));
  registerLowRank(whole, { weight, left, right, scale });
  return whole;
}

function checkMatrix(name: string, shape: readonly number[], rank: number): void {
  if (shape.length !== 2) {
    throw new BioscanError(
      'unsupported',
      `graph: lora of '${name}', got shape (${shape.join(', ')}), expected a matrix; narrow the pattern`,
      { name },
    );
  }
  const most = Math.min(...shape);
  if (Number.isInteger(rank) && rank >= 1 && rank <= most) return;
  throw new BioscanError(
    'bad-input',
    `graph: lora of '${name}', got rank ${rank}, expected 1 to ${most} for (${shape.join(', ')})`,
    { name, rank },
  );
}
