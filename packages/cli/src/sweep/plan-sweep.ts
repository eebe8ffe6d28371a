import { sha256 } from '@bioscan/core';
import {
  barcodeBert,
  kmerVocabulary,
  maskedObjectives,
  type PretrainingBudget,
  type PretrainingObjective,
} from '@bioscan/dna';
import type { AlignmentBudget } from '@bioscan/align';
import type { OpenWorldSets } from '../open-world/sets.js';
import type { PaperProbe } from '../open-world/paper-probes.js';

/** k-mer length, layers, heads. */
export type SweepShape = readonly [k: number, layers: number, heads: number];

export interface SweepOptions {
  /** Every cell that is tried, such as those of {@link sweepGrid}. */
  readonly shapes: readonly SweepShape[];
  /** Default 768, the published one. */
  readonly width?: number;
  /** Default: `barcodebert`, as published. */
  readonly objective?: PretrainingObjective;
  /** Default: the paper's 35 epochs of batches of 16. */
  readonly budget?: PretrainingBudget;
  /** Default: `knn` and `linear`. */
  readonly probes?: readonly PaperProbe[];
  readonly fineTuning?: AlignmentBudget;
  /** Default: 0 alone. */
  readonly seeds?: readonly number[];
}

/** One pretraining run with its probes. */
export interface SweepCell {
  /** Such as `8-4-4-seed-0`: its name in the store. */
  readonly name: string;
  readonly shape: SweepShape;
  readonly seed: number;
  /** Encoder parameters. */
  readonly parameters: number;
}

/** A sweep as data. */
export interface SweepPlan {
  readonly cells: readonly SweepCell[];
  readonly settings: Required<Omit<SweepOptions, 'shapes' | 'seeds' | 'fineTuning'>> & Pick<SweepOptions, 'fineTuning'>;
  /** Names settings and data: cells of another hash are not of this sweep. */
  readonly hash: string;
}

/** All combinations of k, layers and heads: the axes of the paper's Table 6. */
export function sweepGrid(ks: readonly number[], layers: readonly number[], heads: readonly number[]): SweepShape[] {
  return ks.flatMap((k) => layers.flatMap((l) => heads.map((h): SweepShape => [k, l, h])));
}

/** Works out the cells; nothing runs. @throws RangeError for a shape twice or one that is no BarcodeBERT */
export function planSweep(sets: OpenWorldSets, options: SweepOptions): SweepPlan {
  const {
    shapes,
    width = 768,
    objective = maskedObjectives.barcodebert,
    probes = ['knn', 'linear'],
    seeds = [0],
  } = options;
  const { budget = { epochs: 35 }, fineTuning } = options;
  if (shapes.length === 0 || seeds.length === 0) throw new RangeError('cli: sweep, got no cell, expected one or more');
  const cells = shapes.flatMap((shape) => seeds.map((seed) => cellOf(shape, seed, width)));
  const twice = cells.find(({ name }, at) => cells.findIndex((other) => other.name === name) < at);
  if (twice !== undefined) throw new RangeError(`cli: sweep, got ${twice.name} twice, expected each cell once`);
  const settings = { width, objective, budget, probes, ...(fineTuning === undefined ? {} : { fineTuning }) };
  return { cells, settings, hash: sha256(JSON.stringify([settings, dataOf(sets)])) };
}

function cellOf(shape: SweepShape, seed: number, width: number): SweepCell {
  const [k, layers, heads] = shape;
  const name = `${shape.join('-')}-seed-${seed}`;
  // A tower of no layers says whether width and heads fit; the rest is arithmetic: attention 4 w² + 4 w, feed-forward 8 w² + 5 w, two norms.
  const { config } = barcodeBert({ k, layers: 0, heads, width });
  if (!Number.isInteger(layers) || layers < 1)
    throw new RangeError(`cli: sweep, got ${layers} layers, expected 1 or more`);
  const embeddings = (4 ** k + kmerVocabulary('current', k).firstKmerId + config.maxPositions + 2 + 2) * width;
  return { name, shape, seed, parameters: embeddings + layers * (12 * width * width + 13 * width) };
}

/** Barcodes and names by role. */
function dataOf({ keys, val, valUnseen, test, testUnseen, corpus, labels }: OpenWorldSets): string {
  const rows = [keys, val, valUnseen, test, testUnseen].map((items) =>
    items.map(
      ({ id, input }) =>
        `${id}\t${input}\t${labels.labelOf(id, 'species') ?? ''}\t${labels.labelOf(id, 'genus') ?? ''}`,
    ),
  );
  return sha256(JSON.stringify([rows, corpus]));
}
