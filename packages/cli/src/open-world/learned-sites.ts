import type { AlignmentProgress } from '@bioscan/align';
import type { Runtime, Store } from '@bioscan/core';
import { profileTower } from '@bioscan/dna';
import { barcodeProfile } from '@bioscan/dna/baselines';
import { metricSystem } from './metric-system.js';
import type { OpenWorldSets } from './sets.js';
import type { System } from './system.js';

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
export function learnedSitesSystem(sets: OpenWorldSets, options: LearnedSitesOptions): Promise<System> {
  const { runtime, store, prefix, seed, onProgress, steps = 300, batchSize = 256 } = options;
  const { peakLearningRate = 3e-4, width = 512, hidden = 0.7 } = options;
  const profile = barcodeProfile(sets.keys.map(({ input }) => input));
  const recipe = {
    ...{ name: 'learned sites', tower: profileTower(profile, { hidden }), width, seed },
    budget: { steps, batchSize, peakLearningRate },
  };
  return metricSystem(sets, recipe, { runtime, store, prefix, ...(onProgress === undefined ? {} : { onProgress }) });
}
