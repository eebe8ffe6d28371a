/** Letters of a word that votes for a position: 4^9 words, far more than a barcode has. */
const wordLength = 9;
const maximumReferences = 2000;

/** Where barcodes lie on a common frame. Position 0 is the first letter of the commonest frame; ends before or past it are fine. */
export interface Placement {
  /** For each barcode the frame position of its first letter; NaN where nothing fits (another gene, the other strand). */
  readonly starts: Float64Array;
}

/**
 * Places barcodes with ragged ends on one frame without aligning them: each 9-letter word votes for the offset at which reference barcodes
 * have it most often, and the offset with most votes wins. The references are barcodes of the commonest length, then, in a second pass, of all
 * that could be placed. One vote in twenty suffices, so a substitution costs nothing and an indel moves only what lies beyond it to the minority.
 * Linear in the letters; 50,000 barcodes take seconds.
 */
export function placeBarcodes(barcodes: readonly string[]): Placement {
  const longest = barcodes.reduce((most, { length }) => Math.max(most, length), 0);
  const frame = commonestLength(barcodes);
  const first = sample(barcodes.flatMap(({ length }, i) => (length === frame ? [i] : [])));
  const atOrigin = new Float64Array(barcodes.length);
  const rough = placeAll(barcodes, wordPositions(barcodes, first, atOrigin, longest), longest);
  const placed = sample(barcodes.flatMap((_, i) => (Number.isNaN(rough[i]) ? [] : [i])));
  return { starts: placeAll(barcodes, wordPositions(barcodes, placed, rough, longest), longest) };
}

/** The commonest length; of several the longest. */
function commonestLength(barcodes: readonly string[]): number {
  const counts = new Map<number, number>();
  for (const { length } of barcodes) counts.set(length, (counts.get(length) ?? 0) + 1);
  let best = 0;
  let bestCount = 0;
  for (const [length, count] of counts) {
    if (count > bestCount || (count === bestCount && length > best)) [best, bestCount] = [length, count];
  }
  return best;
}

/** Evenly spaced, so that sorted input gives references from all over. */
function sample(indices: readonly number[]): number[] {
  const step = Math.max(1, indices.length / maximumReferences);
  return Array.from(
    { length: Math.min(indices.length, maximumReferences) },
    (_, i) => indices[Math.floor(i * step)] as number,
  );
}

/** For each word the frame position at which references have it most often, shifted by `longest`; -1 for words they lack. */
function wordPositions(
  barcodes: readonly string[],
  references: readonly number[],
  starts: Float64Array,
  longest: number,
): Int32Array {
  const span = 4 * longest + 1;
  const votes = new Map<number, number>();
  for (const reference of references) {
    const words = wordCodes(barcodes[reference] as string);
    const shift = (starts[reference] as number) + longest;
    for (let i = 0; i < words.length; i++) {
      if ((words[i] as number) < 0) continue;
      const vote = (words[i] as number) * span + shift + i;
      votes.set(vote, (votes.get(vote) ?? 0) + 1);
    }
  }
  // One reference alone does not make a frame: it may be another gene.
  const quorum = references.length > 3 ? 2 : 1;
  const positions = new Int32Array(4 ** wordLength).fill(-1);
  const best = new Int32Array(4 ** wordLength);
  for (const [vote, count] of votes) {
    const word = Math.floor(vote / span);
    const position = vote % span;
    const tie = count === best[word] && position < (positions[word] as number);
    if (count < quorum || (count <= (best[word] as number) && !tie)) continue;
    best[word] = count;
    positions[word] = position;
  }
  return positions;
}

function placeAll(barcodes: readonly string[], positions: Int32Array, longest: number): Float64Array {
  const votes = new Int32Array(6 * longest + 2);
  return Float64Array.from(barcodes, (barcode) => {
    const words = wordCodes(barcode);
    votes.fill(0);
    let best = 0;
    let bestVotes = 0;
    for (let i = 0; i < words.length; i++) {
      const position = (words[i] as number) < 0 ? -1 : (positions[words[i] as number] as number);
      if (position < 0) continue;
      const offset = position - i + longest;
      const count = (votes[offset] as number) + 1;
      votes[offset] = count;
      if (count > bestVotes || (count === bestVotes && offset < best)) [best, bestVotes] = [offset, count];
    }
    return bestVotes < Math.max(6, words.length / 20) ? Number.NaN : best - 2 * longest;
  });
}

/** The code of the word at each position, -1 where it holds anything but A, C, G, T. */
function wordCodes(barcode: string): Int32Array {
  const count = Math.max(0, barcode.length - wordLength + 1);
  const codes = new Int32Array(count).fill(-1);
  let code = 0;
  let clean = 0;
  for (let i = 0; i < barcode.length; i++) {
    const base = 'ACGT'.indexOf(barcode.charAt(i));
    clean = base < 0 ? 0 : clean + 1;
    code = ((code << 2) | Math.max(0, base)) & (4 ** wordLength - 1);
    if (clean >= wordLength) codes[i - wordLength + 1] = code;
  }
  return codes;
}
