import { embeddingsOf, sha256, type EmbeddingBlock, type Identified, type Runtime, type Store } from '@bioscan/core';
import {
  alignment,
  classify,
  inMemory,
  modalityEncoder,
  trainAlignment,
  type AlignmentData,
  type AlignmentProgress,
  type ValidationScore,
} from '@bioscan/align';
import { profileTower } from '@bioscan/dna';
import { barcodeProfile } from '@bioscan/dna/baselines';
import { knnPredictions, scorePredictions, scores } from '@bioscan/eval';
import { exactNeighbours } from '@bioscan/runtime';
import type { OpenWorldSets } from './sets.js';
import { encoderSystem, type System } from './system.js';

export interface LearnedSitesOptions {
  readonly runtime: Runtime;
  readonly store: Store;
  /** Prefix of the run's names in the store. */
  readonly prefix: string;
  readonly seed: number;
  /** Default 300. */
  readonly steps?: number;
  /** Barcodes a step. Default 256. */
  readonly batchSize?: number;
  /** Peak of the cycle. Default 3e-4. */
  readonly peakLearningRate?: number;
  /** Width of the vectors. Default 512. */
  readonly width?: number;
  /** Share of the sites hidden in training. Default 0.7. */
  readonly hidden?: number;
  readonly onProgress?: (progress: AlignmentProgress) => void;
}

/**
 * Metric learning on the names of the references: a linear map of the aligned sites, trained by a cosine softmax over the genera of seen species, most
 * sites hidden at each step. Stops where the genus of the validation's unseen species is named best; test species take no part.
 */
export async function learnedSitesSystem(sets: OpenWorldSets, options: LearnedSitesOptions): Promise<System> {
  const { runtime, store, prefix, seed, onProgress, steps = 300, batchSize = 256 } = options;
  const { peakLearningRate = 3e-4, width = 512, hidden = 0.7 } = options;
  const profile = barcodeProfile(sets.keys.map(({ input }) => input));
  const data = labelled(sets.keys, sets);
  const model = alignment({
    modalities: { dna: { tower: profileTower(profile, { hidden }) } },
    objective: [classify('dna', 'genus', { head: 'cosine' })],
    width,
    classes: { genus: [...new Set(data.labels['genus'])].filter((name) => name !== undefined).sort() },
    logitScale: { initial: Math.log(16), learnable: false },
  });
  const { best } = await trainAlignment(
    {
      model,
      data,
      validation: {
        data: labelled([...sets.keys, ...sets.valUnseen], sets),
        every: Math.max(1, Math.round(steps / 6)),
        score: unseenGenus(sets, runtime),
      },
      budget: { steps, batchSize: Math.min(batchSize, data.ids.length), peakLearningRate },
      seed,
    },
    { runtime, store, prefix, ...(onProgress === undefined ? {} : { onProgress }) },
  );
  const encoder = await modalityEncoder<string>(model, best, 'dna', runtime, { batchSize: 256 });
  return encoderSystem(encoder, sets.keys, runtime, { name: 'learned sites', kind: 'labels used' });
}

function labelled(items: readonly Identified<string>[], { labels }: OpenWorldSets): AlignmentData {
  const ids = items.map(({ id }) => id);
  const genus = ids.map((id) => labels.labelOf(id, 'genus'));
  const hash = sha256(items.map(({ id, input }, i) => `${id}\t${input}\t${genus[i] ?? ''}\n`).join(''));
  return { ids, modalities: { dna: inMemory(items.map(({ input }) => input)) }, labels: { genus }, hash };
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
