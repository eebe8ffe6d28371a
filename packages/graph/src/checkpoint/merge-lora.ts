import { BioscanError, tensor, type Tensor } from '@bioscan/core';
import { showShape } from '../shape.js';
import { floatsOf, type StateDict, type StateTensor } from './state-dict.js';

/** Weights with the low-rank additions of CLIBD added in, under the names that the plain model has. */
export interface MergedLora {
  readonly state: StateDict;
  /** How many matrices got an addition. */
  readonly merged: number;
}

/**
 * Merges low-rank additions (Hu et al. 2022) as CLIBD's wrappers keep them, without a scale: `x.w` with `x.w_a`, `x.w_b` is
 * `x = w + w_b · w_a`, and the fused `x.qkv` with `x.linear_{a,b}_{q,v}` adds b · a to the rows of queries and of values.
 * @throws BioscanError `not-found` or `mismatch` when a half of an addition is missing or does not fit, naming it
 */
export function mergeLora(state: StateDict): MergedLora {
  const entries = new Map(state);
  let merged = 0;
  for (const name of state.keys()) {
    const wrapped = /^(.+)\.(w|qkv)\.weight$/.exec(name);
    const [, owner, kind] = wrapped ?? [];
    if (owner === undefined || !state.has(kind === 'w' ? `${owner}.w_a.weight` : `${owner}.linear_a_q.weight`))
      continue;
    const parts =
      kind === 'w'
        ? ([['w_a', 'w_b', 0]] as const)
        : ([
            ['linear_a_q', 'linear_b_q', 0],
            ['linear_a_v', 'linear_b_v', 2],
          ] as const);
    const base = needed(state, name);
    const additions = parts.map(([a, b, third]) => ({
      a: needed(state, `${owner}.${a}.weight`),
      b: needed(state, `${owner}.${b}.weight`),
      third,
    }));
    for (const { a, b } of additions) checkRanks(owner, base, a, b, kind === 'w' ? 1 : 3);
    for (const key of [name, ...parts.flatMap(([a, b]) => [`${owner}.${a}.weight`, `${owner}.${b}.weight`])])
      entries.delete(key);
    entries.set(`${owner}.weight`, { dtype: 'float32', shape: base.shape, read: () => sumOf(owner, base, additions) });
    const bias = state.get(`${owner}.${kind ?? ''}.bias`);
    if (bias !== undefined) entries.set(`${owner}.bias`, bias);
    entries.delete(`${owner}.${kind ?? ''}.bias`);
    merged += parts.length;
  }
  return { state: entries, merged };
}

interface Addition {
  readonly a: StateTensor;
  readonly b: StateTensor;
  /** Which third of the rows it is added to; 0 for all where the matrix is not fused. */
  readonly third: number;
}

function sumOf(owner: string, base: StateTensor, additions: readonly Addition[]): Tensor<'float32'> {
  const data = floatsOf(owner, base).data.slice();
  for (const { a, b, third } of additions) {
    const [rank, inputs] = a.shape as [number, number];
    const [rows] = b.shape as [number, number];
    const [down, up] = [floatsOf(owner, a).data, floatsOf(owner, b).data];
    for (let row = 0; row < rows; row++) {
      const target = data.subarray((third * rows + row) * inputs, (third * rows + row + 1) * inputs);
      for (let i = 0; i < inputs; i++) {
        let sum = 0;
        for (let r = 0; r < rank; r++) sum += (up[row * rank + r] as number) * (down[r * inputs + i] as number);
        target[i] = (target[i] as number) + sum;
      }
    }
  }
  return tensor('float32', base.shape, data);
}

function needed(state: StateDict, name: string): StateTensor {
  const stored = state.get(name);
  if (stored !== undefined) return stored;
  throw new BioscanError(
    'not-found',
    `graph: the checkpoint has no tensor '${name}', expected it beside its other half`,
    {
      name,
    },
  );
}

function checkRanks(owner: string, base: StateTensor, a: StateTensor, b: StateTensor, thirds: number): void {
  const [rank, inputs] = a.shape;
  const [rows, inner] = b.shape;
  const fits = [base, a, b].every(({ shape }) => shape.length === 2) && rank === inner && base.shape[1] === inputs;
  if (fits && base.shape[0] === (rows ?? 0) * thirds) return;
  throw new BioscanError(
    'mismatch',
    `graph: low-rank addition of '${owner}', got ${showShape(b.shape)} · ${showShape(a.shape)}, expected it to fit ${showShape(base.shape)}`,
    { name: owner },
  );
}
