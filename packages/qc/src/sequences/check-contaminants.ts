import type { CheckFinding } from '../library/check-finding.js';
import { reverseComplement } from '@bioscan/dna';
import { baseCodes, semiGlobalDistance, type BaseCodes } from '@bioscan/dna/distance';
import type { Library } from '../library/library.js';
import { percent } from '../library/words.js';
import { idsOf } from './ids-of.js';

/** A sequence that must not be in the library: Wolbachia, human, the host of a parasite. */
export interface ContaminantReference {
  readonly name: string;
  readonly sequence: string;
}

export interface ContaminantOptions {
  /** Identity from which a barcode is that contaminant; default 0.93. */
  readonly identity?: number;
  /** Fewest compared sites; default 150. */
  readonly minimumOverlap?: number;
}

/** Letters of the words that are looked up before anything is aligned, and share of a barcode's words that must be known. */
const wordLength = 10;
const knownShare = 0.25;

/** Barcodes that align to a reference that the user supplies, on either strand of it. Words filter, alignment decides: milliseconds a candidate, nothing for the others. */
export function checkContaminants(
  library: Library,
  references: readonly ContaminantReference[],
  options: ContaminantOptions = {},
): CheckFinding[] {
  const { identity = 0.93, minimumOverlap = 150 } = options;
  const prepared = references.flatMap(({ name, sequence: written }) => {
    const sequence = written.toUpperCase().replaceAll('U', 'T');
    return [sequence, reverseComplement(sequence)].map((strand) => ({
      name,
      codes: baseCodes(strand),
      words: wordsOf(strand),
    }));
  });
  return library.haplotypes.barcodes.flatMap((barcode, h): CheckFinding[] => {
    const query: { codes?: BaseCodes } = {};
    for (const reference of prepared) {
      if (sharedWords(barcode, reference.words) < knownShare * (barcode.length - wordLength + 1)) continue;
      query.codes ??= baseCodes(barcode);
      const result = semiGlobalDistance(query.codes, reference.codes, { minimumOverlap });
      if (!result.comparable || result.identity < identity) continue;
      return [
        {
          check: 'contaminant',
          severity: 'error',
          records: idsOf(library, h),
          message: `The barcode is ${percent(result.identity)} identical to ${reference.name} over ${result.sites} sites: a contamination.`,
          evidence: {
            reference: reference.name,
            identity: result.identity,
            sites: result.sites,
            score: result.identity,
          },
          action: 're-sequence from the specimen',
        },
      ];
    }
    return [];
  });
}

function wordsOf(sequence: string): ReadonlySet<string> {
  const words = new Set<string>();
  for (let i = 0; i + wordLength <= sequence.length; i++) words.add(sequence.slice(i, i + wordLength));
  return words;
}

function sharedWords(barcode: string, words: ReadonlySet<string>): number {
  let shared = 0;
  for (let i = 0; i + wordLength <= barcode.length; i++) if (words.has(barcode.slice(i, i + wordLength))) shared++;
  return shared;
}
