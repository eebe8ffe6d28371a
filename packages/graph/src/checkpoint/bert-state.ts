import { BioscanError } from '@bioscan/core';
import type { BertShape } from '../layers/bert.js';
import { layerCount } from './import-parameters.js';
import type { StateDict } from './state-dict.js';

/** What the shapes of a BERT's tensors say of it. The number of heads and the dropout rate are not among them. */
export type BertSizes = Omit<BertShape, 'heads' | 'dropout'>;

/** A BERT body inside a checkpoint. */
export interface FoundBert {
  /** What stands before `embeddings.…` in the file, such as `bert.`. */
  readonly prefix: string;
  /** The whole checkpoint, the body's tensors under `bert.` and today's names: `gamma` and `beta` of old ones are `weight` and `bias`. */
  readonly state: StateDict;
  readonly sizes: BertSizes;
  /**
   * Names of the file that none of these parameters came from: heads, buffers.
   * @throws BioscanError `unsupported` for a part of the body itself: leaving it out would give another function
   */
  unused(used: ReadonlySet<string>): readonly string[];
}

/** The BERT body below the first of these prefixes that has one; undefined when none has. */
export function findBert(file: StateDict, prefixes: readonly string[]): FoundBert | undefined {
  const prefix = prefixes.find((candidate) => file.has(`${candidate}embeddings.word_embeddings.weight`));
  if (prefix === undefined) return undefined;
  const origin = new Map([...file.keys()].map((name) => [standardName(name, prefix), name]));
  const state = new Map([...file].map(([name, value]) => [standardName(name, prefix), value]));
  const sizeOf = (name: string): number => state.get(`bert.${name}`)?.shape[0] ?? 0;
  const width = state.get('bert.embeddings.word_embeddings.weight')?.shape[1] ?? 0;
  const sizes = {
    vocabularySize: sizeOf('embeddings.word_embeddings.weight'),
    width,
    maxPositions: sizeOf('embeddings.position_embeddings.weight'),
    layers: layerCount(state, 'bert.encoder.layer.'),
    feedForward: sizeOf('encoder.layer.0.intermediate.dense.weight'),
  };
  return {
    ...{ prefix, state, sizes },
    unused(used) {
      const rest = [...state.keys()].filter((name) => !used.has(name));
      for (const name of rest) refuseUnknownPart(name);
      return rest.map((name) => origin.get(name) ?? name);
    },
  };
}

/**
 * The heads of a BERT, from what its file or its user says.
 * @throws BioscanError `bad-input` when nobody says, since weights do not: every divisor of the width fits them
 */
export function checkedHeads(what: string, width: number, heads: number | undefined): number {
  if (heads !== undefined && Number.isInteger(heads) && heads > 0 && width % heads === 0) return heads;
  throw new BioscanError(
    'bad-input',
    heads === undefined
      ? `${what}, got no number of attention heads, expected one: weights of width ${width} do not show it; give the heads that it was trained with`
      : `${what}, got ${heads} heads, expected a divisor of its width ${width}`,
  );
}

function refuseUnknownPart(name: string): void {
  if (!name.startsWith('bert.') || /^bert\.(pooler\.|embeddings\.(position|token_type)_ids$)/.test(name)) return;
  throw new BioscanError(
    'unsupported',
    `graph: tensor '${name}' of the checkpoint belongs to a BERT of another kind, expected embeddings, attention and feed-forward parts`,
    { name },
  );
}

function standardName(name: string, prefix: string): string {
  if (!name.startsWith(prefix)) return name;
  const inner = name.slice(prefix.length).replace(/LayerNorm\.gamma$/, 'LayerNorm.weight');
  const plain = inner.replace(/LayerNorm\.beta$/, 'LayerNorm.bias');
  return /^(embeddings|encoder|pooler)\./.test(plain) ? `bert.${plain}` : name;
}
