import { protein, stop, unknown, windowLength } from './coi-protein.js';
import { proteinVotes, readDigits, translate, type Segment } from './protein-votes.js';

/** 32-site words of the Folmer window. */
export const windowWords: number = Math.ceil(windowLength / 32);

/** Where barcodes lie in the Folmer window and what they show there. Arrays are by haplotype. */
export interface Placements {
  /** 1 as read, -1 the other strand, 0 where nothing fits: another gene or too short. */
  readonly strands: Int8Array;
  /** Window position of the first letter (of the strand that fits); outside the window is fine. */
  readonly starts: Int32Array;
  /** Letters lost (positive) or too many (negative) inside, where the barcode leaves its place; 0 almost always. */
  readonly shifts: Int16Array;
  /** Stops of table 5 in the reading frame inside the window. */
  readonly stops: Uint8Array;
  /** Share of codons inside the window that code for the majority amino acid of insects. */
  readonly proteinIdentity: Float32Array;
  /** Unambiguous sites inside the window. */
  readonly sites: Uint16Array;
  /** `(haplotypes, 3, 21)`: low bits, high bits (A 0, C 1, G 2, T 3) and known sites of each barcode, 32 sites a word. */
  readonly planes: Uint32Array;
}

/**
 * Finds the Folmer window in each barcode: three-letter words of its translations vote for a place on the COI protein. The frame, the strand and
 * the place need no other record, so one barcode alone can be judged. Linear, about 30 microseconds a barcode.
 */
export function placeHaplotypes(barcodes: readonly string[]): Placements {
  const count = barcodes.length;
  const placements: Placements = {
    strands: new Int8Array(count),
    starts: new Int32Array(count),
    shifts: new Int16Array(count),
    stops: new Uint8Array(count),
    proteinIdentity: new Float32Array(count),
    sites: new Uint16Array(count),
    planes: new Uint32Array(count * 3 * windowWords),
  };
  for (let h = 0; h < count; h++) place(placements, h, barcodes[h] as string);
  return placements;
}

function place(placements: Placements, h: number, barcode: string): void {
  let digits = readDigits(barcode);
  let votes = proteinVotes(digits);
  if (!votes.placed) {
    const other = reversed(digits);
    const across = proteinVotes(other);
    if (!across.placed) return;
    digits = other;
    votes = across;
    placements.strands[h] = -1;
  } else placements.strands[h] = 1;
  const [first, second] = votes.segments;
  placements.starts[h] = first.start;
  placements.shifts[h] = second === undefined ? 0 : second.start - first.start;
  for (const segment of votes.segments) {
    placements.sites[h] = (placements.sites[h] as number) + pack(placements.planes, h, digits, segment);
  }
  judgeProtein(placements, h, digits, votes.segments);
}

/** Writes the letters of a segment; returns how many are unambiguous and inside the window. */
function pack(planes: Uint32Array, h: number, digits: Uint8Array, { start, from, to }: Segment): number {
  const low = h * 3 * windowWords;
  const high = low + windowWords;
  const known = high + windowWords;
  let sites = 0;
  const end = Math.min(to, windowLength - start);
  for (let i = Math.max(from, -start); i < end; i++) {
    const digit = digits[i] as number;
    if (digit > 3) continue;
    const position = start + i;
    const word = position >>> 5;
    const bit = 1 << (position & 31);
    if ((digit & 1) !== 0) planes[low + word] = (planes[low + word] as number) | bit;
    if ((digit & 2) !== 0) planes[high + word] = (planes[high + word] as number) | bit;
    planes[known + word] = (planes[known + word] as number) | bit;
    sites++;
  }
  return sites;
}

function judgeProtein(placements: Placements, h: number, digits: Uint8Array, segments: readonly Segment[]): void {
  let compared = 0;
  let same = 0;
  let stops = 0;
  for (const { start, from, to } of segments) {
    for (let codon = 0; codon < protein.length; codon++) {
      const i = 1 + 3 * codon - start;
      if (i < from || i + 3 > to) continue;
      const aminoAcid = translate(digits, i);
      if (aminoAcid === unknown) continue;
      compared++;
      if (aminoAcid === stop) stops++;
      else if (aminoAcid === protein[codon]) same++;
    }
  }
  placements.stops[h] = stops;
  placements.proteinIdentity[h] = compared === 0 ? 0 : same / compared;
}

function reversed(digits: Uint8Array): Uint8Array {
  return digits.map((_, i) => {
    const digit = digits[digits.length - 1 - i] as number;
    return digit > 3 ? digit : 3 - digit;
  });
}
