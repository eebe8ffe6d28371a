import { describe, expect, it } from 'vitest';
import {
  alignment,
  alignmentRecord,
  classify,
  contrast,
  decodeAlignment,
  encodeAlignment,
  inMemory,
  sameLabel,
  siglip,
  withModality,
  withoutModality,
  type AlignmentOptions,
} from '../src/index.js';
import { dna, image, points, views, type Point } from './points.js';

describe('checkpoints', () => {
  const options = { modalities: { image, dna }, objective: [contrast()], width: 8 };
  const model = alignment(options);
  const { initial } = model.step({ batchSize: 4, seed: 1 });
  const bytes = encodeAlignment(model, initial, { step: 3 });

  it('come back as they were', () => {
    expect(decodeAlignment(model, bytes)).toEqual({ state: initial, notes: { step: 3 } });
    expect(encodeAlignment(model, initial, { step: 3 })).toEqual(bytes);
    expect(alignmentRecord(bytes)).toEqual(model.describe());
  });

  it.each<[string, AlignmentOptions, RegExp]>([
    ['width', { ...options, width: 9 }, /got width 8, expected 9/],
    [
      'tower',
      { ...options, modalities: { image, dna: { tower: points(4) } } },
      /got modalities.dna.inputs.0 "x float32 \(batch, 5\)", expected "x float32 \(batch, 4\)"/,
    ],
    [
      'vocabulary',
      { ...options, modalities: { image, dna: { tower: points(5, { notes: { vocabulary: 'k-mers' } }) } } },
      /modalities.dna.notes nothing, expected \{"vocabulary":"k-mers"\}/,
    ],
    [
      'modalities',
      { ...options, modalities: { image, dna, sound: { tower: points(3) } } },
      /got modalities.sound nothing/,
    ],
    [
      'objective',
      { ...options, objective: [contrast({ loss: siglip() })] },
      /got objective.0.loss.kind "info-nce", expected "sigmoid"/,
    ],
    ['classes', { ...options, classes: { bin: ['a', 'b'] } }, /got classes.bin nothing/],
  ])('of another %s are refused, naming the difference', (_, other, message) => {
    expect(() => decodeAlignment(alignment(other), bytes)).toThrow(message);
  });

  it('that are none are refused', () => {
    expect(() => decodeAlignment(model, bytes.subarray(0, 100))).toThrow(/graph: safetensors|truncated|ends/i);
    expect(() => decodeAlignment(model, new Uint8Array(50))).toThrow();
  });
});

describe('bad input', () => {
  const data = views(6);
  it.each<[string, AlignmentOptions, RegExp]>([
    ['no modality', { modalities: {}, objective: [contrast()] }, /got no modality/],
    ['no term', { modalities: { image }, objective: [] }, /got no term/],
    [
      'one modality with one view',
      { modalities: { image }, objective: [contrast()] },
      /no pair of modalities.*2 views/,
    ],
    [
      'an unknown modality',
      { modalities: { image, dna }, objective: [contrast({ pairs: { star: 'text' } })] },
      /'text', expected one of image, dna/,
    ],
    [
      'an idle modality',
      { modalities: { image, dna }, objective: [classify('image', 'bin')], classes: { bin: ['a', 'b'] } },
      /modality 'dna', got no term/,
    ],
    [
      'a pair twice',
      {
        modalities: { image, dna },
        objective: [contrast({ pairs: [{ between: ['image', 'dna'] }, { between: ['dna', 'image'] }] })],
      },
      /a pair twice/,
    ],
    ['a classifier without classes', { modalities: { image }, objective: [classify('image', 'bin')] }, /no vocabulary/],
    [
      'a classifier of one class',
      { modalities: { image }, objective: [classify('image', 'bin')], classes: { bin: ['a'] } },
      /1 classes/,
    ],
    ['a name that is none', { modalities: { 'a.b': image, dna }, objective: [contrast()] }, /'a.b'/],
    [
      'widths that differ',
      { modalities: { image: { ...image, projection: { kind: 'none' } }, dna }, objective: [contrast()] },
      /vectors of 16, expected the common width 256/,
    ],
  ])('%s', (_, options, message) => {
    expect(() => alignment(options)).toThrow(message);
  });

  it('data that cannot train the model', () => {
    const model = alignment({ modalities: { image, dna }, objective: [contrast({ targets: sameLabel('bin') })] });
    const labelled = { ...data, labels: { bin: ['a', 'b', 'a', 'b', 'a', 'b'] } };
    model.check(labelled);
    expect(() => {
      model.check(data);
    }).toThrow(/label 'bin', got species/);
    expect(() => {
      model.check({ ...labelled, labels: { bin: Array<string>(6).fill('a') } });
    }).toThrow(/label 'bin', got 1 classes among 6 rows/);
    expect(() => {
      model.check(withoutModality(labelled, 'dna'));
    }).toThrow(/without modality 'dna'/);
    const none = inMemory<Point>([]);
    expect(() => {
      model.check(withModality(labelled, 'dna', none, ''));
    }).toThrow(/modality 'dna', got none of 6 rows/);
    const apart = { ...labelled, modalities: { image: inMemory([[1], undefined]), dna: inMemory([undefined, [1]]) } };
    expect(() => {
      model.check(apart);
    }).toThrow(/pair image-dna, got no row that has both/);
    expect(() => {
      model.check({ ...labelled, ids: ['S0'] });
    }).toThrow(/data of 1 rows/);
    expect(() => model.step({ batchSize: 1, seed: 0 })).toThrow(RangeError);
    expect(() =>
      alignment({ modalities: { image, dna }, objective: [contrast()], logitScale: { initial: 5 } }),
    ).toThrow(/logit scale, got 5/);
  });
});
