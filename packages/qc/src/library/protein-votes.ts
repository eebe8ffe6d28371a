import { basesOf } from '@bioscan/core';
import { protein, stop, translation, unknown } from './coi-protein.js';

/** Letters `from` to `to` of a barcode lie at `start + i` of the window. */
export interface Segment {
  readonly start: number;
  readonly from: number;
  readonly to: number;
}

export interface ProteinVotes {
  /** False where too few words agree on a place. */
  readonly placed: boolean;
  /** One, or two where letters were lost or gained in between. */
  readonly segments: readonly [Segment, ...Segment[]];
}

/** Words that must agree on one place: unrelated sequences of 658 letters get 3 at most. */
const fewestWords = 6;
/** Letters lost or gained that are still one barcode; words that a shifted part must have, and codons that it must explain. */
const farthestShift = 30;
const fewestShiftedWords = 2;
const fewestShiftedCodons = 7;

/** Base-4 digit of each letter; 4 where it names no base or several. */
export function readDigits(barcode: string): Uint8Array {
  const digits = new Uint8Array(barcode.length);
  for (let i = 0; i < barcode.length; i++) digits[i] = digitOfBases[basesOf(barcode.charCodeAt(i))] as number;
  return digits;
}

const digitOfBases = /* @__PURE__ */ Uint8Array.from(
  { length: 16 },
  (_, bits) => [4, 0, 1, 4, 2, 4, 4, 4, 3][bits] ?? 4,
);

interface WordHits {
  /** Places of the first letters of words that occur in the protein, and the window start that each implies. */
  readonly at: number[];
  readonly start: number[];
}

/** Where a sequence of digits lies, by the words of its three translations. */
export function proteinVotes(digits: Uint8Array): ProteinVotes {
  const hits = findHits(digits);
  const votes = new Map<number, number>();
  let best = 0;
  let most = 0;
  for (const start of hits.start) {
    const count = (votes.get(start) ?? 0) + 1;
    votes.set(start, count);
    if (count > most) [best, most] = [start, count];
  }
  const whole: Segment = { start: best, from: 0, to: digits.length };
  if (most < fewestWords) return { placed: false, segments: [whole] };
  let segments: ProteinVotes['segments'] = [whole];
  let gain = fewestShiftedCodons - 1;
  for (const [start, count] of votes) {
    if (start === best || count < fewestShiftedWords || Math.abs(start - best) > farthestShift) continue;
    const found = bestSplit(digits, best, start);
    if (found.gain > gain) ({ gain, segments } = found);
  }
  return { placed: true, segments };
}

/**
 * Cuts a barcode in two, one part at each start, where most codons code for what the protein has. Repeats such as LLLL match beside their place, so
 * the gain over leaving it whole decides. Codons next to the cut belong to neither part: where letters were lost is not known to the letter.
 */
function bestSplit(
  digits: Uint8Array,
  best: number,
  other: number,
): { gain: number; segments: ProteinVotes['segments'] } {
  // Codons right at the best start less codons right at the other, up to each codon.
  const lead = new Int16Array(protein.length + 1);
  for (let codon = 0; codon < protein.length; codon++) {
    const right = isRight(digits, best, codon) - isRight(digits, other, codon);
    lead[codon + 1] = (lead[codon] as number) + right;
  }
  const total = lead[protein.length] as number;
  let gain = 0;
  let cut = 0;
  let bestFirst = true;
  for (let codon = 0; codon <= protein.length; codon++) {
    const before = lead[codon] as number;
    // The other start takes over behind the cut, or holds up to it.
    const behind = before - total;
    if (behind > gain) [gain, cut, bestFirst] = [behind, codon, true];
    if (-before > gain) [gain, cut, bestFirst] = [-before, codon, false];
  }
  const [first, second] = bestFirst ? [best, other] : [other, best];
  const to = within(1 + 3 * (cut - 1) - first, digits.length);
  const from = within(Math.max(to, 1 + 3 * (cut + 1) - second), digits.length);
  return {
    gain,
    segments: [
      { start: first, from: 0, to },
      { start: second, from, to: digits.length },
    ],
  };
}

function within(place: number, length: number): number {
  return Math.max(0, Math.min(length, place));
}

function isRight(digits: Uint8Array, start: number, codon: number): number {
  const i = 1 + 3 * codon - start;
  return i >= 0 && i + 3 <= digits.length && translate(digits, i) === protein[codon] ? 1 : 0;
}

/** The amino acid of the codon at a place. */
export function translate(digits: Uint8Array, i: number): number {
  const [a, b, c] = [digits[i] as number, digits[i + 1] as number, digits[i + 2] as number];
  return a > 3 || b > 3 || c > 3 ? unknown : (translation[16 * a + 4 * b + c] as number);
}

const wordLength = 3;

function findHits(digits: Uint8Array): WordHits {
  const hits: WordHits = { at: [], start: [] };
  const { heads, links } = proteinWords;
  for (let frame = 0; frame < 3; frame++) {
    let word = 0;
    let run = 0;
    for (let i = frame; i + 3 <= digits.length; i += 3) {
      const [a, b, c] = [digits[i] as number, digits[i + 1] as number, digits[i + 2] as number];
      const aminoAcid = a > 3 || b > 3 || c > 3 ? stop : (translation[16 * a + 4 * b + c] as number);
      run = aminoAcid === stop ? 0 : run + 1;
      word = (word % 400) * 20 + (aminoAcid % 20);
      if (run < wordLength) continue;
      for (let codon = heads[word] as number; codon >= 0; codon = links[codon] as number) {
        hits.at.push(i - 6);
        hits.start.push(1 + 3 * codon - (i - 6));
      }
    }
  }
  return hits;
}

const proteinWords = /* @__PURE__ */ indexProtein();

function indexProtein(): { readonly heads: Int16Array; readonly links: Int16Array } {
  const heads = new Int16Array(8000).fill(-1);
  const links = new Int16Array(protein.length).fill(-1);
  for (let codon = protein.length - wordLength; codon >= 0; codon--) {
    const [a = 0, b = 0, c = 0] = protein.subarray(codon, codon + 3);
    const word = (a * 20 + b) * 20 + c;
    links[codon] = heads[word] as number;
    heads[word] = codon;
  }
  return { heads, links };
}
