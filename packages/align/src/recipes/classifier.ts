import { BioscanError, topK, type Runtime, type TrainingState } from '@bioscan/core';
import { inferenceGraph, inferenceModel, linear, mergedState, towerInputs } from '@bioscan/graph';
import type { Alignment } from '../alignment.js';
import { modalityOf } from '../model/columns.js';
import { projectedStream } from '../model/projected-stream.js';

/** A trained head over a tower: inputs to names. Holds a session of the engine until it is closed. */
export interface Classifier<Input> {
  /** In the order of the logits. */
  readonly classes: readonly string[];
  /** The `depth` best classes of each input, best first. */
  classify(inputs: readonly Input[], depth?: number): Promise<readonly (readonly string[])[]>;
  close(): Promise<void>;
}

export interface ClassifierOptions {
  readonly modality: string;
  /** Which label's linear head. */
  readonly label: string;
  /** Inputs a call of the engine. Default 64. */
  readonly batchSize?: number;
}

/**
 * Opens the linear classifier that a model learnt on a modality.
 * @throws BioscanError `bad-input` when the model has no such head
 */
export async function openClassifier<Input>(
  model: Pick<Alignment, 'modalities' | 'width' | 'objective' | 'classes'>,
  state: TrainingState,
  runtime: Pick<Runtime, 'open'>,
  { modality, label, batchSize = 64 }: ClassifierOptions,
): Promise<Classifier<Input>> {
  const { tower } = modalityOf(model.modalities, modality);
  const classes = classesOf(model, modality, label);
  const session = await runtime.open(classifierModel(model, state, modality, label, classes.length));
  return {
    classes,
    async classify(inputs, depth = 1) {
      const named: (readonly string[])[] = [];
      for (let start = 0; start < inputs.length; start += batchSize) {
        const batch = inputs.slice(start, start + batchSize);
        const { logits } = await session.run(tower.collate(batch));
        if (!(logits?.data instanceof Float32Array)) throw new TypeError('align: the classifier has no logits');
        for (let i = 0; i < batch.length; i++) {
          const scores = logits.data.subarray(i * classes.length, (i + 1) * classes.length);
          const { index } = topK(scores, Math.min(depth, classes.length));
          named.push(Array.from(index, (at) => classes[at] as string));
        }
      }
      return named;
    },
    close: () => session.close(),
  };
}

function classifierModel(
  model: Pick<Alignment, 'modalities' | 'width'>,
  state: TrainingState,
  name: string,
  label: string,
  classes: number,
): Uint8Array {
  const modality = { ...modalityOf(model.modalities, name), training: { kind: 'full' } } as const;
  const graph = inferenceGraph();
  const inputs = towerInputs(graph, modality.tower.inputs);
  const projected = projectedStream(graph, { modality: name }, modality, model.width, inputs);
  const logits = linear(projected, `classifier.${name}.${label}`, classes);
  return inferenceModel(graph, { outputs: { logits }, state: mergedState(state) });
}

function classesOf(
  { objective, classes }: Pick<Alignment, 'objective' | 'classes'>,
  modality: string,
  label: string,
): readonly string[] {
  const has = objective.some(
    (term) => term.kind === 'classify' && term.head === 'linear' && term.modality === modality && term.label === label,
  );
  const names = classes[label];
  if (has && names !== undefined) return names;
  throw new BioscanError(
    'bad-input',
    `align: classifier of '${label}' on '${modality}', got a model without one, expected classify('${modality}', '${label}') in its objective`,
    { modality, label },
  );
}
