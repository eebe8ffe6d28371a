import { readFileSync } from 'node:fs';
import { isBioscanError, type Lineage } from '@bioscan/core';
import { decodeWeights, exportEncoder, importTextBert, textBert } from '@bioscan/graph';
import { openRuntime } from '@bioscan/runtime/node';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  alignment,
  contrast,
  decodeVocabulary,
  embedModality,
  importTaxonomyBert,
  inMemory,
  taxonomyBert,
  taxonomyText,
  taxonomyTower,
  taxonomyVocabulary,
  vectors,
  wordPiece,
  type LineageTokenOptions,
} from '../src/index.js';

const golden = JSON.parse(readFileSync('fixtures/align/word-piece.json', 'utf8')) as {
  readonly vocabulary: readonly string[];
  readonly cases: readonly {
    readonly text: string;
    readonly ids: number[];
    readonly padded: number[];
    readonly mask: number[];
  }[];
};
const small = { layers: 1, heads: 2, width: 8, feedForward: 16 };

describe('WordPiece', () => {
  const tokenizer = wordPiece(golden.vocabulary);

  it('gives the ids of BertTokenizer', () => {
    for (const { text, ids } of golden.cases) expect([text, tokenizer.encode(text)]).toEqual([text, ids]);
    expect(golden.cases.length).toBeGreaterThan(20);
  });

  it('cuts and pads to 20 tokens with the mask of BertTokenizer', () => {
    const bert = textBert({ ...small, dropout: 0, maxPositions: 20, vocabularySize: tokenizer.size });
    const made = bert.collate(golden.cases.map(({ text }) => tokenizer.encode(text, 20)));
    expect(Array.from(made['input_ids']?.data as BigInt64Array, Number)).toEqual(
      golden.cases.flatMap(({ padded }) => padded),
    );
    expect(Array.from(made['attention_mask']?.data as BigInt64Array, Number)).toEqual(
      golden.cases.flatMap(({ mask }) => mask),
    );
  });

  it('takes any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        const ids = tokenizer.encode(text, 20);
        expect(ids.length).toBeLessThanOrEqual(20);
        expect(ids.every((id) => Number.isInteger(id) && id >= 1 && id < tokenizer.size)).toBe(true);
        expect([ids[0], ids.at(-1)]).toEqual([2, 3]);
      }),
    );
  });

  it.each([
    [['[UNK]', '[CLS]', '[SEP]'], /'\[UNK\]' as the first token.*\[PAD\]/],
    [['[PAD]', '[UNK]', '[CLS]'], /no \[SEP\]/],
    [['[PAD]', '[UNK]', '[CLS]', '[SEP]', 'apis', 'apis'], /'apis' twice, at 4 and 5/],
  ])('refuses the vocabulary %j', (vocabulary, message) => {
    expect(() => wordPiece(vocabulary)).toThrow(message);
  });
});

describe('vocab.txt', () => {
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

  it('is one token a line, with or without carriage returns and a last line feed', () => {
    expect(decodeVocabulary(bytes(`${golden.vocabulary.join('\n')}\n`))).toEqual(golden.vocabulary);
    expect(decodeVocabulary(bytes('[PAD]\r\na\r\n##a'))).toEqual(['[PAD]', 'a', '##a']);
  });

  it.each([
    [bytes('[PAD]\n\na'), /line 2, got an empty line/],
    [bytes('[PAD]\na b'), /line 2, got 'a b' with blanks/],
    [bytes('[PAD]\na\nb\na'), /line 4, got 'a' again, as in line 2/],
    [Uint8Array.of(0x61, 0xff, 0xfe), /not UTF-8/],
    [new Uint8Array(33 * 1024 * 1024), /33\d+ bytes|34603008 bytes/],
  ])('names what is wrong (%#)', (file, message) => {
    expect(() => decodeVocabulary(file)).toThrow(message);
  });

  it('never fails with anything but a BioscanError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (file) => {
        try {
          expect(decodeVocabulary(file).every((token) => token !== '')).toBe(true);
        } catch (error) {
          expect(isBioscanError(error)).toBe(true);
        }
      }),
    );
  });
});

describe('taxonomy as text', () => {
  const lineage = {
    class: 'Insecta',
    order: 'Diptera',
    family: 'Muscidae',
    genus: 'Musca',
    species: 'Musca domestica',
  };

  it('names order, family, genus and species', () => {
    expect(taxonomyText(lineage)).toBe('Diptera Muscidae Musca Musca domestica');
    expect(taxonomyText({ order: 'Diptera', family: 'Muscidae' })).toBe(
      'Diptera Muscidae not_classified not_classified',
    );
    expect(taxonomyText({ order: 'Diptera', genus: 'Musca' }, { missing: 'omit' })).toBe('Diptera Musca');
    expect(taxonomyText(lineage, { ranks: ['class', 'order', 'subfamily'] })).toBe('Insecta Diptera not_classified');
  });

  it('is what the tower reads', () => {
    const vocabulary = taxonomyVocabulary([taxonomyText(lineage)]);
    const tower = taxonomyBert({ vocabulary, shape: small, missing: 'omit' });
    const tokenizer = wordPiece(vocabulary);
    const { input_ids: ids } = tower.collate([{ order: 'Diptera', species: 'Apis' }]);
    expect(Array.from(ids?.data as BigInt64Array, Number).slice(0, 8)).toEqual([
      ...tokenizer.encode('Diptera Apis'),
      0,
    ]);
    expect(tower.dimension).toBe(8);
    expect(tower.notes).toMatchObject({ vocabulary: tokenizer.hash, pooling: 'mean-all', missing: 'omit', tokens: 20 });
    expect(tower.parameters.map(({ name }) => name)).toContain('bert.encoder.layer.0.attention.self.query.weight');
  });

  it('keeps the deepest ranks of a text that is too long, or loses its end as CLIBD', () => {
    const tokenizer = wordPiece(taxonomyVocabulary(['Musca domestica']));
    // Letters that the vocabulary must spell one by one.
    const long = { order: 'Xzqwvbnmjk', family: 'Yxzqwvb', genus: 'Musca', species: 'Musca domestica' };
    const whole = tokenizer.encode(taxonomyText(long));
    expect(whole.length).toBe(22);
    const bert = textBert({ ...small, dropout: 0, maxPositions: 32, vocabularySize: tokenizer.size }, { tokens: 20 });
    const idsOf = (options: LineageTokenOptions, lineage: Lineage = long): number[] => {
      const { input_ids: ids } = taxonomyTower(bert, tokenizer, options).collate([lineage]);
      return Array.from(ids?.data as BigInt64Array, Number).filter((id) => id !== 0);
    };
    expect(idsOf({})).toEqual(tokenizer.encode('Yxzqwvb Musca Musca domestica'));
    expect(idsOf({ cut: 'end' })).toEqual(tokenizer.encode(taxonomyText(long), 20));
    const [species] = tokenizer.encode('domestica').slice(1);
    expect([idsOf({}).includes(species ?? 0), idsOf({ cut: 'end' }).includes(species ?? 0)]).toEqual([true, false]);
    const { order: _, ...short } = long;
    expect(idsOf({ missing: 'omit' }, short)).toEqual(idsOf({ cut: 'end', missing: 'omit' }, short));
    // A name that fits nowhere loses its end.
    const endless = { species: 'zqwvbnmjkxzqwvbnmjkxzqwvbnmjk' };
    expect(idsOf({ missing: 'omit' }, endless)).toEqual(tokenizer.encode(endless.species, 20));
    expect(taxonomyTower(bert, tokenizer).notes).toMatchObject({ cut: 'shallow' });
  });

  it('takes published weights, pooled as CLIBD or over what is attended to', async () => {
    const { state } = decodeWeights(new Uint8Array(readFileSync('fixtures/checkpoints/bert-small.bin')));
    const letters = taxonomyVocabulary([]).filter((token) => !/^(##)?[0-9w-z]$/.test(token));
    const vocabulary = [...letters, 'cab'];
    const tokenizer = wordPiece(vocabulary);
    const lineages = [
      { order: 'abc', family: 'b' },
      { order: 'fade', family: 'deaf', genus: 'cab', species: 'cab fee' },
    ];
    const runtime = openRuntime({ threads: 1 });
    for (const pooling of ['mean-all', 'masked-mean'] as const) {
      const text = importTaxonomyBert(state, { vocabulary, pooling, cut: 'end' });
      const model = alignment({
        modalities: {
          text: { ...text, training: { kind: 'frozen' }, projection: { kind: 'none' } },
          other: { tower: vectors(16) },
        },
        objective: [contrast()],
        width: 16,
      });
      const data = { ids: ['a', 'b'], modalities: { text: inMemory(lineages) }, labels: {}, hash: '' };
      const { initial } = model.step({ batchSize: 2, seed: 1 });
      const { vectors: found } = await embedModality(model, initial, 'text', data, runtime);
      const plain = importTextBert(state, { heads: 8, pooling });
      if (plain === undefined) throw new Error('no BERT found');
      const session = await runtime.open(exportEncoder(plain.tower, plain.state));
      const ids = lineages.map((lineage) => tokenizer.encode(taxonomyText(lineage), 20));
      const { embedding } = await session.run(plain.tower.collate(ids));
      const raw = embedding?.data as Float32Array;
      for (const row of [0, 1]) {
        const vector = raw.subarray(row * 16, (row + 1) * 16);
        const norm = Math.hypot(...vector);
        vector.forEach((value, i) => {
          expect(found.data[row * 16 + i]).toBeCloseTo(value / norm, 5);
        });
      }
      await session.close();
    }
    await runtime.close();
    expect(() => importTaxonomyBert(new Map(), { vocabulary })).toThrow(/without its word embeddings/);
  });

  it('needs the vocabulary of its weights', () => {
    const bert = textBert({ ...small, dropout: 0, maxPositions: 20, vocabularySize: 30 });
    expect(() => taxonomyTower(bert, wordPiece(golden.vocabulary))).toThrow(/30 tokens, got a vocabulary of 102/);
  });

  it('makes a vocabulary that spells every name', () => {
    const names = ['Diptera Muscidae', 'Diptera Apis', 'Ätzung 7-b'];
    const vocabulary = taxonomyVocabulary(names);
    const tokenizer = wordPiece(vocabulary);
    expect(vocabulary.filter((token) => token.length > 5 && !token.startsWith('['))).toEqual([
      'diptera',
      'atzung',
      'muscidae',
    ]);
    for (const text of [...names, 'dipterapis 77']) expect(tokenizer.encode(text)).not.toContain(1);
    expect(taxonomyVocabulary(names, { size: 80 })).toHaveLength(80);
    expect(() => taxonomyVocabulary(names, { size: 20 })).toThrow(RangeError);
  });
});
