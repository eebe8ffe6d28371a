import { BioscanError, rng, type PretrainingCorpus, type Tensors, type TrainingState } from '@bioscan/core';
import { decodeCheckpoint, encodeCheckpoint, encodeSafetensors, initialStateOf } from '@bioscan/graph';
import type { Augmentation } from './augment.js';
import { packHashes, unpackHashes } from './barcode-corpus.js';
import type { BarcodeBert, BarcodeBertConfig, ReadOut } from './barcode-bert.js';
import type { CleaningPolicy } from './clean-barcode.js';
import type { PretrainingObjective } from './pretraining-objective.js';
import type { SettledBudget } from './pretraining-plan.js';

/** How the parameters were trained: the arguments of the run. */
export interface TrainingRecord {
  readonly objective: PretrainingObjective;
  readonly budget: SettledBudget;
  readonly augmentation: Required<Augmentation>;
  readonly seed: number;
  /** Barcodes of the corpus, repeats counted. */
  readonly barcodes: number;
  /** SHA-256 over the hashes of the barcodes, in their order. */
  readonly barcodesHash: string;
  readonly validationHash: string;
}

/** Trained or untrained parameters and all that is needed to use them: no vocabulary, pooling or policy is implied. */
export interface BarcodeCheckpoint {
  readonly config: BarcodeBertConfig;
  /** By the names of the published checkpoints, the objective's head included; linear weights are (inputs, outputs). */
  readonly parameters: Tensors;
  readonly recommended: Required<ReadOut>;
  readonly policy: CleaningPolicy;
  /** Steps taken; 0 for an untrained one. */
  readonly steps: number;
  /** Absent: untrained, or trained elsewhere. */
  readonly training?: TrainingRecord;
  /** The published layout that the parameters were taken from. Absent: made here. */
  readonly imported?: string;
  /** Absent: unknown. */
  readonly corpus?: PretrainingCorpus;
}

const kind = 'barcodebert';
const corpusTensor = 'corpus';

/** Random parameters as pretraining with this seed starts from: the baseline that every trained encoder stands beside. */
export function untrainedCheckpoint({ config, parameters }: BarcodeBert, seed: number): BarcodeCheckpoint {
  return {
    config,
    parameters: initialStateOf(parameters, rng(seed).split('parameters')).tensors,
    recommended: { pooling: 'masked-mean', layer: config.layers },
    policy: 'clean',
    steps: 0,
    corpus: { kind: 'barcode-hashes', members: [] },
  };
}

/**
 * A checkpoint as a safetensors file. The same checkpoint gives the same bytes. With `state`, at the same step, it
 * also holds the moments of an unfinished run.
 */
export function encodeBarcodeCheckpoint(checkpoint: BarcodeCheckpoint, state?: TrainingState): Uint8Array {
  const { parameters, corpus, steps, ...rest } = checkpoint;
  const notes = { kind, ...rest, ...(corpus === undefined ? {} : { corpus: corpus.kind }) };
  const packed = corpus === undefined ? {} : { [corpusTensor]: packHashes(hashesOf(corpus)) };
  const tensors = { ...parameters, ...state?.tensors, ...packed };
  const rule = state?.rule === undefined ? {} : { rule: state.rule };
  return encodeCheckpoint({ step: steps, tensors, ...rule }, JSON.stringify(notes));
}

/** Reads {@link encodeBarcodeCheckpoint}'s file. @throws BioscanError `bad-file` or `truncated` when it is another or a damaged one */
export function decodeBarcodeCheckpoint(bytes: Uint8Array): {
  readonly checkpoint: BarcodeCheckpoint;
  readonly state: TrainingState;
} {
  const { state, metadata } = decodeCheckpoint(bytes);
  const { config, recommended, policy, training, imported, corpus } = notesOf(metadata);
  const { [corpusTensor]: packed, ...tensors } = state.tensors;
  const parameters = Object.fromEntries(Object.entries(tensors).filter(([name]) => !name.includes('#')));
  const members = packed?.data instanceof BigInt64Array ? unpackHashes(packed.data) : [];
  const checkpoint = {
    ...{ config, recommended, policy, parameters, steps: state.step },
    ...(training === undefined ? {} : { training }),
    ...(imported === undefined ? {} : { imported }),
    ...(corpus === undefined ? {} : { corpus: { kind: corpus, members } }),
  };
  return { checkpoint, state: { ...state, tensors } };
}

/** SHA-256 of names, shapes and values of the encoder's parameters, in hexadecimal; heads and moments do not count. */
export async function weightsHash({ parameters }: BarcodeCheckpoint): Promise<string> {
  const encoder = Object.fromEntries(Object.entries(parameters).filter(([name]) => name.startsWith('bert.')));
  const bytes = encodeSafetensors(encoder) as Uint8Array<ArrayBuffer>;
  const digest = await globalThis.crypto.subtle.digest('SHA-256', bytes);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

type Notes = Omit<BarcodeCheckpoint, 'parameters' | 'corpus' | 'steps'> & {
  readonly kind: string;
  readonly corpus?: PretrainingCorpus['kind'];
};

function notesOf(metadata: string): Notes {
  let notes: Partial<Notes> | undefined;
  try {
    notes = JSON.parse(metadata) as Partial<Notes>;
  } catch {
    notes = undefined;
  }
  if (notes?.kind !== kind) {
    throw new BioscanError('bad-file', `dna: checkpoint, got kind '${notes?.kind ?? 'none'}', expected '${kind}'`);
  }
  return notes as Notes;
}

function hashesOf(corpus: PretrainingCorpus): readonly string[] {
  if (corpus.kind === 'barcode-hashes') return corpus.members;
  throw new BioscanError('unsupported', `dna: checkpoint, got a corpus of ${corpus.kind}, expected barcode-hashes`);
}
