import { BioscanError, sha256, type OptimizerPlan, type TrainingState } from '@bioscan/core';
import { adamw, type Tower } from '@bioscan/graph';
import { alignment } from '../alignment.js';
import { inMemory, type AlignmentData } from '../alignment-data.js';
import type { TowerTraining } from '../modality.js';
import { classify } from '../objective.js';
import type { AlignmentBudget } from '../run/alignment-budget.js';
import type { AlignmentRun } from '../run/alignment-job.js';
import { trainAlignment, type AlignmentHost, type AlignmentResult } from '../run/train-alignment.js';
import type { ValidationScore } from '../run/validation.js';
import { openClassifier, type Classifier } from './classifier.js';

/** Inputs with a name each; rows without a name teach nothing and are not judged. */
export interface LabelledInputs<Input> {
  readonly ids: readonly string[];
  readonly inputs: readonly Input[];
  readonly labels: readonly (string | undefined)[];
}

/**
 * `bioscan5m`: as the paper's fine-tuned column, AdamW without decay or clipping, peak rate 1e-4 · batch / 64 under one cycle, batches of 16, 35 epochs, the
 * parameters of the best validation accuracy; the tower should pool over all positions and shift the frame at random.
 * `gentle`: weight decay 0.01, gradients clipped at norm 1, batches of 32 at 2e-5, 10 epochs, ends after 3 evaluations without a gain.
 */
export type FineTunePreset = 'bioscan5m' | 'gentle';

export interface FineTuneOptions<Input> {
  readonly tower: Tower<Input>;
  /** Where it starts: pretrained weights by the tower's names. Default: random ones. */
  readonly weights?: TrainingState;
  readonly data: LabelledInputs<Input>;
  /** Judged once an epoch; the best parameters are kept. Default: the last are. */
  readonly validation?: LabelledInputs<Input>;
  /** Default `bioscan5m`. */
  readonly preset?: FineTunePreset;
  /** In place of the preset's. */
  readonly budget?: AlignmentBudget;
  /** What of the tower learns. Default: all of it. */
  readonly training?: TowerTraining;
  /** Head, order, augmentation and dropout. Default 0. */
  readonly seed?: number;
}

export interface FineTuned<Input> extends AlignmentResult {
  readonly run: AlignmentRun;
  /** The best parameters as a classifier. */
  readonly openClassifier: () => Promise<Classifier<Input>>;
}

interface Recipe {
  readonly optimizer: OptimizerPlan;
  readonly epochs: number;
  readonly batchSize: number;
  readonly peak: (batchSize: number) => number;
  readonly patience?: number;
}

export const fineTunePresets: Readonly<Record<FineTunePreset, Recipe>> = {
  bioscan5m: {
    optimizer: adamw({ weightDecay: 0 }),
    epochs: 35,
    batchSize: 16,
    peak: (batchSize) => (1e-4 * batchSize) / 64,
  },
  gentle: {
    optimizer: adamw({ weightDecay: 0.01, clipNorm: 1 }),
    epochs: 10,
    batchSize: 32,
    peak: () => 2e-5,
    patience: 3,
  },
};

/**
 * Trains a tower and a linear head on names, or goes on where an earlier call with the same arguments was cut off, as {@link trainAlignment}.
 * Source of `bioscan5m`: bioscan-ml/BarcodeBERT `finetuning.py`.
 * @throws BioscanError `bad-input` with fewer than two names; those of {@link trainAlignment}
 * @example
 * const { openClassifier } = await fineTune({ tower, weights, data, validation, preset: 'bioscan5m' }, { runtime, store });
 */
export async function fineTune<Input>(options: FineTuneOptions<Input>, host: AlignmentHost): Promise<FineTuned<Input>> {
  const run = planFineTune(options);
  const result = await trainAlignment(run, host);
  return { ...result, run, openClassifier: () => openClassifier<Input>(run.model, result.best, host.runtime, head) };
}

const head = { modality: 'input', label: 'name' } as const;

/** The run of {@link fineTune}: every setting, before anything is opened. */
export function planFineTune<Input>(options: FineTuneOptions<Input>): AlignmentRun {
  const { tower, weights, data, validation, preset = 'bioscan5m', training = { kind: 'full' }, seed = 0 } = options;
  const { optimizer, epochs, batchSize, peak, patience } = fineTunePresets[preset];
  const names = [...new Set(data.labels)].filter((name) => name !== undefined).sort();
  if (names.length < 2) {
    throw new BioscanError('bad-input', `align: fine-tuning, got ${names.length} names, expected two or more`);
  }
  const model = alignment({
    modalities: {
      input: { tower, projection: { kind: 'none' }, training, ...(weights === undefined ? {} : { weights }) },
    },
    objective: [classify(head.modality, head.label)],
    width: tower.dimension,
    classes: { [head.label]: names },
  });
  const rows = Math.min(options.budget?.batchSize ?? batchSize, data.ids.length);
  const length = options.budget?.steps === undefined ? { epochs } : {};
  const budget = { ...length, peakLearningRate: peak(rows), ...options.budget, batchSize: rows };
  const judged = validation === undefined ? undefined : rowsOf(validation);
  return {
    model,
    data: rowsOf(data),
    ...(judged === undefined
      ? {}
      : { validation: { data: judged, score: accuracyScore(), ...(patience === undefined ? {} : { patience }) } }),
    budget,
    optimizer,
    seed,
  };
}

function rowsOf<Input>({ ids, inputs, labels }: LabelledInputs<Input>): AlignmentData {
  if (ids.length !== inputs.length || ids.length !== labels.length) {
    throw new BioscanError(
      'mismatch',
      `align: fine-tuning, got ${ids.length} ids, ${inputs.length} inputs and ${labels.length} labels, expected one each a row`,
    );
  }
  const hash = sha256(ids.map((id, i) => `${id}\t${JSON.stringify(inputs[i])}\t${labels[i] ?? ''}\n`).join(''));
  return { ids, modalities: { [head.modality]: inMemory(inputs) }, labels: { [head.label]: labels }, hash };
}

/** Share of named rows that the head names right, as upstream chooses its best epoch. */
function accuracyScore(): ValidationScore {
  return {
    name: 'micro top-1 of the head',
    modalities: [],
    async score(_, { ids, modalities, labels }, context) {
      if (context === undefined) throw new TypeError('align: the accuracy of a head needs the model that is judged');
      const { model, state, runtime } = context;
      const rows = ids.flatMap((_id, row) => (labels[head.label]?.[row] === undefined ? [] : [row]));
      if (rows.length === 0) {
        throw new BioscanError('bad-input', 'align: fine-tuning, got validation rows without a name, expected some');
      }
      const classifier = await openClassifier(model, state, runtime, head);
      try {
        const inputs = (await modalities[head.modality]?.read(rows)) ?? [];
        const named = await classifier.classify(inputs);
        return named.filter(([name], i) => name === labels[head.label]?.[rows[i] as number]).length / rows.length;
      } finally {
        await classifier.close();
      }
    },
  };
}
