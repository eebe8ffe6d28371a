import { BioscanError, type Tensors, type TrainingState } from '@bioscan/core';
import { decodeCheckpoint, encodeCheckpoint } from '@bioscan/graph';
import type { Alignment } from '../alignment.js';
import { canonical } from './run-record.js';

/** What a weights file says beside its parameters. */
export interface WeightsNote {
  /** Of the run that made it, see config.json. */
  readonly run: string;
  /** Validation score of these parameters, where there is one. */
  readonly score?: number;
}

const kind = 'alignment';

/** Parameters of a model, without moments and averages, as safetensors. The same parameters give the same bytes. */
export function encodeAlignmentWeights(
  model: Alignment,
  { step, tensors }: TrainingState,
  note: WeightsNote,
): Uint8Array {
  return encodeCheckpoint(
    { step, tensors: parametersOf(tensors) },
    JSON.stringify({ kind, model: model.describe(), ...note }),
  );
}

/**
 * Reads the parameters of this model: `best.safetensors` or `model.safetensors` of a run, or its checkpoint.
 * @throws BioscanError `bad-file` or `truncated`; `mismatch` for parameters of another architecture, vocabulary or objective
 */
export function decodeAlignmentWeights(
  model: Alignment,
  bytes: Uint8Array,
): TrainingState & { readonly score?: number } {
  const { state, metadata } = decodeCheckpoint(bytes);
  const note = noteOf(metadata);
  const differing = firstDifference(note.model, model.describe());
  if (differing !== undefined) {
    throw new BioscanError(
      'mismatch',
      `align: weights of another model, got another ${differing}, expected this model's; build the model as the run's config.json says`,
      { argument: differing },
    );
  }
  const { score } = note;
  return { step: state.step, tensors: parametersOf(state.tensors), ...(score === undefined ? {} : { score }) };
}

/** Parameters alone: no moments, no averages. */
export function parametersOf(tensors: Tensors): Tensors {
  return Object.fromEntries(Object.entries(tensors).filter(([name]) => !name.includes('#')));
}

function noteOf(metadata: string): { readonly model: unknown; readonly score?: number } {
  let note: { kind?: unknown; model?: unknown; score?: number } = {};
  try {
    note = JSON.parse(metadata) as typeof note;
  } catch {
    // Not JSON: not ours.
  }
  if (note.kind !== kind) {
    throw new BioscanError(
      'bad-file',
      `align: weights, got kind ${JSON.stringify(note.kind ?? 'none')}, expected '${kind}'`,
    );
  }
  return { model: note.model, ...(note.score === undefined ? {} : { score: note.score }) };
}

/** The first property at the top in which two descriptions differ. */
function firstDifference(stored: unknown, ours: unknown): string | undefined {
  if (canonical(stored) === canonical(ours)) return undefined;
  const [theirs, mine] = [stored, ours] as readonly (Readonly<Record<string, unknown>> | undefined)[];
  const names = [...new Set([...Object.keys(mine ?? {}), ...Object.keys(theirs ?? {})])];
  return names.find((name) => canonical(theirs?.[name]) !== canonical(mine?.[name])) ?? 'description';
}
