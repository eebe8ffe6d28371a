import { rng, type Tensors } from '@bioscan/core';
import {
  barcodeBert,
  contrastiveObjective,
  fragments,
  kmerVocabulary,
  maskedObjectives,
  noAugmentation,
  positionalMajority,
  pretrainingTask,
  reverseComplement,
  type MaskedObjective,
} from '@bioscan/dna';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const bert = barcodeBert({ k: 4, layers: 1, heads: 2, width: 8 });
const barcodes = randomBarcodes(40);

function randomBarcodes(count: number): string[] {
  const random = rng(5);
  return Array.from({ length: count }, () =>
    Array.from({ length: 400 + random.integer(280) }, () => 'ACGT'[random.integer(4)]).join(''),
  );
}

function collate(
  objective: MaskedObjective,
  seed = 1,
  batch: readonly string[] = barcodes,
  rows = batch.length,
): Tensors {
  return pretrainingTask(bert, objective).collate(batch, rows, noAugmentation, rng(seed));
}

function numbers(tensors: Tensors, name: string): number[] {
  return Array.from(tensors[name]!.data as Float32Array | BigInt64Array, Number);
}

describe('masked objectives', () => {
  it.each([
    ['barcodebert', 0.5, 1, 0],
    ['barcodemae', 0.5, 1, 0],
    ['bert', 0.15, 0.8, 0.1],
  ] as const)(
    '%s masks %d of the candidates, %d of these by the mask and %d at random',
    (name, ratio, mask, random) => {
      const feeds = collate(maskedObjectives[name]);
      const original = numbers(plain(), 'input_ids');
      const ids = numbers(feeds, 'input_ids');
      const masked = numbers(feeds, 'masked');
      const unmasked = numbers(feeds, 'unmasked');
      const labels = numbers(feeds, 'labels');
      const counts = { candidates: 0, masked: 0, replaced: 0, random: 0 };
      for (const [i, id] of original.entries()) {
        const candidate = id > 1;
        expect(masked[i]! + unmasked[i]!).toBe(candidate ? 1 : 0);
        expect(labels[i]).toBe(candidate ? id - 2 : 0);
        if (masked[i] === 0) expect(ids[i]).toBe(id);
        counts.candidates += Number(candidate);
        counts.masked += masked[i]!;
        counts.replaced += Number(candidate && ids[i] === 0);
        counts.random += Number(candidate && ids[i] !== 0 && ids[i] !== id);
      }
      // Five standard deviations of a binomial.
      const margin = (p: number, n: number): number => 5 * Math.sqrt((p * (1 - p)) / n) + 1e-12;
      expect(counts.candidates).toBeGreaterThan(5000);
      expect(Math.abs(counts.masked / counts.candidates - ratio)).toBeLessThan(margin(ratio, counts.candidates));
      expect(Math.abs(counts.replaced / counts.masked - mask)).toBeLessThan(margin(mask, counts.masked));
      expect(Math.abs(counts.random / counts.masked - random)).toBeLessThan(margin(random, counts.masked));
    },
  );

  function plain(): Tensors {
    return collate({ ...maskedObjectives.barcodebert, maskRatio: 0 });
  }

  it('is a function of the stream, and pads a short batch with rows that count for nothing', () => {
    const three = barcodes.slice(0, 3);
    expect(collate(maskedObjectives.bert, 7)).toEqual(collate(maskedObjectives.bert, 7));
    expect(collate(maskedObjectives.bert, 7)).not.toEqual(collate(maskedObjectives.bert, 8));
    const short = collate(maskedObjectives.barcodebert, 1, three, 5);
    const tokens = bert.tokenizer.tokens;
    expect(short['masked']!.shape).toEqual([5, tokens]);
    for (const name of ['masked', 'unmasked', 'attention_mask']) {
      expect(
        numbers(short, name)
          .slice(3 * tokens)
          .every((value) => value === 0),
      ).toBe(true);
    }
    expect(numbers(short, 'masked').slice(0, 3 * tokens)).toEqual(
      numbers(collate(maskedObjectives.barcodebert, 1, three), 'masked'),
    );
  });

  it('leaves the last pure k-mer of the ACGTN layout alone, as upstream does', () => {
    const acgtn = barcodeBert({ k: 4, layers: 0, heads: 1, width: 4, vocabulary: kmerVocabulary('acgtn', 4) });
    const feeds = pretrainingTask(acgtn, maskedObjectives.barcodebert).collate(
      ['TTTTAAAAANNA'],
      1,
      noAugmentation,
      rng(0),
    );
    const scored = numbers(feeds, 'masked').map((value, i) => value + numbers(feeds, 'unmasked')[i]!);
    expect(scored.slice(0, 4)).toEqual([0, 1, 0, 0]);
  });

  it('draws offsets below k and the other strand with the probability asked for', () => {
    const task = pretrainingTask(bert, { ...maskedObjectives.barcodebert, maskRatio: 0 });
    const one = barcodes[0]!;
    const variants = new Set(
      [one, reverseComplement(one)].flatMap((strand) =>
        [0, 1, 2, 3].map((offset) => bert.tokenizer.encode(strand, { offset }).ids.join()),
      ),
    );
    const seen = new Set<string>();
    for (let seed = 0; seed < 60; seed++) {
      const feeds = task.collate([one], 1, { offset: true, reverseComplement: 0.5 }, rng(seed));
      seen.add(numbers(feeds, 'input_ids').join());
    }
    expect(seen).toEqual(variants);
  });
});

describe('contrastive objective', () => {
  it('pairs two fragments of each barcode, marks equal barcodes as positives and padding as absent', () => {
    const task = pretrainingTask(bert, contrastiveObjective({ shortest: 100, longest: 200 }));
    const [a, b] = barcodes as [string, string];
    const feeds = task.collate([a, b, a], 4, noAugmentation, rng(2));
    expect(numbers(feeds, 'targets')).toEqual([0.5, 0, 0.5, 0, 0, 1, 0, 0, 0.5, 0, 0.5, 0, 0, 0, 0, 0]);
    expect(numbers(feeds, 'absent')).toEqual([0, 0, 0, -1e9]);
    const tokens = bert.tokenizer.tokens;
    const attended = Array.from({ length: 8 }, (_, row) =>
      numbers(feeds, 'attention_mask')
        .slice(row * tokens, (row + 1) * tokens)
        .reduce((sum, value) => sum + value, 0),
    );
    expect([attended[3], attended[7]]).toEqual([0, 0]);
    for (const row of [0, 1, 2, 4, 5, 6]) {
      expect(attended[row]).toBeGreaterThanOrEqual(25);
      expect(attended[row]).toBeLessThanOrEqual(50);
    }
  });
});

describe('positionalMajority', () => {
  it('is what counting by hand gives', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: fc.constantFrom('A', 'C', 'N'), minLength: 4, maxLength: 24 }), {
          minLength: 1,
          maxLength: 8,
        }),
        (sample) => {
          const { tokenizer } = bert;
          const majority = positionalMajority(tokenizer, sample);
          for (let position = 0; position < 6; position++) {
            const counts = new Map<number, number>();
            for (const barcode of sample) {
              const id = tokenizer.encode(barcode).ids[position]!;
              if (id > 1) counts.set(id, (counts.get(id) ?? 0) + 1);
            }
            const [best] = [...counts].sort(([x, n], [y, m]) => m - n || x - y)[0] ?? [1];
            expect(majority.ids[position]).toBe(best);
          }
        },
      ),
    );
    const fitted = positionalMajority(bert.tokenizer, ['AAAACCCC', 'AAAAGGGG', 'TTTTCCCC']);
    expect(fitted.accuracy(['AAAATTTT', 'AAAACCCC'])).toBe(0.75);
  });
});

describe('fragments', () => {
  it('are stretches of the lengths asked for, by the stream, and whole barcodes at inference', () => {
    const seen: string[] = [];
    const listening = { ...bert, collate: (batch: readonly string[]) => (seen.push(...batch), bert.collate(batch)) };
    const cut = fragments(listening, { shortest: 30, longest: 60 });
    const batch = [...barcodes, 'ACGTACGT'];
    cut.collate(batch, rng(3));
    const first = seen.splice(0);
    expect(first).toHaveLength(batch.length);
    for (const [i, part] of first.entries()) {
      expect(batch[i]).toContain(part);
      expect(part.length).toBeGreaterThanOrEqual(Math.min(30, batch[i]!.length));
      expect(part.length).toBeLessThanOrEqual(60);
    }
    expect(new Set(first.map((part) => part.length)).size).toBeGreaterThan(10);
    cut.collate(batch, rng(3));
    expect(seen.splice(0)).toEqual(first);
    cut.collate(batch, rng(4));
    expect(seen.splice(0)).not.toEqual(first);
    cut.collate(batch);
    expect(seen).toEqual(batch);
    expect(() => fragments(bert, { shortest: 60, longest: 30 })).toThrow(RangeError);
  });
});
