import { tensor, type Rng, type Tensors, type ValueSpec } from '@bioscan/core';
import {
  add,
  argmax,
  cast,
  gatherElements,
  greater,
  logSoftmax,
  matmul,
  mul,
  neg,
  normalizeRows,
  reshape,
  slice,
  sum,
  unsqueeze,
  div,
  type Graph,
  type Value,
  type Values,
} from '@bioscan/graph';
import { augment, type Augmentation } from './augment.js';
import { encodedTensors, encoderInputs, type BarcodeBert } from './barcode-bert.js';
import { checkLengths, fragment } from './fragments.js';
import type { PretrainingTask, TaskOutputs } from './pretraining-task.js';

/** Tell which two fragments come from one barcode: InfoNCE (van den Oord et al. 2018) against the other barcodes of the batch. */
export interface ContrastiveObjective {
  readonly kind: 'contrastive';
  readonly name: string;
  /** Letters of a fragment, drawn evenly; barcodes that are shorter are taken whole. */
  readonly shortest: number;
  readonly longest: number;
  readonly temperature: number;
}

export interface ContrastiveOptions {
  /** Default 200. */
  readonly shortest?: number;
  /** Default 500. */
  readonly longest?: number;
  /** Default 0.07. */
  readonly temperature?: number;
}

/** Two independent fragments of each barcode, which may overlap, are each other's positive; equal barcodes of a batch are positives too. */
export function contrastiveObjective(options: ContrastiveOptions = {}): ContrastiveObjective {
  const { shortest = 200, longest = 500, temperature = 0.07 } = options;
  checkLengths(shortest, longest);
  if (!(temperature > 0)) throw new RangeError(`dna: contrast at temperature ${temperature}, expected more than 0`);
  return { kind: 'contrastive', name: 'fragments', shortest, longest, temperature };
}

/** Binds the objective: the pooled encoder on 2 · rows fragments, first views above second views. */
export function contrastiveTask(bert: BarcodeBert, objective: ContrastiveObjective): PretrainingTask {
  return {
    inputs: (rows) => contrastiveInputs(rows, bert.tokenizer.tokens),
    collate: (barcodes, rows, augmentation, rng) => fragmentPairs(bert, objective, barcodes, rows, augmentation, rng),
    build: (graph, inputs) => contrastiveOutputs(bert, objective.temperature, graph, inputs),
  };
}

function contrastiveInputs(rows: number, tokens: number): readonly ValueSpec[] {
  const encoder = encoderInputs(tokens).map((spec) => ({ ...spec, shape: [2 * rows, tokens] }));
  return [
    ...encoder,
    { name: 'targets', dtype: 'float32', shape: [rows, rows] },
    { name: 'absent', dtype: 'float32', shape: [1, rows] },
  ];
}

function fragmentPairs(
  { tokenizer }: BarcodeBert,
  { shortest, longest }: ContrastiveObjective,
  barcodes: readonly string[],
  rows: number,
  augmentation: Augmentation,
  rng: Rng,
): Tensors {
  const missing = Array<string>(rows - barcodes.length).fill('');
  const views = [0, 1].flatMap(() => [
    ...barcodes.map((barcode) => fragment(barcode, shortest, longest, rng)),
    ...missing,
  ]);
  const { sequences, offsets } = augment(views, tokenizer.descriptor.k, augmentation, rng);
  const encoded = tokenizer.encodeBatch(sequences, { offsets });
  const absent = Float32Array.from({ length: rows }, (_, i) => (i < barcodes.length ? 0 : -1e9));
  return {
    ...encodedTensors(encoded, 2 * rows, tokenizer.tokens),
    targets: tensor('float32', [rows, rows], positives(barcodes, rows)),
    absent: tensor('float32', [1, rows], absent),
  };
}

/** Each present row sums to 1 over the barcodes equal to it; symmetric, because equal barcodes share their count. */
function positives(barcodes: readonly string[], rows: number): Float32Array {
  const counts = new Map<string, number>();
  for (const barcode of barcodes) counts.set(barcode, (counts.get(barcode) ?? 0) + 1);
  const targets = new Float32Array(rows * rows);
  for (const [i, barcode] of barcodes.entries()) {
    const share = 1 / (counts.get(barcode) ?? 1);
    for (const [j, other] of barcodes.entries()) if (other === barcode) targets[i * rows + j] = share;
  }
  return targets;
}

function contrastiveOutputs(bert: BarcodeBert, temperature: number, graph: Graph, inputs: Values): TaskOutputs {
  const targets = inputs['targets'] as Value;
  const absent = inputs['absent'] as Value;
  const rows = targets.shape[0] as number;
  const views = normalizeRows(bert.build(graph, inputs));
  const first = slice(views, 0, 0, rows);
  const second = slice(views, 0, rows, 2 * rows);
  const options = { transposeY: true, scale: 1 / temperature };
  const forward = add(matmul(first, second, options), absent);
  const backward = add(matmul(second, first, options), absent);
  const present = sum(targets);
  const losses = add(sum(mul(logSoftmax(forward), targets)), sum(mul(logSoftmax(backward), targets)));
  const total = mul(neg(losses), 0.5);
  const nearest = unsqueeze(argmax(forward, -1), [-1]);
  const hits = cast(greater(reshape(gatherElements(targets, nearest, 1), [-1]), 0), 'float32');
  return {
    loss: div(total, present),
    ratios: {
      contrastiveLoss: { sum: total, weight: present },
      contrastiveAccuracy: { sum: sum(hits), weight: present },
    },
  };
}
