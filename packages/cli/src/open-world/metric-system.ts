import {
  BioscanError,
  embeddingsOf,
  sha256,
  type EmbeddingBlock,
  type Identified,
  type LabelRank,
  type Runtime,
  type Store,
  type TrainingState,
} from '@bioscan/core';
import {
  inMemory,
  metricModel,
  modalityEncoder,
  trainAlignment,
  type AlignmentData,
  type AlignmentProgress,
  type MetricPreset,
  type ValidationScore,
} from '@bioscan/align';
import { knnPredictions, scorePredictions, scores } from '@bioscan/eval';
import type { Tower } from '@bioscan/graph';
import { exactNeighbours } from '@bioscan/runtime';
import { requireChoice } from './choose-read-out.js';
import type { OpenWorldSets } from './sets.js';
import { encoderSystem, type System } from './system.js';

/** What is taught, by what, and for how long. */
export interface MetricRecipe {
  /** Row of the tables. */
  readonly name: string;
  /** Of barcodes: BarcodeBERT, barcodeCnn() with groups, profileTower(), with the augmentation that training draws. */
  readonly tower: Tower<string>;
  /** Pretrained weights by the tower's names. Default: random ones. */
  readonly weights?: TrainingState;
  /** Default `cosine-softmax`. */
  readonly preset?: MetricPreset;
  /** Ranks whose names teach. Default: genus; for `supervised-contrastive` genus and species. */
  readonly ranks?: readonly LabelRank[];
  /** Width of the vectors. Default 512. */
  readonly width?: number;
  readonly budget: MetricBudget;
  readonly seed: number;
}

export interface MetricBudget {
  readonly steps: number;
  /** Barcodes a step. Default 256. */
  readonly batchSize?: number;
  /** Peak of the cycle. Default 3e-4. */
  readonly peakLearningRate?: number;
}

export interface MetricHost {
  readonly runtime: Runtime;
  readonly store: Store;
  /** Prefix of the run's names in the store. */
  readonly prefix?: string;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: AlignmentProgress) => void;
}

/**
 * Metric learning on the names of the references, as a row `labels used`. Stops where the genus of the validation's unseen species is named best; test species
 * take no part. Resumes in its store. Close the system when done.
 * @throws BioscanError `bad-input` without unseen validation species, or when they are test species, too
 * @example
 * const cnn = augmentedTower(barcodeCnn({ normalisation: 'group' }), hiddenLetters(0.3), 'hidden letters 0.3');
 * const system = await metricSystem(sets, { name: 'CNN, supervised contrastive', tower: cnn, preset: 'supervised-contrastive', budget: { steps: 300 }, seed: 1 }, host);
 */
export async function metricSystem(sets: OpenWorldSets, recipe: MetricRecipe, host: MetricHost): Promise<System> {
  const { name, tower, weights, preset = 'cosine-softmax', width = 512, seed } = recipe;
  const { ranks = preset === 'cosine-softmax' ? ['genus'] : ['genus', 'species'] } = recipe;
  const { steps, batchSize = 256, peakLearningRate = 3e-4 } = recipe.budget;
  const { runtime, store, prefix = '', signal, onProgress } = host;
  requireUnseen(sets);
  const data = labelled(sets.keys, ranks, sets);
  const classes = Object.fromEntries(
    ranks.map((rank) => [rank, [...new Set(data.labels[rank])].filter((one) => one !== undefined).sort()]),
  );
  const model = metricModel({ tower, preset, classes, width, ...(weights === undefined ? {} : { weights }) });
  const { best } = await trainAlignment(
    {
      model,
      data,
      validation: {
        data: labelled([...sets.keys, ...sets.valUnseen], ranks, sets),
        every: Math.max(1, Math.round(steps / 6)),
        score: unseenGenus(sets, runtime),
      },
      budget: { steps, batchSize: Math.min(batchSize, data.ids.length), peakLearningRate },
      seed,
    },
    {
      ...{ runtime, store, prefix },
      ...(signal === undefined ? {} : { signal }),
      ...(onProgress === undefined ? {} : { onProgress }),
    },
  );
  const encoder = await modalityEncoder<string>(model, best, 'dna', runtime, { batchSize: 256 });
  try {
    const system = await encoderSystem(encoder, sets.keys, runtime, { name, kind: 'labels used' });
    return { ...system, close: () => encoder.close() };
  } catch (error) {
    await encoder.close();
    throw error;
  }
}

function requireUnseen(sets: OpenWorldSets): void {
  requireChoice(sets);
  if (sets.valUnseen.length > 0) return;
  throw new BioscanError(
    'bad-input',
    'cli: metric learning, got no record in val_unseen, expected some: they say where to stop; make the split with more species',
    { split: 'val_unseen' },
  );
}

function labelled(
  items: readonly Identified<string>[],
  ranks: readonly LabelRank[],
  { labels }: OpenWorldSets,
): AlignmentData {
  const ids = items.map(({ id }) => id);
  const columns = Object.fromEntries(ranks.map((rank) => [rank, ids.map((id) => labels.labelOf(id, rank))]));
  const named = (i: number): string => ranks.map((rank) => columns[rank]?.[i] ?? '').join('\t');
  const hash = sha256(items.map(({ id, input }, i) => `${id}\t${input}\t${named(i)}\n`).join(''));
  return { ids, modalities: { dna: inMemory(items.map(({ input }) => input)) }, labels: columns, hash };
}

/** Macro top-1 of the genus of the validation's unseen species among the references. */
function unseenGenus(sets: OpenWorldSets, runtime: Runtime): ValidationScore {
  const queryIds = new Set(sets.valUnseen.map(({ id }) => id));
  return {
    name: 'macro top-1 genus, unseen validation species to references',
    modalities: ['dna'],
    async score({ dna }) {
      const { ids, vectors } = dna as EmbeddingBlock;
      // References stand before the queries.
      const first = ids.findIndex((id) => queryIds.has(id));
      const part = (from: number, to: number): ReturnType<typeof embeddingsOf> =>
        embeddingsOf({ ids: ids.slice(from, to), vectors: rows(vectors, from, to) }, source);
      const width = vectors.shape[1] as number;
      const source = { id: 'validation', modality: 'dna', dimension: width, settings: {} } as const;
      const neighbours = await exactNeighbours(runtime, part(first, ids.length), part(0, first), {
        k: 20,
        metric: 'cosine',
      });
      return scores(scorePredictions(knnPredictions(neighbours, sets.labels, 'genus'), sets.labels)).macro;
    },
  };
}

function rows(vectors: EmbeddingBlock['vectors'], from: number, to: number): EmbeddingBlock['vectors'] {
  const width = vectors.shape[1] as number;
  return { ...vectors, shape: [to - from, width], data: vectors.data.subarray(from * width, to * width) };
}
