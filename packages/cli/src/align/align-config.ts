import type { AlignmentBudget, LogitScaleOptions, Objective, Sampler } from '@bioscan/align';
import { labelRanks } from '@bioscan/eval';
import { BioscanError, type LabelRank, type OptimizerPlan } from '@bioscan/core';
import { adamw, lamb, lion, sgd } from '@bioscan/graph';
import { configFields, type ConfigFields } from './config-fields.js';
import { readModalitySpecs, type ModalitySpecs } from './modality-spec.js';
import { readLogitScale, readObjective } from './objective-config.js';

/** What `bioscan align` is told, every default filled in. Paths are as given: relative to the config file. */
export interface AlignConfig {
  readonly table: string;
  readonly photos?: PhotoSettings;
  /** Where rows learn and are judged: the table's column, or a split made here. */
  readonly split: 'table' | 'open-world';
  readonly train: readonly string[];
  /** One of so many folds by plate and barcode, from 1: it is left out of the training, so that `bioscan qc --aligned` can judge it. */
  readonly fold?: { readonly index: number; readonly of: number };
  readonly modalities: ModalitySpecs;
  /** Of the common space. */
  readonly width: number;
  readonly objective: Objective;
  readonly logitScale?: LogitScaleOptions;
  readonly sampler: Sampler;
  readonly budget: AlignmentBudget;
  readonly optimizer: OptimizerPlan;
  readonly average?: number;
  readonly validation: ValidationSettings;
  readonly seed: number;
}

export interface PhotoSettings {
  readonly folder: string;
  /** Folders of BIOSCAN-5M below `folder`, or files named by process id. */
  readonly layout: 'cropped_256' | 'original_256' | 'cropped' | 'original_full' | 'flat';
  /** Bounding-box table; photos are then cropped. */
  readonly boxes?: string;
}

export interface ValidationSettings {
  /** Absent: val and val_unseen; where the table has neither, a tenth of the training rows is held out. */
  readonly splits?: readonly string[];
  readonly query: string;
  readonly key: string;
  /** Absent: the finest rank that rows of the validation share. */
  readonly label?: LabelRank;
  readonly statistic: 'macro' | 'micro';
  /** At most so many rows, drawn by the seed. */
  readonly rows: number;
  readonly every?: number;
  readonly patience?: number;
}

/** What a folder of data offers when the config leaves it open. */
export interface DataDefaults {
  readonly table?: string;
  readonly photos?: PhotoSettings;
}

/** Reads a config, field by field. @throws BioscanError `bad-input` naming the field, what was found and what was expected */
export function readAlignConfig(text: string, file: string, defaults: DataDefaults = {}): AlignConfig {
  const top = configFields(parsed(text, file), file);
  const table = top.text('table') ?? defaults.table;
  if (table === undefined) throw top.wrong('table', 'the path of a table of records', 'add "table": "records.tsv"');
  const photos = readPhotos(top, defaults.photos);
  const modalities = readModalitySpecs(top, photos !== undefined);
  const names = Object.keys(modalities);
  const logitScale = readLogitScale(top.object('logitScale'));
  const average = top.number('average', { least: 0, most: 0.999999 });
  const config = {
    table,
    ...(photos === undefined ? {} : { photos }),
    split: top.choice('split', ['table', 'open-world'] as const) ?? 'table',
    train: top.texts('train') ?? ['pretrain', 'train'],
    modalities,
    width: top.number('width', { least: 1, whole: true }) ?? 128,
    objective: readObjective(top, modalities),
    ...(logitScale === undefined ? {} : { logitScale }),
    sampler: readSampler(top, names),
    budget: readBudget(top.object('budget')),
    optimizer: readOptimizer(top.object('optimizer')),
    ...(average === undefined ? {} : { average }),
    validation: readValidation(top, names),
    seed: top.number('seed', { least: 0, whole: true }) ?? 0,
  } satisfies AlignConfig;
  top.end();
  return config;
}

function parsed(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new BioscanError(
      'bad-file',
      `cli: ${file}, got text that is not JSON (${why}), expected a config`,
      { file },
      { cause },
    );
  }
}

function readPhotos(top: ConfigFields, usual: PhotoSettings | undefined): PhotoSettings | undefined {
  const given = top.wordOr('photos');
  if (given === undefined) return usual;
  if (typeof given === 'string') return { folder: given, layout: 'flat' };
  const folder = given.text('folder');
  if (folder === undefined) throw given.wrong('folder', 'the path of a folder');
  const boxes = given.text('boxes');
  const layouts = ['cropped_256', 'original_256', 'cropped', 'original_full', 'flat'] as const;
  const layout = given.choice('layout', layouts) ?? 'flat';
  given.end();
  return { folder, layout, ...(boxes === undefined ? {} : { boxes }) };
}

function readSampler(top: ConfigFields, modalities: readonly string[]): Sampler {
  const given = top.object('sampler');
  const usual = modalities.includes('dna') ? 'one-per' : 'shuffled';
  const kind = given?.choice('kind', ['shuffled', 'one-per', 'within', 'stratified'] as const) ?? usual;
  if (kind === 'stratified') {
    const usualModality = modalities.includes('dna') ? 'dna' : (modalities[0] as string);
    const modality = given?.choice('modality', modalities) ?? usualModality;
    const least = given?.number('least', { least: 0.01, most: 0.99 }) ?? 0.25;
    given?.end();
    return { kind, modality, least };
  }
  const labels = [...labelRanks, 'barcode'] as const;
  const label = given?.choice('label', labels) ?? (kind === 'within' ? 'genus' : 'barcode');
  given?.end();
  return kind === 'shuffled' ? { kind } : { kind, label };
}

function readBudget(given: ConfigFields | undefined): AlignmentBudget {
  if (given === undefined) return { epochs: 10 };
  const natural = { least: 1, whole: true };
  const budget = {
    steps: given.number('steps', natural),
    epochs: given.number('epochs', { least: 0 }),
    batchSize: given.number('batchSize', { least: 2, whole: true }),
    chunks: given.number('chunks', natural),
    peakLearningRate: given.number('peakLearningRate', { least: 0 }),
    schedule: readSchedule(given),
    checkpointEvery: given.number('checkpointEvery', natural),
  };
  if (budget.steps !== undefined && budget.epochs !== undefined)
    throw given.wrong('epochs', 'steps or epochs, not both');
  given.end();
  const epochs = budget.steps === undefined ? (budget.epochs ?? 10) : undefined;
  return defined({ ...budget, epochs });
}

function readSchedule(budget: ConfigFields): AlignmentBudget['schedule'] {
  const given = budget.object('schedule');
  if (given === undefined) return undefined;
  const kind = given.choice('kind', ['one-cycle', 'cosine', 'constant', 'cooldown'] as const) ?? 'one-cycle';
  const steps = { least: 0, whole: true };
  const warmupSteps = kind === 'cosine' || kind === 'cooldown' ? given.number('warmupSteps', steps) : undefined;
  const cooldownSteps = kind === 'cooldown' ? given.number('cooldownSteps', steps) : undefined;
  given.end();
  return defined({ kind, warmupSteps, cooldownSteps }) as AlignmentBudget['schedule'];
}

function readOptimizer(given: ConfigFields | undefined): OptimizerPlan {
  const kind = given?.choice('kind', ['adamw', 'sgd', 'lion', 'lamb'] as const) ?? 'adamw';
  const weightDecay = given?.number('weightDecay', { least: 0 });
  const clipNorm = given?.number('clipNorm', { least: 1e-9 }) ?? 1;
  given?.end();
  const options = { clipNorm, ...(weightDecay === undefined ? {} : { weightDecay }) };
  return { adamw, sgd, lion, lamb }[kind](options);
}

function readValidation(top: ConfigFields, names: readonly string[]): ValidationSettings {
  const given = top.object('validation');
  const first = names.includes('image') ? 'image' : (names[0] as string);
  const splits = given?.texts('splits');
  const label = given?.choice('label', labelRanks);
  const [every, patience] = [
    given?.number('every', { least: 1, whole: true }),
    given?.number('patience', { least: 1, whole: true }),
  ];
  const settings = {
    ...(splits === undefined ? {} : { splits }),
    query: given?.choice('query', names) ?? first,
    key: given?.choice('key', names) ?? first,
    ...(label === undefined ? {} : { label }),
    statistic: given?.choice('statistic', ['macro', 'micro'] as const) ?? 'macro',
    rows: given?.number('rows', { least: 2, whole: true }) ?? 1000,
    ...(every === undefined ? {} : { every }),
    ...(patience === undefined ? {} : { patience }),
  };
  given?.end();
  return settings;
}

function defined(value: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined));
}
