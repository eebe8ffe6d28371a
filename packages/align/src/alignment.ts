import type { Rng, Tensors } from '@bioscan/core';
import type { AlignmentData } from './alignment-data.js';
import type { AlignmentOptions, AlignmentStep, AlignmentStepOptions, LogitScaleOptions } from './alignment-options.js';
import type { Modality } from './modality.js';
import { checkAlignment, checkData } from './model/check-alignment.js';
import { collateBatch, type CollatePlan } from './model/collate-batch.js';
import { describeAlignment, type AlignmentRecord } from './model/describe-alignment.js';
import { logitBias, logitScale } from './model/logit-scale.js';
import { modalityPairs } from './model/modality-pairs.js';
import type { LossPlan } from './model/objective-loss.js';
import { planStep } from './model/plan-step.js';
import { streamsOf, type Stream } from './model/streams.js';
import type { Objective } from './objective.js';

/**
 * A model of several modalities in one space. Nothing runs here: `step` plans the training, an engine executes it.
 * Parameters: `<modality>.tower.…` under the tower's own names, `<modality>.projection.0.weight`, …, `logit_scale`, `logit_bias`, `classifier.…`.
 */
export interface Alignment {
  readonly width: number;
  readonly modalities: Readonly<Record<string, Modality>>;
  readonly objective: Objective;
  readonly classes: Readonly<Record<string, readonly string[]>>;
  /** Modality by view, in the order of the modalities. */
  readonly streams: readonly Stream[];
  /** Feeds of a batch of `batchSize` rows: inputs of each stream (zero rows for what is missing), masks and labels. */
  collate(data: AlignmentData, rows: readonly number[], batchSize: number, rng?: Rng): Promise<Tensors>;
  step(options: AlignmentStepOptions): AlignmentStep;
  /** What a checkpoint of this model says of it: equal records are the same architecture, vocabulary and objective. */
  describe(): AlignmentRecord;
  /** @throws BioscanError `bad-input` when the data cannot train this model: a modality or pair missing in all rows, one class only */
  check(data: AlignmentData): void;
}

/**
 * Aligns any modalities in one space of unit vectors.
 * @throws BioscanError `bad-input` for an objective that names what is not there, or a modality that no term uses; `mismatch` for weights of another tower
 * @example
 * const model = alignment({ modalities: { image: { tower: vit }, dna: { tower: bert } }, objective: [contrast()], width: 256 });
 */
export function alignment(options: AlignmentOptions): Alignment {
  const { modalities, objective, width = 256, classes = {} } = options;
  checkAlignment(options);
  const streams = streamsOf(modalities);
  const scale = scaleOptions(objective, options.logitScale);
  const contrasts = objective.flatMap((term, at) =>
    term.kind === 'contrast' ? [[at, modalityPairs(term.pairs, modalities)] as const] : [],
  );
  const plan: LossPlan = {
    objective,
    pairs: new Map(contrasts),
    classes,
    scale: (graph) => logitScale(graph, scale),
    bias: logitBias,
  };
  const batch: CollatePlan = { modalities, streams, objective, classes };
  return {
    width,
    modalities,
    objective,
    classes,
    streams,
    collate: (data, rows, batchSize, rng) => collateBatch(batch, data, rows, batchSize, rng),
    step: (stepOptions) => planStep({ width, plan, batch }, stepOptions),
    describe: () => describeAlignment({ width, modalities, objective, classes, scale }),
    check: (data) => {
      checkData(data, modalities, plan);
    },
  };
}

function scaleOptions(objective: Objective, options: LogitScaleOptions = {}): Required<LogitScaleOptions> {
  const contrasts = objective.filter((term) => term.kind === 'contrast');
  const sigmoid = contrasts.length > 0 && contrasts.every(({ loss }) => loss.kind === 'sigmoid');
  const { initial = sigmoid ? Math.log(10) : Math.log(1 / 0.07), largest = Math.log(100), learnable = true } = options;
  if (!(Number.isFinite(initial) && initial <= largest)) {
    throw new RangeError(`align: logit scale, got ${initial} at the start, expected at most its bound ${largest}`);
  }
  return { initial, largest, learnable };
}
