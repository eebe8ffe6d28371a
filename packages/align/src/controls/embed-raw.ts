import { rng, type EmbeddingBlock, type Runtime } from '@bioscan/core';
import { initialStateOf } from '@bioscan/graph';
import type { AlignmentData } from '../alignment-data.js';
import { embedModality } from '../embed-modality.js';
import type { Modality } from '../modality.js';
import type { Subject } from './subject.js';

/** Vectors of a modality's tower as it was before any training, of unit length. */
export function embedRaw(
  subject: Pick<Subject, 'name' | 'modalities'>,
  data: AlignmentData,
  name: string,
  runtime: Runtime,
): Promise<EmbeddingBlock> {
  const modality = modalityNamed(subject, name);
  const { tower } = modality;
  const weights = modality.weights ?? initialStateOf(tower.parameters, rng(0));
  const tensors = Object.fromEntries(
    Object.entries(weights.tensors).map(([parameter, value]) => [`${name}.tower.${parameter}`, value]),
  );
  const raw = { width: tower.dimension, modalities: { [name]: { tower, projection: { kind: 'none' } } } } as const;
  return embedModality(raw, { step: weights.step, tensors }, name, data, runtime);
}

export function modalityNamed(
  { name: subject, modalities }: Pick<Subject, 'name' | 'modalities'>,
  name: string,
): Modality {
  const modality = modalities[name];
  if (modality !== undefined) return modality;
  throw new RangeError(
    `align: subject '${subject}' has no modality '${name}', got ${Object.keys(modalities).join(', ')}`,
  );
}
