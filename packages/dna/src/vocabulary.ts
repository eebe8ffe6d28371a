/** How ids follow k-mers: plain product order of the alphabet, or the pure A, C, G, T k-mers first and those with N after them. */
export type KmerOrder = 'product' | 'pure-first';

/**
 * A k-mer vocabulary as data, stored with each checkpoint, so that no layout is hard-coded.
 * K-mer ids run from `firstKmerId`; ids below it belong to `specials`, in order.
 */
export interface VocabularyDescriptor {
  readonly name: string;
  readonly k: number;
  /** Letters between two windows; only `stride = k` is safe upstream. */
  readonly stride: number;
  /** Letters in id order, at most 16. */
  readonly alphabet: string;
  readonly order: KmerOrder;
  readonly specials: readonly string[];
  readonly firstKmerId: number;
  /** Ids in front of every sequence, always attended. */
  readonly prependIds: readonly number[];
  readonly maskId: number;
  readonly unkId: number;
  /** Letters a sequence is cut or padded (with N) to. */
  readonly maxLen: number;
  /** False: no attention mask, the padding is attended too (the workshop code and CLIBD). */
  readonly masksPadding: boolean;
  /** Ids that masking may choose and the loss may score: `from <= id < to`. */
  readonly maskable: { readonly from: number; readonly to: number };
}

export type VocabularyName = 'current' | 'workshop' | 'clibd' | 'acgtn';

export interface VocabularyOptions {
  /** Default: k. */
  readonly stride?: number;
  /** Default: 660, which holds a 658-bp barcode. */
  readonly maxLen?: number;
}

/**
 * The layouts in use. `current`: [MASK] 0, [UNK] 1, k-mers from 2. `workshop`: <MASK> 0, <CLS> 1, <UNK> 2, k-mers from 3, no attention
 * mask, and a trainer that wrote id 1 as the mask. `clibd`: the workshop layout with id 0 in front of every sequence. `acgtn`: upstream's
 * `tokenize_n`, k-mers with N after the pure ones; its bound excludes the last pure k-mer (T…T) from masking and loss too, kept here.
 * Source: bioscan-ml/BarcodeBERT `datasets.py`, Kari-Genomics-Lab/BarcodeBERT, bioscan-ml/clibd `dna_encoder.py`.
 */
export function kmerVocabulary(
  name: VocabularyName,
  k: number,
  { stride = k, maxLen = 660 }: VocabularyOptions = {},
): VocabularyDescriptor {
  const pure = 4 ** k;
  const shared = { name, k, stride, maxLen, prependIds: [] } as const;
  const current = { ...shared, specials: ['[MASK]', '[UNK]'], firstKmerId: 2, maskId: 0, unkId: 1 } as const;
  const workshop = {
    ...shared,
    alphabet: 'ACGT',
    order: 'product',
    specials: ['<MASK>', '<CLS>', '<UNK>'],
    firstKmerId: 3,
    maskId: 1,
    unkId: 2,
    masksPadding: false,
    maskable: { from: 3, to: 3 + pure },
  } as const;
  switch (name) {
    case 'current':
      return checkVocabulary({
        ...current,
        alphabet: 'ACGT',
        order: 'product',
        masksPadding: true,
        maskable: { from: 2, to: 2 + pure },
      });
    case 'acgtn':
      return checkVocabulary({
        ...current,
        alphabet: 'ACGTN',
        order: 'pure-first',
        masksPadding: true,
        maskable: { from: 2, to: 2 + pure - 1 },
      });
    case 'workshop':
      return checkVocabulary(workshop);
    case 'clibd':
      return checkVocabulary({ ...workshop, prependIds: [0] });
    default:
      throw new TypeError(`dna: unknown vocabulary ${String(name satisfies never)}`);
  }
}

/** Number of ids: specials and every k-mer of the alphabet. */
export function vocabularySize({ firstKmerId, alphabet, k }: VocabularyDescriptor): number {
  return firstKmerId + alphabet.length ** k;
}

/** Tokens of an encoded sequence, prepended ones included. */
export function tokenCount({ maxLen, k, stride, prependIds }: VocabularyDescriptor): number {
  return prependIds.length + Math.floor((maxLen - k) / stride) + 1;
}

/**
 * Returns the descriptor if it can be tokenized with.
 * @throws RangeError when it contradicts itself: ids out of range, a repeated letter, more than 2^24 k-mers.
 */
export function checkVocabulary(descriptor: VocabularyDescriptor): VocabularyDescriptor {
  const { k, stride, alphabet, maxLen, firstKmerId, specials, prependIds, maskId, unkId } = descriptor;
  const size = vocabularySize(descriptor);
  const problems = [
    !(Number.isInteger(k) && k >= 1) && `k ${k} is no positive integer`,
    !(Number.isInteger(stride) && stride >= 1) && `stride ${stride} is no positive integer`,
    !(Number.isInteger(maxLen) && maxLen >= k) && `maxLen ${maxLen} is shorter than k ${k}`,
    !/^[!-~]{2,16}$/.test(alphabet) && `alphabet '${alphabet}' is not 2 to 16 ASCII letters`,
    new Set(alphabet).size !== alphabet.length && `alphabet '${alphabet}' repeats a letter`,
    size > 2 ** 24 && `${size} ids are more than ${2 ** 24}`,
    specials.length !== firstKmerId && `${specials.length} specials do not end at first k-mer id ${firstKmerId}`,
    [maskId, unkId, ...prependIds].some((id) => !Number.isInteger(id) || id < 0 || id >= size) &&
      `a special id is outside 0 to ${size - 1}`,
  ].filter((problem) => problem !== false);
  if (problems.length > 0) throw new RangeError(`dna: vocabulary '${descriptor.name}': ${problems.join('; ')}`);
  return descriptor;
}
