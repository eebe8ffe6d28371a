import { BioscanError, type TrainingState } from '@bioscan/core';
import { decodeSafetensors, encodeSafetensors } from './safetensors.js';

/** A training state and what its owner wrote beside it. */
export interface Checkpoint {
  readonly state: TrainingState;
  /** As given to {@link encodeCheckpoint}: JSON by convention. */
  readonly metadata: string;
}

const format = 'bioscan-checkpoint';
const version = '1';

/**
 * Checkpoint format 1: a safetensors file with parameters, moments (`name#moment`), the step, the rule
 * that the moments follow and one metadata string.
 * The same state and metadata give the same bytes: no time, no host, no order.
 */
export function encodeCheckpoint(state: TrainingState, metadata: string): Uint8Array {
  if (!Number.isSafeInteger(state.step) || state.step < 0) {
    throw new RangeError(`graph: a checkpoint's step must be a non-negative integer, got ${state.step}`);
  }
  const rule = state.rule === undefined ? {} : { rule: state.rule };
  return encodeSafetensors(state.tensors, { format, version, step: state.step.toString(), metadata, ...rule });
}

/** @throws BioscanError `truncated`, `bad-file`, or `unsupported` for another format or version */
export function decodeCheckpoint(bytes: Uint8Array): Checkpoint {
  const { tensors, metadata: notes } = decodeSafetensors(bytes);
  if (notes['format'] !== format || notes['version'] !== version) {
    throw new BioscanError(
      'unsupported',
      `graph: checkpoint, got format '${notes['format'] ?? 'none'}' version '${notes['version'] ?? 'none'}', expected '${format}' version '${version}'`,
    );
  }
  const step = notes['step'] ?? '';
  if (!/^(0|[1-9]\d{0,15})$/.test(step) || !Number.isSafeInteger(Number(step))) {
    throw new BioscanError('bad-file', `graph: checkpoint, got step '${step}', expected a non-negative integer`);
  }
  const { rule, metadata = '' } = notes;
  return { state: { step: Number(step), tensors, ...(rule === undefined ? {} : { rule }) }, metadata };
}
