import { alignment, classesOf, classify, trainAlignment, type AlignmentData } from '@bioscan/align';
import { memoryStore, sha256, type Runtime, type Store, type TrainingState } from '@bioscan/core';
import { decodeCheckpoint, encodeCheckpoint } from '@bioscan/graph';
import type { Subject } from '@bioscan/align/controls';
import { smallPhotoTower } from './small-photo.js';
import type { StudySettings } from './study-settings.js';

export interface PhotoWeights {
  readonly weights: TrainingState;
  readonly hash: string;
}

/**
 * What stands for a pretrained encoder: the photo network after supervision by family names on photos of another world, whose tree, species and
 * families occur nowhere else. Kept in the cache under a hash of all that made it.
 */
export async function pretrainPhotos(
  subject: { readonly hash: string; open(): Promise<Subject> },
  settings: StudySettings,
  { runtime, cache, steps = 600 }: { readonly runtime: Runtime; readonly cache: Store; readonly steps?: number },
): Promise<PhotoWeights> {
  const hash = sha256(JSON.stringify(['family', subject.hash, settings, steps]));
  const file = `pretrained-${hash.slice(0, 16)}.safetensors`;
  if (!(await cache.list(file)).includes(file)) {
    const { data } = await subject.open();
    await cache.write(file, encodeCheckpoint(await trained(data, settings, runtime, steps), hash));
  }
  return { weights: decodeCheckpoint(await cache.read(file)).state, hash };
}

async function trained(
  data: AlignmentData,
  settings: StudySettings,
  runtime: Runtime,
  steps: number,
): Promise<TrainingState> {
  const { size, widths, groups } = settings;
  const tower = smallPhotoTower({ size, widths, groups });
  const model = alignment({
    modalities: { image: { tower } },
    objective: [classify('image', 'family', { head: 'linear' })],
    width: tower.dimension,
    classes: { family: classesOf(data, 'family') },
  });
  const { last } = await trainAlignment(
    { model, data, budget: { steps, batchSize: 64, peakLearningRate: 3e-3, checkpointEvery: steps }, seed: 1 },
    { runtime, store: memoryStore() },
  );
  const prefix = 'image.tower.';
  const tensors = Object.fromEntries(
    Object.entries(last.tensors).flatMap(([name, value]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), value]] : [],
    ),
  );
  return { step: 0, tensors };
}
