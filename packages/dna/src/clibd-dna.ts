import { BioscanError, type TrainingState } from '@bioscan/core';
import {
  bertStates,
  checkedHeads,
  findBert,
  gelu,
  importParameters,
  layerNormalization,
  linear,
  mergeLora,
  poolTokens,
  tower,
  type StateDict,
  type Tower,
  type Value,
} from '@bioscan/graph';
import { encodedTensors, encoderInputs, type BarcodeBertConfig } from './barcode-bert.js';
import { kmerTokenizer } from './kmer-tokenizer.js';
import { kmerVocabulary, tokenCount, vocabularySize } from './vocabulary.js';

/** The DNA encoder of CLIBD as a tower of barcodes. */
export interface ClibdDna extends Tower<string> {
  readonly config: BarcodeBertConfig;
  readonly pooling: 'softmax-mean';
}

/**
 * CLIBD's DNA encoder (Gong et al. 2025): BarcodeBERT, the transform of a masked language model, a linear layer, then softmax over the
 * width of each token and the mean over every position; the vocabulary prepends id 0 and attends to its padding. Every vector is positive and
 * sums to 1, so cosines are never negative: a quirk of the published model, for parity only.
 */
export function clibdDna(config: BarcodeBertConfig, dimension: number): ClibdDna {
  const { vocabulary, width } = config;
  const tokenizer = kmerTokenizer(vocabulary);
  checkedHeads('dna: CLIBD DNA encoder', width, config.heads);
  const initial = { normal: 0.02 };
  const built = tower<string>({
    dimension,
    inputs: encoderInputs(tokenizer.tokens),
    notes: { ...config, pooling: 'softmax-mean' },
    collate: (batch) => encodedTensors(tokenizer.encodeBatch(batch), batch.length, tokenizer.tokens),
    build: (_, values) => {
      const hidden = bertStates(values, 'bert', { ...config, vocabularySize: vocabularySize(vocabulary) }).at(
        -1,
      ) as Value;
      const head = 'cls.predictions';
      const inner = gelu(linear(hidden, `${head}.transform.dense`, width, { initial }));
      const transformed = layerNormalization(inner, `${head}.transform.LayerNorm`, 1e-12);
      const logits = linear(transformed, `${head}.decoder`, dimension, { initial });
      return poolTokens(logits, values['attention_mask'] as Value, 'softmax-mean');
    },
  });
  return { ...built, config, pooling: 'softmax-mean' };
}

/** CLIBD's DNA encoder and its weights. */
export interface ImportedClibdDna {
  readonly tower: ClibdDna;
  readonly state: TrainingState;
  /** Low-rank additions that were merged. */
  readonly merged: number;
  readonly dropped: readonly string[];
}

/**
 * The DNA part of a CLIBD checkpoint, see `clibdParts`. The published encoder has 12 heads.
 * @throws BioscanError `bad-input` without heads; `unsupported` for another vocabulary; `not-found` or `mismatch` naming a tensor
 */
export function importClibdDna(
  part: StateDict,
  { heads: given }: { readonly heads: number | undefined },
): ImportedClibdDna {
  const { state, merged } = mergeLora(part);
  const found = findBert(state, ['bert.']);
  const k = Math.round(Math.log2((found?.sizes.vocabularySize ?? 0) - 3) / 2);
  if (found === undefined || !(k >= 1) || 4 ** k !== found.sizes.vocabularySize - 3) {
    throw new BioscanError(
      'unsupported',
      `dna: CLIBD DNA encoder, got ${found?.sizes.vocabularySize ?? 'no'} ids, expected 4^k + 3, as the vocabulary of 2023 has`,
    );
  }
  const { layers, width, feedForward, maxPositions } = found.sizes;
  const heads = checkedHeads('dna: CLIBD DNA encoder', width, given);
  const config = {
    vocabulary: kmerVocabulary('clibd', k),
    layers,
    heads,
    width,
    feedForward,
    dropout: 0.1,
    maxPositions,
  };
  if (maxPositions < tokenCount(config.vocabulary)) {
    throw new BioscanError(
      'mismatch',
      `dna: CLIBD DNA encoder, got ${maxPositions} positions, expected ${tokenCount(config.vocabulary)} for k = ${k}`,
    );
  }
  const dimension = found.state.get('cls.predictions.decoder.weight')?.shape[0] ?? width;
  const built = clibdDna(config, dimension);
  const { tensors, used } = importParameters(built.parameters, found.state);
  return { tower: built, state: { step: 0, tensors }, merged, dropped: found.unused(used) };
}
