import { tokenCount, vocabularySize, checkVocabulary, type VocabularyDescriptor } from './vocabulary.js';

/** One encoded barcode: token ids `(tokens)` and how many of them, from the left, are attended. */
export interface EncodedBarcode {
  readonly ids: Int32Array;
  readonly attended: number;
}

/** Encoded barcodes: ids `(n, tokens)` and attended tokens `(n)`. */
export interface EncodedBarcodes {
  readonly ids: Int32Array;
  readonly attended: Int32Array;
}

export interface EncodeOptions {
  /** Letters dropped from the front: upstream's frame augmentation draws it from [0, k). Default 0. */
  readonly offset?: number;
}

export interface EncodeBatchOptions {
  /** One offset a sequence; default: 0 for all. */
  readonly offsets?: ArrayLike<number>;
  /** Written into when given; both must hold the batch exactly or be longer. */
  readonly into?: EncodedBarcodes;
}

/** Turns barcodes into k-mer ids by the rules of its descriptor. */
export interface KmerTokenizer {
  readonly descriptor: VocabularyDescriptor;
  /** Tokens of every encoded sequence. */
  readonly tokens: number;
  readonly vocabularySize: number;
  encode(sequence: string, options?: EncodeOptions): EncodedBarcode;
  encodeBatch(sequences: readonly string[], options?: EncodeBatchOptions): EncodedBarcodes;
  /** The k-mer or special behind an id. @throws RangeError for an id outside the vocabulary. */
  token(id: number): string;
}

/**
 * A tokenizer for a vocabulary. Rules of upstream, kept on purpose: no case folding, no gap removal (see `cleanBarcode`); a window with a
 * letter outside the alphabet is `unkId` but attended; a partial last window is `unkId` and not attended.
 * Linear, without a string per k-mer. Source: BarcodeBERT `datasets.py`.
 * @example
 * const tokenizer = kmerTokenizer(kmerVocabulary('current', 4));
 * tokenizer.encode('ACGCGCTGACGCATCAGCATACGA').attended; // 6
 */
export function kmerTokenizer(descriptor: VocabularyDescriptor): KmerTokenizer {
  checkVocabulary(descriptor);
  const tokens = tokenCount(descriptor);
  const plan = encodingPlan(descriptor);
  return {
    descriptor,
    tokens,
    vocabularySize: vocabularySize(descriptor),
    encode(sequence, { offset = 0 } = {}) {
      const ids = new Int32Array(tokens);
      return { ids, attended: encodeInto(plan, sequence, offset, ids, 0) };
    },
    encodeBatch(sequences, { offsets, into } = {}) {
      const batch = into ?? allocateBatch(sequences.length, tokens);
      if (batch.ids.length < sequences.length * tokens || batch.attended.length < sequences.length) {
        throw new RangeError(`dna: 'into' is too short for ${sequences.length} barcodes of ${tokens} tokens`);
      }
      for (let i = 0; i < sequences.length; i++) {
        batch.attended[i] = encodeInto(plan, sequences[i] as string, offsets?.[i] ?? 0, batch.ids, i * tokens);
      }
      return batch;
    },
    token: (id) => tokenOf(descriptor, plan.remap, id),
  };
}

interface EncodingPlan {
  readonly descriptor: VocabularyDescriptor;
  readonly windows: number;
  /** Digit of a letter by its UTF-16 code, or 16 for a letter outside the alphabet. */
  readonly digits: Uint8Array;
  /** Id by product code, where ids do not follow product order. */
  readonly remap: Int32Array | undefined;
}

const unknownDigit = 16;
const padLetter = 'N';

function encodingPlan(descriptor: VocabularyDescriptor): EncodingPlan {
  const { alphabet, prependIds } = descriptor;
  const digits = new Uint8Array(0x10000).fill(unknownDigit);
  for (const [digit, letter] of [...alphabet].entries()) digits[letter.charCodeAt(0)] = digit;
  return {
    descriptor,
    windows: tokenCount(descriptor) - prependIds.length,
    digits,
    remap: descriptor.order === 'pure-first' ? pureFirst(descriptor) : undefined,
  };
}

/** Ids by product code: the k-mers of A, C, G, T first, then those with another letter, each in product order. */
function pureFirst({ alphabet, k, firstKmerId }: VocabularyDescriptor): Int32Array {
  const radix = alphabet.length;
  const ids = new Int32Array(radix ** k);
  const isPure = (code: number): boolean => {
    for (let rest = code, i = 0; i < k; i++, rest = Math.floor(rest / radix)) {
      if (!'ACGT'.includes(alphabet[rest % radix] as string)) return false;
    }
    return true;
  };
  let next = firstKmerId;
  for (const wanted of [true, false]) {
    for (let code = 0; code < ids.length; code++) if (isPure(code) === wanted) ids[code] = next++;
  }
  return ids;
}

function allocateBatch(rows: number, tokens: number): EncodedBarcodes {
  return { ids: new Int32Array(rows * tokens), attended: new Int32Array(rows) };
}

/** Writes one row at `at` and returns its attended tokens. */
function encodeInto(plan: EncodingPlan, sequence: string, offset: number, ids: Int32Array, at: number): number {
  const { k, stride, prependIds, maxLen, masksPadding } = plan.descriptor;
  if (!(Number.isInteger(offset) && offset >= 0)) throw new RangeError(`dna: offset must be 0 or more, got ${offset}`);
  const letters = Math.max(0, Math.min(sequence.length - offset, maxLen));
  const whole = letters < k ? 0 : Math.min(plan.windows, Math.floor((letters - k) / stride) + 1);
  const started = Math.min(plan.windows, Math.ceil(letters / stride));
  for (let i = 0; i < prependIds.length; i++) ids[at + i] = prependIds[i] as number;
  const first = at + prependIds.length;
  encodeWhole(plan, sequence, offset, ids.subarray(first, first + whole));
  if (started > whole) {
    const tail = sequence.slice(offset + whole * stride, offset + letters).padEnd(started * stride + k, padLetter);
    encodeWhole(plan, tail, 0, ids.subarray(first + whole, first + started));
  }
  if (plan.windows > started) {
    encodeWhole(plan, padLetter.repeat(k), 0, ids.subarray(first + started, first + started + 1));
    ids.fill(ids[first + started] as number, first + started, first + plan.windows);
  }
  const attended = masksPadding ? Math.min(plan.windows, Math.floor(letters / stride)) : plan.windows;
  return prependIds.length + attended;
}

/** Windows that lie inside the sequence, one id each. */
function encodeWhole(plan: EncodingPlan, sequence: string, offset: number, ids: Int32Array): void {
  const { descriptor, digits, remap } = plan;
  const { k, stride, unkId, firstKmerId } = descriptor;
  const radix = descriptor.alphabet.length;
  for (let window = 0, start = offset; window < ids.length; window++, start += stride) {
    let code = 0;
    let seen = 0;
    for (let i = start; i < start + k; i++) {
      const digit = digits[sequence.charCodeAt(i)] as number;
      code = code * radix + digit;
      seen |= digit;
    }
    ids[window] = seen >= unknownDigit ? unkId : remap === undefined ? firstKmerId + code : (remap[code] as number);
  }
}

function tokenOf(descriptor: VocabularyDescriptor, remap: Int32Array | undefined, id: number): string {
  const { alphabet, k, firstKmerId, specials } = descriptor;
  const special = specials[id];
  if (special !== undefined) return special;
  const code = remap === undefined ? id - firstKmerId : remap.indexOf(id);
  if (!(code >= 0 && code < alphabet.length ** k)) throw new RangeError(`dna: id ${id} is outside the vocabulary`);
  let token = '';
  for (let rest = code, i = 0; i < k; i++, rest = Math.floor(rest / alphabet.length)) {
    token = (alphabet[rest % alphabet.length] as string) + token;
  }
  return token;
}
