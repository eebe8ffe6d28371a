import { createHash } from 'node:crypto';
import { relative, resolve, dirname } from 'node:path';
import {
  alignment,
  classesOf,
  embedFrozen,
  taxonomyText,
  taxonomyVocabulary,
  vectors,
  withModality,
  type Alignment,
  type AlignmentData,
  type LogitScaleOptions,
  type Modality,
  type Objective,
} from '@bioscan/align';
import { rng, type Lineage, type Progress, type Runtime, type TrainingState } from '@bioscan/core';
import { encodeSafetensors, initialStateOf } from '@bioscan/graph';
import type { Preprocessing } from '@bioscan/vision';
import type { AlignConfig, PhotoSettings } from './align-config.js';
import { modalityBuilder, vocabularyIn } from './modality-of.js';
import type { ModalitySpecs } from './modality-spec.js';

/** All that builds a run's model again, as plain JSON: `modalities.json` of its folder. */
export interface ModelRecord {
  readonly format: 'bioscan-alignment-modalities';
  readonly version: 1;
  /** Files in it are relative to the run's folder. */
  readonly modalities: ModalitySpecs;
  readonly width: number;
  readonly objective: Objective;
  readonly logitScale?: LogitScaleOptions;
  /** Vocabularies of the objective's classifiers: the names of the training rows. */
  readonly classes?: Readonly<Record<string, readonly string[]>>;
  readonly seed: number;
  /** Of the text modality. */
  readonly vocabulary?: readonly string[];
  /** How photos become pixels, and whether they were cropped to boxes first. */
  readonly photos?: { readonly preprocessing: Preprocessing; readonly cropped: boolean };
}

/** The towers of a run, whole: frozen ones too. */
export interface BuiltModel {
  readonly modalities: Readonly<Record<string, Modality>>;
  readonly preprocessing?: Preprocessing;
}

/** The record of a run in `folder` whose config is `base`. */
export async function modelRecord(
  config: AlignConfig,
  base: string,
  folder: string,
  data: AlignmentData,
): Promise<ModelRecord> {
  const modalities = movedSpecs(config.modalities, base, folder);
  const vocabulary = await vocabularyOf(config, base, data);
  const record: ModelRecord = {
    format: 'bioscan-alignment-modalities',
    version: 1,
    modalities,
    width: config.width,
    objective: config.objective,
    ...(config.logitScale === undefined ? {} : { logitScale: config.logitScale }),
    ...classesFor(config.objective, data),
    seed: config.seed,
    ...(vocabulary === undefined ? {} : { vocabulary }),
  };
  const { preprocessing } = await builtModel(record, folder);
  if (preprocessing === undefined) return record;
  return { ...record, photos: { preprocessing, cropped: isCropped(config.photos) } };
}

function classesFor(objective: Objective, data: AlignmentData): Pick<ModelRecord, 'classes'> {
  const labels = objective.flatMap((term) => (term.kind === 'classify' ? [term.label] : []));
  if (labels.length === 0) return {};
  return { classes: Object.fromEntries(labels.map((label) => [label, classesOf(data, label)])) };
}

function isCropped(photos: PhotoSettings | undefined): boolean {
  return photos?.boxes !== undefined || photos?.layout === 'cropped' || photos?.layout === 'cropped_256';
}

/** Builds the towers of a record. */
export async function builtModel(
  { modalities: specs, vocabulary = [] }: ModelRecord,
  folder: string,
): Promise<BuiltModel> {
  const builder = modalityBuilder(resolve(folder, 'modalities.json'));
  const modalities: Record<string, Modality> = {};
  const { image, dna, text } = specs;
  const built = image === undefined ? undefined : await builder.image(image);
  if (built !== undefined) modalities['image'] = built.modality;
  if (dna !== undefined) modalities['dna'] = builder.dna(dna).modality;
  if (text !== undefined) modalities['text'] = builder.text(text, vocabulary).modality;
  return { modalities, ...(built?.preprocessing === undefined ? {} : { preprocessing: built.preprocessing }) };
}

/** The model as it is trained: frozen towers stand aside, their vectors are the input. */
export function trainedModel(record: ModelRecord, { modalities }: BuiltModel): Alignment {
  const trained = Object.entries(modalities).map(([name, modality]) => [
    name,
    isFrozen(modality)
      ? {
          projection: modality.projection ?? { kind: 'linear' },
          views: modality.views ?? 1,
          tower: vectors(modality.tower.dimension),
        }
      : modality,
  ]);
  return modelOf(record, Object.fromEntries(trained) as Record<string, Modality>);
}

/** The model that a record describes, over these modalities. */
export function modelOf(
  { width, objective, logitScale, classes }: ModelRecord,
  modalities: Readonly<Record<string, Modality>>,
): Alignment {
  return alignment({
    ...{ modalities, objective, width },
    ...(logitScale === undefined ? {} : { logitScale }),
    ...(classes === undefined ? {} : { classes }),
  });
}

export function isFrozen({ training, tower }: Modality): boolean {
  return training?.kind === 'frozen' && tower.parameters.length > 0;
}

/** Weights of a frozen tower: published, or as the seed draws them. */
export function frozenWeights(name: string, { tower, weights }: Modality, seed: number): TrainingState {
  return weights ?? initialStateOf(tower.parameters, rng(seed).split(`frozen ${name}`));
}

/** The data with every frozen tower's rows as vectors: those towers are run once. Photos get three augmented passes beside the plain one. */
export async function withFrozenEmbedded(
  data: AlignmentData,
  { modalities }: BuiltModel,
  runtime: Runtime,
  options: {
    readonly seed: number;
    readonly augmented: boolean;
    readonly signal: AbortSignal;
    readonly onProgress: (name: string, progress: Progress) => void;
  },
): Promise<AlignmentData> {
  const { seed, signal, onProgress } = options;
  let embedded = data;
  for (const [name, modality] of Object.entries(modalities)) {
    if (!isFrozen(modality)) continue;
    const augmented = options.augmented && name === 'image' ? 3 : 0;
    const weights = frozenWeights(name, modality, seed);
    const rows = await embedFrozen(data, name, { tower: modality.tower, weights }, runtime, {
      ...{ augmented, seed, signal },
      onProgress: (progress) => {
        onProgress(name, progress);
      },
    });
    // The step starts behind the tower: a resume notices other weights by the hash of the data alone.
    const hash = createHash('sha256').update(encodeSafetensors(weights.tensors)).digest('hex');
    embedded = withModality(embedded, name, rows, `frozen ${hash}, ${augmented} augmented passes, seed ${seed}`);
  }
  return embedded;
}

async function vocabularyOf(
  config: AlignConfig,
  base: string,
  data: AlignmentData,
): Promise<readonly string[] | undefined> {
  const { text } = config.modalities;
  if (text === undefined) return undefined;
  const { vocabularyFile, missing } = text.tower;
  if (vocabularyFile !== undefined) return vocabularyIn(base, vocabularyFile);
  const lineages = (await data.modalities['text']?.read([...data.ids.keys()])) as readonly Lineage[];
  return taxonomyVocabulary(lineages.map((lineage) => taxonomyText(lineage, { missing })));
}

/** Specs whose files are named from the run's folder. */
function movedSpecs(specs: ModalitySpecs, base: string, folder: string): ModalitySpecs {
  const moved = (name: string, value: unknown): unknown =>
    (name === 'file' || name === 'weights') && typeof value === 'string'
      ? relative(folder, resolve(dirname(base), value))
      : value;
  return JSON.parse(JSON.stringify(specs), moved) as ModalitySpecs;
}
