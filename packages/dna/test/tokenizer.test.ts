import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kmerTokenizer, kmerVocabulary, type KmerTokenizer, type VocabularyName } from '@bioscan/dna';

type Row = [layout: VocabularyName, k: number, sequence: number, digest: string, attended: number[]];
type Strided = [k: number, stride: number, sequence: number, digest: string, tokens: number];
const golden = JSON.parse(readFileSync('fixtures/dna/tokenizer.json', 'utf8')) as {
  sequences: string[];
  rows: Row[];
  strided: Strided[];
};

const short = 'ACGCGCTGACGCATCAGCATACGA';
const conformance: [string, number, number, number[], number, number][] = [
  [short, 4, 0, [27, 160, 27, 54, 149, 26], 165, 6],
  [short, 4, 1, [104, 122, 102, 212, 78], 165, 5],
  [short, 5, 0, [104, 483, 591, 149], 132, 4],
  [short, 6, 0, [411, 3611, 843, 794], 110, 4],
  [short, 8, 0, [6560, 6454, 37658], 82, 3],
  ['ACGTNCGTACGTRYACacgtACGT', 4, 0, [29, 1, 29, 1, 1, 29], 165, 6],
  ['AAAA', 4, 0, [2], 165, 1],
  ['TTTT', 4, 0, [257], 165, 1],
];

describe('k-mer tokenizer: published rules', () => {
  it.each(conformance)('%s k=%d offset=%d', (sequence, k, offset, leading, tokens, attended) => {
    const encoded = kmerTokenizer(kmerVocabulary('current', k)).encode(sequence, { offset });
    const expected = [...leading, ...Array<number>(tokens - leading.length).fill(1)];
    expect([...encoded.ids]).toEqual(expected);
    expect(encoded.attended).toBe(attended);
  });

  it.each([
    [4, 165, 258, 164],
    [5, 132, 1026, 131],
    [6, 110, 4098, 109],
    [7, 94, 16386, 94],
    [8, 82, 65538, 82],
  ])('k=%d: %d tokens, %d ids, %d attended of a 658-bp barcode', (k, tokens, size, attended) => {
    const tokenizer = kmerTokenizer(kmerVocabulary('current', k));
    const encoded = tokenizer.encode('ACGT'.repeat(165).slice(0, 658));
    expect([tokenizer.tokens, tokenizer.vocabularySize, encoded.attended]).toEqual([tokens, size, attended]);
    expect(encoded.ids.slice(attended).every((id) => id === 1)).toBe(true);
    expect(encoded.ids.slice(0, attended).every((id) => id > 1)).toBe(true);
  });

  it('lays the workshop, CLIBD and ACGTN vocabularies out as their code does', () => {
    const workshop = kmerVocabulary('workshop', 5);
    const clibd = kmerTokenizer(kmerVocabulary('clibd', 5));
    expect(kmerTokenizer(workshop).vocabularySize).toBe(1027);
    expect([workshop.maskId, workshop.unkId, workshop.firstKmerId]).toEqual([1, 2, 3]);
    const encoded = clibd.encode('AAAAATTTTT');
    expect([clibd.tokens, encoded.attended]).toEqual([133, 133]);
    expect([...encoded.ids.slice(0, 4)]).toEqual([0, 3, 1026, 2]);
    const acgtn = kmerVocabulary('acgtn', 4);
    expect(acgtn.maskable).toEqual({ from: 2, to: 257 });
    // The first k-mer with N in product order follows TTTT.
    expect([...kmerTokenizer(acgtn).encode('AAAATTTTAAANNNNN').ids.slice(0, 4)]).toEqual([2, 257, 258, 626]);
  });
});

describe('k-mer tokenizer: golden values of the Python rules', () => {
  const tokenizers = new Map<string, KmerTokenizer>();
  function tokenizerFor(layout: VocabularyName, k: number): KmerTokenizer {
    const key = `${layout}-${k}`;
    const made = tokenizers.get(key) ?? kmerTokenizer(kmerVocabulary(layout, k));
    tokenizers.set(key, made);
    return made;
  }

  it('agrees on every layout, k, offset and odd barcode', () => {
    let compared = 0;
    for (const [layout, k, index, expected, attended] of golden.rows) {
      const tokenizer = tokenizerFor(layout, k);
      const encoded = attended.map((_, offset) => tokenizer.encode(golden.sequences[index]!, { offset }));
      expect(digest(encoded.map(({ ids }) => ids.join(',')).join('|')), `${layout} k=${k} #${index}`).toBe(expected);
      expect(encoded.map((row) => row.attended)).toEqual(attended);
      compared += encoded.length;
    }
    expect(compared).toBe(6960);
  });

  it('agrees on the windows of other strides', () => {
    for (const [k, stride, index, expected, tokens] of golden.strided) {
      const tokenizer = kmerTokenizer(kmerVocabulary('current', k, { stride }));
      const { ids } = tokenizer.encode(golden.sequences[index]!, { offset: 2 });
      expect([ids.length, digest(ids.join(','))]).toEqual([tokens, expected]);
    }
    expect(golden.strided.length).toBe(232);
  });
});

describe('k-mer tokenizer: laws', () => {
  const bases = fc.string({ unit: fc.constantFrom('A', 'C', 'G', 'T'), maxLength: 700 });
  const messy = fc.string({ unit: fc.constantFrom('A', 'C', 'G', 'T', 'a', 'N', 'R', '-', ' ', '😀'), maxLength: 700 });
  const layout = fc.constantFrom<VocabularyName>('current', 'workshop', 'acgtn');

  it('ids spell the sequence again, window by window', () => {
    fc.assert(
      fc.property(bases, fc.integer({ min: 1, max: 8 }), layout, fc.nat({ max: 9 }), (sequence, k, name, offset) => {
        const tokenizer = kmerTokenizer(kmerVocabulary(name, k));
        const { ids, attended } = tokenizer.encode(sequence, { offset });
        const whole = Math.floor(Math.max(0, Math.min(660, sequence.length - offset)) / k);
        const spelled = [...ids.slice(0, whole)].map((id) => tokenizer.token(id)).join('');
        expect(spelled).toBe(sequence.slice(offset, offset + whole * k));
        expect(attended).toBe(name === 'workshop' ? tokenizer.tokens : whole);
      }),
    );
  });

  it('an offset is a cut, a batch is its rows, and every id is in the vocabulary', () => {
    fc.assert(
      fc.property(fc.array(messy, { maxLength: 4 }), fc.nat({ max: 8 }), layout, (sequences, offset, name) => {
        const tokenizer = kmerTokenizer(kmerVocabulary(name, 4));
        const batch = tokenizer.encodeBatch(sequences, { offsets: sequences.map(() => offset) });
        for (const [i, sequence] of sequences.entries()) {
          const row = tokenizer.encode(sequence.slice(offset));
          expect(batch.ids.slice(i * tokenizer.tokens, (i + 1) * tokenizer.tokens)).toEqual(row.ids);
          expect(batch.attended[i]).toBe(row.attended);
        }
        expect(batch.ids.every((id) => id >= 0 && id < tokenizer.vocabularySize)).toBe(true);
      }),
    );
  });

  it('refuses descriptors that contradict themselves, bad offsets and short buffers', () => {
    const good = kmerVocabulary('current', 4);
    expect(() => kmerTokenizer({ ...good, alphabet: 'ACGA' })).toThrow("alphabet 'ACGA' repeats a letter");
    expect(() => kmerTokenizer({ ...good, firstKmerId: 3 })).toThrow('2 specials do not end at first k-mer id 3');
    expect(() => kmerVocabulary('current', 13)).toThrow('more than 16777216');
    expect(() => kmerTokenizer(good).encode('ACGT', { offset: -1 })).toThrow(RangeError);
    const into = { ids: new Int32Array(3), attended: new Int32Array(1) };
    expect(() => kmerTokenizer(good).encodeBatch(['ACGT'], { into })).toThrow('too short');
    expect(() => kmerTokenizer(good).token(258)).toThrow(RangeError);
  });
});

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
