import { BioscanError, nearestName } from '@bioscan/core';
import type { AlignmentData, ModalityRows } from '../alignment-data.js';
import type { Modality } from '../modality.js';
import type { Modalities } from './streams.js';

/** @throws BioscanError `bad-input` when the model has no such modality */
export function modalityOf(modalities: Modalities, name: string): Modality {
  return modalities[name] ?? missing('a model', 'modality', name, Object.keys(modalities));
}

/** @throws BioscanError `bad-input` when the data has no such modality */
export function modalityColumn(data: Pick<AlignmentData, 'modalities'>, name: string): ModalityRows {
  return data.modalities[name] ?? missing('data', 'modality', name, Object.keys(data.modalities));
}

/** @throws BioscanError `bad-input` when the data has no such label */
export function labelColumn(data: AlignmentData, name: string): readonly (string | undefined)[] {
  return data.labels[name] ?? missing('data', 'label', name, Object.keys(data.labels));
}

function missing(where: string, what: string, name: string, known: readonly string[]): never {
  const near = nearestName(name, known);
  throw new BioscanError(
    'bad-input',
    `align: ${where} without ${what} '${name}', got ${known.join(', ') || 'none'}${near === undefined ? '' : `; did you mean '${near}'?`}`,
    { name },
  );
}
