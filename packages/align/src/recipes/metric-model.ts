import type { TrainingState } from '@bioscan/core';
import type { Tower } from '@bioscan/graph';
import { alignment, type Alignment } from '../alignment.js';
import type { Projection } from '../modality.js';
import { classify, contrast, sameLabel, type Objective } from '../objective.js';

/**
 * Metric learning on names. `cosine-softmax`: one learnt vector a name, softmax over cosines. `supervised-contrastive` (Khosla et al. 2020): two views of each
 * row, those of rows with an equal name are positives; a tower without augmentation gives two equal views.
 */
export type MetricPreset = 'cosine-softmax' | 'supervised-contrastive';

export const metricPresets: readonly MetricPreset[] = ['cosine-softmax', 'supervised-contrastive'];

export interface MetricModelOptions<Input> {
  readonly tower: Tower<Input>;
  readonly weights?: TrainingState;
  /** Default `cosine-softmax`. */
  readonly preset?: MetricPreset;
  /** The names of each rank that teaches, equally weighted; rows carry labels of these names. */
  readonly classes: Readonly<Record<string, readonly string[]>>;
  /** Name of the modality. Default `dna`. */
  readonly modality?: string;
  /** Width of the vectors. Default 512. */
  readonly width?: number;
  /** Default: linear. */
  readonly projection?: Projection;
}

/**
 * A model that pulls rows of one name together, to be trained by trainAlignment(). Rows in tables made with it are `labels used`. Similarities are scaled
 * by 16, or by 1 / 0.1 for the contrast, as its paper; the scale does not learn.
 */
export function metricModel<Input>(options: MetricModelOptions<Input>): Alignment {
  const { tower, weights, preset = 'cosine-softmax', classes, modality = 'dna', width = 512 } = options;
  const { projection = { kind: 'linear' } } = options;
  const contrastive = preset === 'supervised-contrastive';
  return alignment({
    modalities: {
      [modality]: {
        tower,
        projection,
        ...(weights === undefined ? {} : { weights }),
        ...(contrastive ? { views: 2 } : {}),
      },
    },
    objective: objectiveOf(preset, modality, Object.keys(classes)),
    width,
    ...(contrastive ? {} : { classes }),
    logitScale: { initial: Math.log(contrastive ? 10 : 16), learnable: false },
  });
}

function objectiveOf(preset: MetricPreset, modality: string, labels: readonly string[]): Objective {
  switch (preset) {
    case 'cosine-softmax':
      return labels.map((label) => classify(modality, label, { head: 'cosine' }));
    case 'supervised-contrastive':
      return labels.map((label) => contrast({ pairs: [{ between: [modality, modality] }], targets: sameLabel(label) }));
    default:
      throw new TypeError(`align: unknown preset ${String(preset satisfies never)}`);
  }
}
