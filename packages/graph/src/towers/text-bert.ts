import { tensor, type Tensor, type Tensors, type TrainingState } from '@bioscan/core';
import { checkedHeads, findBert } from '../checkpoint/bert-state.js';
import { importParameters } from '../checkpoint/import-parameters.js';
import type { StateDict } from '../checkpoint/state-dict.js';
import { bertStates, type BertShape } from '../layers/bert.js';
import { linear } from '../layers/linear.js';
import { poolTokens, type TokenPooling } from '../layers/pool-tokens.js';
import type { Value } from '../graph.js';
import { batchSymbol, tower, type Tower } from '../tower.js';

/** Token ids of one text, special tokens included, as its tokenizer gives them. */
export type TokenIds = readonly number[];

export interface TextBertOptions {
  /** Tokens of every row: shorter texts are padded with id 0, longer ones cut. Default 20, as CLIBD. */
  readonly tokens?: number;
  /** Default `mean-all`, as CLIBD: padding takes part. */
  readonly pooling?: TokenPooling;
  /** Width of a linear layer `proj` after pooling. Default: none. */
  readonly projection?: number;
}

export interface TextBert extends Tower<TokenIds> {
  readonly shape: BertShape;
  readonly settings: Required<Omit<TextBertOptions, 'projection'>>;
}

/**
 * BERT over tokenised text as a tower; its inputs are `input_ids` and `attention_mask`. Parameters have Hugging Face's names below `bert.`.
 * @example
 * const small = { vocabularySize: 30522, layers: 4, heads: 8, width: 512, feedForward: 2048, dropout: 0.1, maxPositions: 512 };
 * const text = textBert(small, { projection: 768 });
 */
export function textBert(shape: BertShape, options: TextBertOptions = {}): TextBert {
  const { tokens = 20, pooling = 'mean-all', projection } = options;
  checkedHeads('graph: text BERT', shape.width, shape.heads);
  if (tokens > shape.maxPositions)
    throw new RangeError(`graph: ${tokens} tokens, but maxPositions is ${shape.maxPositions}`);
  const inputs = ['input_ids', 'attention_mask'].map(
    (name) => ({ name, dtype: 'int64', shape: [batchSymbol, tokens] }) as const,
  );
  const built = tower<TokenIds>({
    dimension: projection ?? shape.width,
    inputs,
    notes: { ...shape, tokens, pooling },
    collate: (batch) => paddedIds(batch, tokens),
    build: (_, values) => {
      const hidden = bertStates(values, 'bert', shape).at(-1) as Value;
      const pooled = poolTokens(hidden, values['attention_mask'] as Value, pooling);
      return projection === undefined ? pooled : linear(pooled, 'proj', projection);
    },
  });
  return { ...built, shape, settings: { tokens, pooling } };
}

/** A text BERT and its weights, from a checkpoint. */
export interface ImportedTextBert {
  readonly tower: TextBert;
  readonly state: TrainingState;
  /** Tensors of the checkpoint that the tower has no use for: heads, buffers. */
  readonly dropped: readonly string[];
}

/**
 * A text BERT from Hugging Face's weights, with or without `bert.` before the names. A projection `proj` is taken along when there is one.
 * @throws BioscanError `bad-input` without `heads`; `not-found` or `mismatch` naming a tensor
 */
export function importTextBert(
  state: StateDict,
  options: Omit<TextBertOptions, 'projection'> & { readonly heads: number | undefined },
): ImportedTextBert | undefined {
  const found = findBert(state, ['', 'bert.']);
  if (found === undefined) return undefined;
  const { heads: given, ...rest } = options;
  const heads = checkedHeads('graph: text BERT', found.sizes.width, given);
  const projection = state.get('proj.weight')?.shape[0];
  const shape = { ...found.sizes, heads, dropout: 0.1 };
  const built = textBert(shape, { ...rest, ...(projection === undefined ? {} : { projection }) });
  const { tensors, used } = importParameters(built.parameters, found.state);
  return { tower: built, state: { step: 0, tensors }, dropped: found.unused(used) };
}

function paddedIds(batch: readonly TokenIds[], tokens: number): Tensors {
  const ids = new BigInt64Array(batch.length * tokens);
  const mask = new BigInt64Array(batch.length * tokens);
  for (const [row, text] of batch.entries()) {
    const length = Math.min(text.length, tokens);
    for (let i = 0; i < length; i++) ids[row * tokens + i] = BigInt(text[i] as number);
    mask.fill(1n, row * tokens, row * tokens + length);
  }
  const shaped = (data: BigInt64Array): Tensor<'int64'> => tensor('int64', [batch.length, tokens], data);
  return { input_ids: shaped(ids), attention_mask: shaped(mask) };
}
