import { BioscanError, type TrainingState } from '@bioscan/core';
import { decodeCheckpoint, encodeCheckpoint } from '@bioscan/graph';
import type { Alignment } from './alignment.js';
import type { AlignmentRecord } from './model/describe-alignment.js';

/** A training state of a model, and what its owner wrote beside it. */
export interface AlignmentCheckpoint {
  readonly state: TrainingState;
  /** As given to {@link encodeAlignment}; JSON. */
  readonly notes: unknown;
}

/** Bytes of a state (safetensors, graph's checkpoint format) with the record of its model and any JSON notes. The same values give the same bytes. */
export function encodeAlignment(
  model: Pick<Alignment, 'describe'>,
  state: TrainingState,
  notes: unknown = null,
): Uint8Array {
  return encodeCheckpoint(state, JSON.stringify({ model: model.describe(), notes }));
}

/**
 * Reads a state for a model.
 * @throws BioscanError `mismatch` naming the first difference to a checkpoint of another architecture, vocabulary or objective;
 * `truncated`, `bad-file`, `unsupported` for bytes that are no checkpoint
 */
export function decodeAlignment(model: Pick<Alignment, 'describe'>, bytes: Uint8Array): AlignmentCheckpoint {
  const { state, record, notes } = parts(bytes);
  const difference = firstDifference(record, JSON.parse(JSON.stringify(model.describe())), '');
  if (difference === undefined) return { state, notes };
  const { path, stored, wanted } = difference;
  throw new BioscanError(
    'mismatch',
    `align: checkpoint of another model, got ${path} ${shown(stored)}, expected ${shown(wanted)}`,
    { path },
  );
}

/** What a checkpoint says of its model. */
export function alignmentRecord(bytes: Uint8Array): AlignmentRecord {
  return parts(bytes).record;
}

function parts(bytes: Uint8Array): {
  readonly state: TrainingState;
  readonly record: AlignmentRecord;
  readonly notes: unknown;
} {
  const { state, metadata } = decodeCheckpoint(bytes);
  const { model, notes } = parsed(metadata);
  if (!isRecord(model)) {
    throw new BioscanError(
      'unsupported',
      'align: checkpoint, got one of another kind, expected an alignment, version 1',
    );
  }
  return { state, record: model, notes };
}

function parsed(metadata: string): { readonly model?: unknown; readonly notes?: unknown } {
  try {
    const value: unknown = JSON.parse(metadata);
    if (typeof value === 'object' && value !== null) return value;
  } catch {
    // Told apart below: whatever it is, it is no alignment.
  }
  return {};
}

function isRecord(value: unknown): value is AlignmentRecord {
  if (typeof value !== 'object' || value === null) return false;
  const { format, version } = value as { readonly format?: unknown; readonly version?: unknown };
  return format === 'bioscan-alignment' && version === 1;
}

interface Difference {
  readonly path: string;
  readonly stored: unknown;
  readonly wanted: unknown;
}

function firstDifference(stored: unknown, wanted: unknown, path: string): Difference | undefined {
  if (!isObject(stored) || !isObject(wanted)) {
    return Object.is(stored, wanted) ? undefined : { path, stored, wanted };
  }
  for (const key of new Set([...Object.keys(wanted), ...Object.keys(stored)])) {
    const found = firstDifference(stored[key], wanted[key], path === '' ? key : `${path}.${key}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function shown(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
