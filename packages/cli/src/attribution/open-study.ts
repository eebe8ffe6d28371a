import type { SubjectSource } from '@bioscan/align/controls';
import type { Progress, Runtime, Store } from '@bioscan/core';
import { pretrainPhotos } from './pretrain-photos.js';
import { simulatedWorld, type WorldPlan } from './simulated-world.js';
import { quickStudy, studyModalities, type StudySettings } from './study-settings.js';

export interface StudyOptions {
  /** Default: {@link quickStudy}. */
  readonly settings?: StudySettings;
  /** The world that photo towers are pretrained on; tuned and reported nowhere. Absent: towers start from random. */
  readonly pretraining?: { readonly world: WorldPlan; readonly steps: number };
  readonly runtime: Runtime;
  /** Rendered photos and pretrained weights. */
  readonly cache: Store;
  readonly signal?: AbortSignal;
  readonly onProgress?: (what: string, progress: Progress) => void;
}

/** Simulated worlds as subjects, all with the same towers and the same start. */
export interface Study {
  readonly settings: StudySettings;
  world(plan: WorldPlan): SubjectSource;
}

/** Pretrains the photo tower where it was not yet, and gives worlds. */
export async function openStudy(options: StudyOptions): Promise<Study> {
  const { settings = quickStudy, pretraining, runtime, cache, signal, onProgress } = options;
  const base = {
    settings,
    cache,
    ...(signal === undefined ? {} : { signal }),
    ...(onProgress === undefined ? {} : { onProgress }),
  };
  const untrained = { ...base, modalities: studyModalities(settings), weightsHash: '' };
  if (pretraining === undefined) return { settings, world: (plan) => simulatedWorld(plan, untrained) };
  const source = simulatedWorld(pretraining.world, untrained);
  const { weights, hash } = await pretrainPhotos(source, settings, { runtime, cache, steps: pretraining.steps });
  const host = { ...base, modalities: studyModalities(settings, weights), weightsHash: hash };
  return { settings, world: (plan) => simulatedWorld(plan, host) };
}
