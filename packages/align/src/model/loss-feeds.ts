import type { ValueSpec } from '@bioscan/core';
import { batchSymbol } from '@bioscan/graph';
import type { Objective } from '../objective.js';

/** What the loss is fed beside the towers' inputs. The names begin with @, as no modality's does. */
export const feedNames = {
  /** float32 (n): 1 where the row has the modality. */
  present: (modality: string): string => `@present.${modality}`,
  /** int32 (n): rows with an equal number are positives; each row without the label has a number of its own. */
  positives: (label: string): string => `@positives.${label}`,
  /** int64 (n): the class of the row, 0 where it is not known. */
  classes: (label: string): string => `@class.${label}`,
  /** float32 (n): 1 where the class is known. */
  known: (label: string): string => `@known.${label}`,
} as const;

export function lossFeeds(modalities: readonly string[], objective: Objective): readonly ValueSpec[] {
  const spec = (name: string, dtype: ValueSpec['dtype']): ValueSpec => ({ name, dtype, shape: [batchSymbol] });
  return [
    ...modalities.map((name) => spec(feedNames.present(name), 'float32')),
    ...positiveLabels(objective).map((label) => spec(feedNames.positives(label), 'int32')),
    ...classifiedLabels(objective).flatMap((label) => [
      spec(feedNames.classes(label), 'int64'),
      spec(feedNames.known(label), 'float32'),
    ]),
  ];
}

/** Labels whose equality makes positives. */
export function positiveLabels(objective: Objective): readonly string[] {
  const labels = objective.flatMap((term) =>
    term.kind === 'contrast' && term.targets.kind === 'label' ? [term.targets.label] : [],
  );
  return [...new Set(labels)];
}

/** Labels that a classifier learns. */
export function classifiedLabels(objective: Objective): readonly string[] {
  return [...new Set(objective.flatMap((term) => (term.kind === 'classify' ? [term.label] : [])))];
}
