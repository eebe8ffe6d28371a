import type { Modality, TrainingState, ValueSpec } from '@bioscan/core';
import { encodeCheckpoint, exportEncoder, type Tower } from '@bioscan/graph';

/** What stands beside an encoder's ONNX file: everything that its inputs and vectors need and the graph does not say. */
export interface EncoderDescriptor {
  readonly format: 'bioscan-encoder';
  readonly version: 1;
  readonly family: string;
  readonly modality: Modality;
  readonly dimension: number;
  readonly pooling: string;
  readonly inputs: readonly ValueSpec[];
  /** Vocabulary and cleaning policy, preprocessing, or tokens of a row: by modality. */
  readonly preparation: Readonly<Record<string, unknown>>;
  readonly architecture: Readonly<Record<string, string | number>>;
  readonly headsFrom: string;
  /** Low-rank additions that were merged into the weights. */
  readonly merged: number;
  /** Tensors of the checkpoint that the encoder does not need. */
  readonly dropped: readonly string[];
}

/** An encoder taken from a checkpoint, not yet written. */
export interface ConvertedEncoder {
  readonly descriptor: EncoderDescriptor;
  /** One line for people. */
  readonly summary: string;
  /** The ONNX model. */
  onnx(): Uint8Array;
  /** The weights as safetensors. */
  weights(): Uint8Array;
}

/** The parts of a descriptor that differ between families. */
export type EncoderNotes = Omit<EncoderDescriptor, 'format' | 'version' | 'dimension' | 'inputs'>;

/** Describes a tower and its weights; the weights' file carries the description too, unless the family has a file of its own. */
export function convertedEncoder<Input>(
  built: Tower<Input>,
  state: TrainingState,
  notes: EncoderNotes,
  ownFile?: () => Uint8Array,
): ConvertedEncoder {
  const descriptor: EncoderDescriptor = {
    format: 'bioscan-encoder',
    version: 1,
    ...notes,
    dimension: built.dimension,
    inputs: built.inputs,
  };
  return {
    descriptor,
    summary: summaryOf(descriptor),
    onnx: () => exportEncoder(built, state),
    weights: ownFile ?? ((): Uint8Array => encodeCheckpoint(state, JSON.stringify({ kind: 'encoder', descriptor }))),
  };
}

function summaryOf({
  family,
  architecture,
  headsFrom,
  pooling,
  dimension,
  merged,
  dropped,
}: EncoderDescriptor): string {
  const { k, patch, image, layers, width, heads } = architecture;
  const shape = [
    ...(k === undefined ? [] : [`k ${k}`]),
    ...(patch === undefined ? [] : [`patch ${patch} of ${image} pixels`]),
    `${layers} layers x ${width}`,
    `${heads} heads (${headsFrom})`,
    `pooling ${pooling}, ${dimension} numbers`,
    ...(merged === 0 ? [] : [`${merged} low-rank additions merged`]),
    ...(dropped.length === 0 ? [] : [`${dropped.length} tensors not needed: ${listed(dropped)}`]),
  ];
  return `${family}: ${shape.join(', ')}`;
}

function listed(names: readonly string[]): string {
  return names.length > 4 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ');
}
