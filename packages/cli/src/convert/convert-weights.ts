import { BioscanError } from '@bioscan/core';
import {
  barcodeBertOf,
  encodeBarcodeCheckpoint,
  importBarcodeBert,
  importClibdDna,
  poolings,
  type BarcodeCheckpoint,
  type ImportedBarcodeBert,
  type Pooling,
} from '@bioscan/dna';
import {
  clibdParts,
  importTextBert,
  mergeLora,
  type ClibdParts,
  type ImportedTextBert,
  type StateDict,
  type WeightFile,
} from '@bioscan/graph';
import { importClibdImage, importVit, timmHeads, type ImportedVit } from '@bioscan/vision';
import { convertedEncoder, type ConvertedEncoder } from './converted-encoder.js';

export interface ConvertOptions {
  /** Attention heads: one number, or for CLIBD image, dna and text. */
  readonly heads?: readonly number[];
  /** timm's name of a ViT, which says the heads. */
  readonly architecture?: string;
  readonly pooling?: Pooling | 'mean';
  /** Side of the pictures of a ViT. Default: what it was trained on. */
  readonly image?: number;
  /** Tokens a row of a text BERT. Default 20. */
  readonly tokens?: number;
}

/** What a checkpoint turned out to be. */
export interface Conversion {
  readonly family: 'barcodebert' | 'bert' | 'vit' | 'clibd';
  /** By the folder that they go to; '' for the only one. */
  readonly encoders: Readonly<Record<string, ConvertedEncoder>>;
  /** Of CLIBD: logarithm of the factor on cosines. */
  readonly logitScale?: number;
}

/**
 * Recognises a checkpoint by names and shapes of its tensors and takes its encoders out.
 * @throws BioscanError `bad-file` when it is none of the known families, and whatever the importers find wrong
 */
export function convertWeights(file: WeightFile, options: ConvertOptions): Conversion {
  const parts = clibdParts(file.state);
  if (parts !== undefined) return clibdOf(parts, options);
  const picture = vitOf(file.state, options);
  if (picture !== undefined) return { family: 'vit', encoders: { '': picture } };
  const barcode = barcodeBertFrom(file, options);
  if (barcode !== undefined) return { family: 'barcodebert', encoders: { '': barcode } };
  const text = textBertOf(file.state, options);
  if (text !== undefined) return { family: 'bert', encoders: { '': text } };
  const names = [...file.state.keys()].slice(0, 3).join(', ');
  throw new BioscanError(
    'bad-file',
    `cli: checkpoint, got ${file.state.size} tensors such as ${names}, expected the names of BarcodeBERT, BarcodeMAE, a Hugging Face BERT, a ViT of timm or CLIBD; save such a model's state_dict`,
  );
}

function barcodeBertFrom(file: WeightFile, { heads, pooling }: ConvertOptions): ConvertedEncoder | undefined {
  const imported = importBarcodeBert(file, {
    ...(heads?.[0] === undefined ? {} : { heads: heads[0] }),
    ...(pooling === undefined ? {} : { pooling: tokenPooling(pooling) }),
  });
  if (imported === undefined) return undefined;
  const { checkpoint } = imported;
  const built = barcodeBertOf(checkpoint.config).readOut(checkpoint.recommended);
  return convertedEncoder(built, { step: 0, tensors: checkpoint.parameters }, barcodeNotes(checkpoint, imported), () =>
    encodeBarcodeCheckpoint(checkpoint),
  );
}

function barcodeNotes(
  { config, recommended, policy }: BarcodeCheckpoint,
  { layout, headsFrom, dropped }: ImportedBarcodeBert,
): Parameters<typeof convertedEncoder>[2] {
  const { vocabulary, ...architecture } = config;
  return {
    family: `barcodebert-${layout}`,
    modality: 'dna',
    pooling: recommended.pooling,
    preparation: { vocabulary, policy },
    architecture: { k: vocabulary.k, ...architecture },
    ...{ headsFrom, merged: 0, dropped },
  };
}

function textBertOf(state: StateDict, { heads, pooling, tokens }: ConvertOptions): ConvertedEncoder | undefined {
  const imported = importTextBert(state, {
    heads: heads?.[0],
    ...(tokens === undefined ? {} : { tokens }),
    ...(pooling === undefined ? {} : { pooling: tokenPooling(pooling) }),
  });
  return imported === undefined ? undefined : textEncoder(imported, 'bert', 'option', 0);
}

function textEncoder(
  { tower, state, dropped }: ImportedTextBert,
  family: string,
  headsFrom: string,
  merged: number,
): ConvertedEncoder {
  const { tokens, pooling } = tower.settings;
  return convertedEncoder(tower, state, {
    ...{ family, pooling, headsFrom, merged, dropped },
    modality: 'text',
    preparation: { tokens, padId: 0 },
    architecture: { ...tower.shape },
  });
}

function vitOf(state: StateDict, options: ConvertOptions): ConvertedEncoder | undefined {
  const { architecture, heads, image, pooling } = options;
  const named = architecture === undefined ? undefined : timmHeads(architecture);
  const imported = importVit(state, {
    heads: heads?.[0] ?? named,
    ...(image === undefined ? {} : { image }),
    ...(pooling === undefined ? {} : { pooling: pooling === 'cls' ? 'cls' : picturePooling(pooling) }),
  });
  return imported === undefined
    ? undefined
    : pictureEncoder(imported, 'vit', heads === undefined ? (architecture ?? '') : 'option');
}

function pictureEncoder(
  { tower, state, merged, dropped }: ImportedVit,
  family: string,
  headsFrom: string,
): ConvertedEncoder {
  const { config, input } = tower;
  return convertedEncoder(tower, state, {
    ...{ family, pooling: config.pooling, headsFrom, merged, dropped },
    modality: 'image',
    preparation: { preprocessing: input.preprocessing },
    architecture: { ...config },
  });
}

/** CLIBD's code fixes the architectures; weights of just these shapes are known to have these heads. */
const published = {
  image: { width: 768, layers: 12, heads: 12, name: 'ViT-B/16 as CLIBD builds it' },
  dna: { width: 768, layers: 12, heads: 12, name: 'BarcodeBERT 5-12-12 as CLIBD builds it' },
  text: { width: 512, layers: 4, heads: 8, name: 'bert-small as CLIBD builds it' },
} as const;

function clibdOf(parts: ClibdParts, { heads: given }: ConvertOptions): Conversion {
  if (given !== undefined && given.length !== 3) {
    throw new BioscanError(
      'bad-input',
      `cli: CLIBD checkpoint, got ${given.length} numbers of heads, expected three: image,dna,text`,
    );
  }
  const { image, dna, text, logitScale } = parts;
  const encoders: Record<string, ConvertedEncoder> = {};
  const headsOf = (
    kind: keyof typeof published,
    index: number,
    state: StateDict,
    norm: string,
    layer: RegExp,
  ): KnownHeads => {
    if (given !== undefined) return { heads: given[index], from: 'option' };
    const { width, layers, heads, name } = published[kind];
    const count = new Set([...state.keys()].map((key) => layer.exec(key)?.[1]).filter((key) => key !== undefined)).size;
    const fits = state.get(norm)?.shape[0] === width && count === layers;
    return fits ? { heads, from: name } : { heads: undefined, from: '' };
  };
  if (image !== undefined) {
    const { heads, from } = headsOf('image', 0, image, 'norm.weight', /^blocks\.(\d+)\./);
    const imported = importClibdImage(image, { heads });
    if (imported !== undefined) encoders['image'] = pictureEncoder(imported, 'clibd-image', from);
  }
  if (dna !== undefined) {
    const known = headsOf('dna', 1, dna, 'bert.embeddings.LayerNorm.weight', /^bert\.encoder\.layer\.(\d+)\./);
    encoders['dna'] = clibdDnaEncoder(dna, known);
  }
  if (text !== undefined) {
    const { heads, from } = headsOf('text', 2, text, 'embeddings.LayerNorm.weight', /^encoder\.layer\.(\d+)\./);
    const { state, merged } = mergeLora(text);
    const imported = importTextBert(state, { heads });
    if (imported !== undefined) encoders['text'] = textEncoder(imported, 'clibd-text', from, merged);
  }
  return { family: 'clibd', encoders, ...(logitScale === undefined ? {} : { logitScale }) };
}

interface KnownHeads {
  readonly heads: number | undefined;
  readonly from: string;
}

function clibdDnaEncoder(dna: StateDict, { heads, from }: KnownHeads): ConvertedEncoder {
  const { tower, state, merged, dropped } = importClibdDna(dna, { heads });
  const { vocabulary, ...architecture } = tower.config;
  return convertedEncoder(tower, state, {
    ...{ family: 'clibd-dna', pooling: tower.pooling, headsFrom: from, merged, dropped },
    modality: 'dna',
    preparation: { vocabulary, policy: 'strict-upstream' },
    architecture: { k: vocabulary.k, ...architecture },
  });
}

function tokenPooling(pooling: Pooling | 'mean'): Pooling {
  if (pooling !== 'mean') return pooling;
  throw new BioscanError('bad-input', `cli: pooling 'mean' is one of pictures, expected one of ${poolings.join(', ')}`);
}

function picturePooling(pooling: Pooling | 'mean'): 'mean' {
  if (pooling === 'mean') return pooling;
  throw new BioscanError('bad-input', `cli: pooling '${pooling}' is one of tokens, expected cls or mean for a ViT`);
}
