import { sha256 } from '@bioscan/core';
import type { LogitScaleOptions } from '../alignment-options.js';
import type { Modality, Projection } from '../modality.js';
import type { Objective } from '../objective.js';
import type { Modalities } from './streams.js';

/** A model as plain JSON: all that must agree for a checkpoint to fit. */
export interface AlignmentRecord {
  readonly format: 'bioscan-alignment';
  readonly version: 1;
  readonly width: number;
  readonly modalities: Readonly<Record<string, ModalityRecord>>;
  readonly objective: Objective;
  readonly logitScale: { readonly initial: number; readonly largest: number | null; readonly learnable: boolean };
  /** By label: how many classes, and a SHA-256 of their names in order. */
  readonly classes: Readonly<Record<string, { readonly count: number; readonly hash: string }>>;
}

export interface ModalityRecord {
  readonly dimension: number;
  readonly projection: Projection;
  readonly training: {
    readonly kind: string;
    readonly pattern?: string;
    readonly rank?: number;
    readonly alpha?: number;
  };
  readonly views: number;
  /** Inputs as `name dtype (shape)`. */
  readonly inputs: readonly string[];
  /** Numbers that the tower learns, and a SHA-256 of its parameters' names and shapes. */
  readonly parameters: { readonly count: number; readonly hash: string };
  /** The tower's own notes: vocabulary, pooling, preprocessing. */
  readonly notes?: Readonly<Record<string, unknown>>;
}

export function describeAlignment(model: {
  readonly width: number;
  readonly modalities: Modalities;
  readonly objective: Objective;
  readonly classes: Readonly<Record<string, readonly string[]>>;
  readonly scale: Required<LogitScaleOptions>;
}): AlignmentRecord {
  const { width, modalities, objective, classes, scale } = model;
  return {
    format: 'bioscan-alignment',
    version: 1,
    width,
    modalities: mapped(modalities, modalityRecord),
    objective,
    logitScale: { ...scale, largest: Number.isFinite(scale.largest) ? scale.largest : null },
    classes: mapped(classes, (names) => ({ count: names.length, hash: sha256(JSON.stringify(names)) })),
  };
}

function modalityRecord({ tower, projection, training = { kind: 'full' }, views = 1 }: Modality): ModalityRecord {
  const lines = tower.parameters.map(({ name, shape }) => `${name} (${shape.join(', ')})`);
  const count = tower.parameters.reduce(
    (sum, { shape }) => sum + shape.reduce((product, size) => product * size, 1),
    0,
  );
  const { pattern, ...rest } = 'pattern' in training ? training : { ...training, pattern: undefined };
  return {
    dimension: tower.dimension,
    projection: projection ?? { kind: 'linear' },
    training: {
      ...rest,
      ...(pattern === undefined ? {} : { pattern: pattern instanceof RegExp ? String(pattern) : pattern.join() }),
    },
    views,
    inputs: tower.inputs.map(({ name, dtype, shape }) => `${name} ${dtype} (${shape.join(', ')})`),
    parameters: { count, hash: sha256(lines.join('\n')) },
    ...(tower.notes === undefined ? {} : { notes: tower.notes }),
  };
}

function mapped<From, To>(
  entries: Readonly<Record<string, From>>,
  change: (value: From) => To,
): Readonly<Record<string, To>> {
  return Object.fromEntries(Object.entries(entries).map(([name, value]) => [name, change(value)]));
}
