import { tensor, type Rng, type Tensors, type ValueSpec } from '@bioscan/core';
import {
  add,
  argmax,
  cast,
  dropout,
  equal,
  gatherElements,
  linear,
  logSoftmax,
  mul,
  neg,
  reshape,
  rowMean,
  sum,
  unsqueeze,
  type Graph,
  type Value,
  type Values,
} from '@bioscan/graph';
import { augment, type Augmentation } from './augment.js';
import { encodedTensors, encoderInputs, widen, type BarcodeBert } from './barcode-bert.js';
import type { PretrainingTask, TaskOutputs } from './pretraining-task.js';
import type { VocabularyDescriptor } from './vocabulary.js';

/** Guess masked k-mers. Candidates are the ids that the vocabulary calls maskable. */
export interface MaskedObjective {
  readonly kind: 'masked';
  readonly name: string;
  /** Probability that a candidate is chosen. */
  readonly maskRatio: number;
  /** What a chosen token becomes: the mask, a random k-mer, itself. Shares of 1. */
  readonly replace: { readonly mask: number; readonly random: number; readonly keep: number };
  /** `all`: mean over every candidate; `masked`: over chosen ones; `weighted`: maskedWeight · masked + (1 - maskedWeight) · the rest. */
  readonly lossOn: 'all' | 'masked' | 'weighted';
  /** Read by `weighted`. */
  readonly maskedWeight: number;
}

/**
 * The masked objectives in use. `barcodebert`: half masked, loss on every k-mer, so half of it is copying. `barcodemae`: the same masking,
 * loss on masked k-mers (its decoder is not built here). `bert`: 15 %, of these 80/10/10, loss on chosen ones (Devlin et al. 2019).
 */
export const maskedObjectives: Readonly<Record<'barcodebert' | 'barcodemae' | 'bert', MaskedObjective>> = {
  barcodebert: masked('barcodebert', 0.5, { mask: 1, random: 0, keep: 0 }, 'all'),
  barcodemae: masked('barcodemae', 0.5, { mask: 1, random: 0, keep: 0 }, 'masked'),
  bert: masked('bert', 0.15, { mask: 0.8, random: 0.1, keep: 0.1 }, 'masked'),
};

function masked(
  name: string,
  maskRatio: number,
  replace: MaskedObjective['replace'],
  lossOn: MaskedObjective['lossOn'],
): MaskedObjective {
  return { kind: 'masked', name, maskRatio, replace, lossOn, maskedWeight: 1 };
}

/** Binds the objective: a classifier over k-mers on every token, as Hugging Face's token classification. */
export function maskedTask(bert: BarcodeBert, objective: MaskedObjective): PretrainingTask {
  const { tokens, descriptor } = bert.tokenizer;
  return {
    inputs: (rows) => maskedInputs(rows, tokens),
    collate(barcodes, rows, augmentation, rng) {
      const { ids, targets } = maskedBatch(bert, objective, barcodes, augmentation, rng);
      return {
        ...encodedTensors(ids, rows, tokens),
        labels: widen(targets.labels, [rows, tokens]),
        masked: padded(targets.masked, rows, tokens),
        unmasked: padded(targets.unmasked, rows, tokens),
      };
    },
    build: (graph, inputs) => maskedOutputs(bert, objective, graph, inputs, labelCount(descriptor)),
  };
}

/** Classes of the head: every k-mer of A, C, G, T, or every k-mer where the alphabet is in plain order. */
export function labelCount({ order, alphabet, k }: VocabularyDescriptor): number {
  return order === 'pure-first' ? 4 ** k : alphabet.length ** k;
}

/** Which tokens are asked and what they were; rows as the batch, `tokens` each. */
export interface MaskedTargets {
  /** Id above the first k-mer id; 0 where neither masked nor unmasked. */
  readonly labels: Int32Array;
  readonly masked: Float32Array;
  readonly unmasked: Float32Array;
}

/** Chooses and replaces tokens in place. A function of ids, objective and stream. */
export function maskTokens(
  ids: Int32Array,
  vocabulary: VocabularyDescriptor,
  { maskRatio, replace }: MaskedObjective,
  rng: Rng,
): MaskedTargets {
  const { from, to } = vocabulary.maskable;
  const labels = new Int32Array(ids.length);
  const masked = new Float32Array(ids.length);
  const unmasked = new Float32Array(ids.length);
  const alwaysMask = replace.mask >= 1;
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i] as number;
    if (id < from || id >= to) continue;
    labels[i] = id - vocabulary.firstKmerId;
    if (rng.uniform() >= maskRatio) {
      unmasked[i] = 1;
      continue;
    }
    masked[i] = 1;
    const draw = alwaysMask ? 0 : rng.uniform();
    if (draw < replace.mask) ids[i] = vocabulary.maskId;
    else if (draw < replace.mask + replace.random) ids[i] = from + rng.integer(to - from);
  }
  return { labels, masked, unmasked };
}

function maskedBatch(
  { tokenizer }: BarcodeBert,
  objective: MaskedObjective,
  barcodes: readonly string[],
  augmentation: Augmentation,
  rng: Rng,
): { ids: { ids: Int32Array; attended: Int32Array }; targets: MaskedTargets } {
  const { sequences, offsets } = augment(barcodes, tokenizer.descriptor.k, augmentation, rng);
  const ids = tokenizer.encodeBatch(sequences, { offsets });
  return { ids, targets: maskTokens(ids.ids, tokenizer.descriptor, objective, rng) };
}

function maskedInputs(rows: number, tokens: number): readonly ValueSpec[] {
  const shape = [rows, tokens];
  const encoder = encoderInputs(tokens).map((spec) => ({ ...spec, shape }));
  return [
    ...encoder,
    { name: 'labels', dtype: 'int64', shape },
    { name: 'masked', dtype: 'float32', shape },
    { name: 'unmasked', dtype: 'float32', shape },
  ];
}

function padded(values: Float32Array, rows: number, tokens: number): Tensors[string] {
  const all = new Float32Array(rows * tokens);
  all.set(values);
  return tensor('float32', [rows, tokens], all);
}

function maskedOutputs(
  bert: BarcodeBert,
  { lossOn, maskedWeight }: MaskedObjective,
  graph: Graph,
  inputs: Values,
  classes: number,
): TaskOutputs {
  const states = bert.hidden(graph, inputs);
  const last = dropout(states[states.length - 1] as Value, bert.config.dropout);
  const rows = reshape(last, [-1, bert.config.width]);
  const logits = linear(rows, 'classifier', classes, { initial: { normal: 0.02 } });
  const labels = reshape(inputs['labels'] as Value, [-1]);
  const isMasked = reshape(inputs['masked'] as Value, [-1]);
  const isUnmasked = reshape(inputs['unmasked'] as Value, [-1]);
  const losses = reshape(neg(gatherElements(logSoftmax(logits), unsqueeze(labels, [-1]), 1)), [-1]);
  const hits = cast(equal(argmax(logits, -1), labels), 'float32');
  return {
    loss: combinedLoss(losses, isMasked, isUnmasked, lossOn, maskedWeight),
    ratios: {
      maskedLoss: { sum: sum(mul(losses, isMasked)), weight: sum(isMasked) },
      unmaskedLoss: { sum: sum(mul(losses, isUnmasked)), weight: sum(isUnmasked) },
      maskedAccuracy: { sum: sum(mul(hits, isMasked)), weight: sum(isMasked) },
      unmaskedAccuracy: { sum: sum(mul(hits, isUnmasked)), weight: sum(isUnmasked) },
    },
  };
}

function combinedLoss(
  losses: Value,
  isMasked: Value,
  isUnmasked: Value,
  lossOn: MaskedObjective['lossOn'],
  weight: number,
): Value {
  switch (lossOn) {
    case 'all':
      return rowMean(losses, add(isMasked, isUnmasked));
    case 'masked':
      return rowMean(losses, isMasked);
    case 'weighted':
      return add(mul(rowMean(losses, isMasked), weight), mul(rowMean(losses, isUnmasked), 1 - weight));
    default:
      throw new TypeError(`dna: unknown loss target ${String(lossOn satisfies never)}`);
  }
}
