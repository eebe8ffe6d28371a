import { BioscanError } from '@bioscan/core';
import { checkedHeads, findBert, importParameters, lookUp, type FoundBert, type WeightFile } from '@bioscan/graph';
import { barcodeBertOf, type BarcodeBertConfig } from './barcode-bert.js';
import type { BarcodeCheckpoint } from './barcode-checkpoint.js';
import type { Pooling } from './pooling.js';
import { kmerVocabulary, tokenCount, type VocabularyDescriptor, type VocabularyName } from './vocabulary.js';

/**
 * Layouts of published BarcodeBERTs. `current`: bioscan-ml/BarcodeBERT. `workshop`: the masked language model of 2023. `finetuned`: below
 * `base_model`. `mae`: the encoder of BarcodeMAE, whose decoder is left out.
 */
export type BarcodeBertLayout = 'current' | 'workshop' | 'finetuned' | 'mae';

/** A published checkpoint as one of ours, and what was decided on the way. */
export interface ImportedBarcodeBert {
  readonly checkpoint: BarcodeCheckpoint;
  readonly layout: BarcodeBertLayout;
  readonly headsFrom: 'bert_config' | 'config' | 'option';
  /** Tensors without a use here: decoders, other heads, buffers. */
  readonly dropped: readonly string[];
}

export interface ImportBarcodeBertOptions {
  /** Needed where the file does not say (workshop layouts are weights alone). */
  readonly heads?: number;
  /** Default: masked-mean for `current` and `mae`, mean-all for `workshop` and `finetuned`, as their authors pool. */
  readonly pooling?: Pooling;
}

/**
 * A BarcodeBERT from the file of its authors; undefined when the file holds none. k and the vocabulary follow from the number of ids
 * (4^k + 2 current, 4^k + 3 workshop, 5^k + 2 with N); the number of heads is taken from the file or the options, never guessed.
 * @throws BioscanError `bad-input` without heads; `mismatch`, `not-found` or `unsupported`, naming what differs
 */
export function importBarcodeBert(
  file: WeightFile,
  options: ImportBarcodeBertOptions = {},
): ImportedBarcodeBert | undefined {
  const found = findBert(file.state, ['bert.', 'base_model.bert.', 'encoder.']);
  const vocabulary = found === undefined ? undefined : vocabularyOf(file, found.sizes.vocabularySize);
  if (found === undefined || vocabulary === undefined) return undefined;
  checkBertConfig(file, found);
  const { heads, headsFrom } = headsOf(file, found.sizes.width, options.heads);
  const { layers, width, feedForward, maxPositions } = found.sizes;
  const tokens = tokenCount(vocabulary);
  if (tokens > maxPositions) {
    throw new BioscanError(
      'mismatch',
      `dna: BarcodeBERT checkpoint, got ${maxPositions} positions, expected ${tokens} for k = ${vocabulary.k} over ${vocabulary.maxLen} letters`,
    );
  }
  const dropout = Math.min(0.9, numberAt(file, 'bert_config', 'hidden_dropout_prob') ?? 0.1);
  const config = { vocabulary, layers, heads, width, feedForward, dropout, maxPositions };
  const layout = layoutOf(found, vocabulary);
  const { tensors, used } = importParameters(
    [...barcodeBertOf(config).parameters, ...headOf(found, config)],
    found.state,
  );
  return {
    checkpoint: {
      config,
      parameters: tensors,
      recommended: { pooling: options.pooling ?? usualPooling[layout], layer: layers },
      policy: 'strict-upstream',
      steps: countAt(file, 'total_step') ?? 0,
      imported: `barcodebert-${layout}`,
    },
    ...{ layout, headsFrom },
    dropped: found.unused(used),
  };
}

const usualPooling = {
  current: 'masked-mean',
  mae: 'masked-mean',
  workshop: 'mean-all',
  finetuned: 'mean-all',
} as const satisfies Record<BarcodeBertLayout, Pooling>;

/** The vocabulary with this many ids; undefined when none has, as for text. */
function vocabularyOf(file: WeightFile, ids: number): VocabularyDescriptor | undefined {
  const kinds: readonly (readonly [VocabularyName, number, number])[] = [
    ['current', 4, 2],
    ['workshop', 4, 3],
    ['acgtn', 5, 2],
  ];
  for (const [name, letters, specials] of kinds) {
    const k = Math.round(Math.log(ids - specials) / Math.log(letters));
    if (!(k >= 1) || ids > 2 ** 24 || letters ** k !== ids - specials) continue;
    const stride = countAt(file, 'config', 'stride') ?? k;
    const maxLen = countAt(file, 'config', 'max_len') ?? 660;
    return kmerVocabulary(name, k, { stride, maxLen: Math.max(k, maxLen) });
  }
  return undefined;
}

function layoutOf({ prefix }: FoundBert, { name }: VocabularyDescriptor): BarcodeBertLayout {
  if (prefix === 'base_model.bert.') return 'finetuned';
  if (prefix === 'encoder.') return 'mae';
  return name === 'workshop' ? 'workshop' : 'current';
}

/** The classifier over k-mers, to go on training with; one of species belongs to another task. */
function headOf(
  { prefix, state }: FoundBert,
  { vocabulary, width }: BarcodeBertConfig,
): { name: string; shape: number[] }[] {
  const [classes] = state.get('classifier.weight')?.shape ?? [];
  if (prefix !== 'bert.' || classes !== 4 ** vocabulary.k) return [];
  return [
    { name: 'classifier.weight', shape: [width, classes] },
    { name: 'classifier.bias', shape: [classes] },
  ];
}

function headsOf(
  file: WeightFile,
  width: number,
  given: number | undefined,
): Pick<ImportedBarcodeBert, 'headsFrom'> & { heads: number } {
  const stored = numberAt(file, 'bert_config', 'num_attention_heads');
  const argument = numberAt(file, 'config', 'n_heads');
  const said = stored ?? argument;
  if (said !== undefined && given !== undefined && said !== given) {
    throw new BioscanError(
      'mismatch',
      `dna: BarcodeBERT checkpoint, got ${given} heads, expected ${said} as the checkpoint itself says; leave the option out`,
    );
  }
  const headsFrom = stored !== undefined ? 'bert_config' : argument !== undefined ? 'config' : 'option';
  return { heads: checkedHeads('dna: BarcodeBERT checkpoint', width, said ?? given), headsFrom };
}

/** A config that describes other weights, or another kind of BERT than is built here, is no guide. */
function checkBertConfig(file: WeightFile, { sizes: { width, layers } }: FoundBert): void {
  const expected = {
    hidden_size: width,
    num_hidden_layers: layers,
    hidden_act: 'gelu',
    layer_norm_eps: 1e-12,
    position_embedding_type: 'absolute',
  };
  for (const [key, value] of Object.entries(expected)) {
    const stored = lookUp(file.root, 'bert_config', key);
    if (stored === undefined || stored === null || stored === value) continue;
    const code = typeof value === 'number' && key !== 'layer_norm_eps' ? 'mismatch' : 'unsupported';
    throw new BioscanError(
      code,
      `dna: BarcodeBERT checkpoint, bert_config.${key}, got ${shown(stored)}, expected ${value}`,
    );
  }
}

function numberAt(file: WeightFile, ...path: readonly string[]): number | undefined {
  const value = lookUp(file.root, ...path);
  return typeof value === 'number' && value >= 0 ? value : undefined;
}

function countAt(file: WeightFile, ...path: readonly string[]): number | undefined {
  const value = numberAt(file, ...path);
  return value !== undefined && Number.isInteger(value) && value > 0 && value < 2 ** 31 ? value : undefined;
}

function shown(value: unknown): string {
  return typeof value === 'number' || typeof value === 'string' ? value.toString().slice(0, 100) : 'another value';
}
