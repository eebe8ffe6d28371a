import { kmerTokenizer } from '../kmer-tokenizer.js';
import type { VocabularyDescriptor } from '../vocabulary.js';
import type { DnaTokens } from './dna-tokens.js';

/** The k-mer layouts of BarcodeBERT: attended tokens only, what the vocabulary prepends in front. */
export function kmerTokens(vocabulary: VocabularyDescriptor): DnaTokens {
  const tokenizer = kmerTokenizer(vocabulary);
  const { name, k, stride, prependIds, unkId } = vocabulary;
  return {
    name: `${k}-mers, ${name}`,
    settings: { vocabulary: name, k, stride, specials: prependIds.length > 0 },
    padId: unkId,
    tokenize(barcode) {
      const { ids, attended } = tokenizer.encode(barcode);
      return { before: prependIds, content: Array.from(ids.subarray(prependIds.length, attended)), after: [] };
    },
  };
}
