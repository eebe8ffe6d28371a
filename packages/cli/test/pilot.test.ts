import { describe, expect, it } from 'vitest';
import { pilot, type Pilot, type PilotPhoto } from '@bioscan/cli';
import { rng, tensor, type EmbeddingBlock } from '@bioscan/core';
import type { CardFigure, IdentifierContents, PhotoLikeness } from '@bioscan/identify';
import { validationParts } from '../src/identifier/validation-parts.js';

const random = rng(4);
const likeness = (centre: number): PhotoLikeness => ({
  similarities: Array.from({ length: 200 }, () => centre + 0.02 * random.normal()),
  pValues: Array.from({ length: 200 }, () => random.uniform()),
});
const [whole, light] = [likeness(0.9), likeness(0.8)];

/** Photos of one species each, so near to the references, so often right. */
function photos(count: number, centre: number, right: number): PilotPhoto[] {
  return Array.from({ length: count }, (_, i) => {
    const species = `Aedes ${'abcdefgh'[i % 8] ?? ''}`;
    const name = i < right ? species : 'Aedes other';
    return {
      truth: { processId: `P${i}`, lineage: { species } },
      identification: {
        ranks: [{ rank: 'species', taxa: [{ name, confidence: 0.8 }], another: 0.2 }],
        nearest: [{ processId: 'R', lineage: {}, similarity: centre + 0.02 * random.normal(), modality: 'image' }],
        unlike: { verdict: i === 0, pValue: random.uniform() },
      },
    };
  });
}

/** The card's accuracy at species. */
function card(value: number, low: number, high: number, unit = 'species'): CardFigure[] {
  return [
    {
      ...{ name: 'accuracy', measure: 'micro top-1', rank: 'species', set: 'seen', value, count: 300 },
      interval: { low, high, level: 0.95, unit },
    },
  ];
}

function tried(
  given: readonly PilotPhoto[],
  precision: 'float32' | 'int8',
  validation: PhotoLikeness & { readonly int8?: PhotoLikeness } = { ...whole, int8: light },
  figures: readonly CardFigure[] = [],
): Pilot {
  const contents = {
    manifest: { name: 'x', ranks: ['genus', 'species'], keys: [], facts: { dataHash: 'x', figures } },
    references: Array.from('abcdefgh', (letter) => ({
      processId: `R${letter}`,
      lineage: { genus: 'Aedes', species: `Aedes ${letter}` },
    })),
    calibration: { validation },
    precision,
  };
  return pilot(given, contents as unknown as IdentifierContents, {
    ...{ rng: rng(1), seed: 1, command: 'pilot', versions: {} },
  });
}

describe('pilot', () => {
  it('holds photos of the 8-bit encoder against what that encoder saw, and says so where nothing is known of it', () => {
    expect(tried(photos(40, 0.8, 30), 'int8').shift.verdict).toBe('no shift seen');
    expect(tried(photos(40, 0.8, 30), 'float32').shift.verdict).toBe('shifted');
    expect(tried(photos(40, 0.9, 30), 'int8').shift.verdict).toBe('shifted');
    const { shift, report } = tried(photos(40, 0.8, 30), 'int8', whole);
    expect(shift.verdict).toBe('cannot be told');
    expect(report.summary[1]).toMatch(/^Shift cannot be told: .* its int8 encoder; run the pilot at float32/u);
  });

  it('says in one sentence how often it is right, with interval and number, and how that compares with the card', () => {
    const first = (figures: readonly CardFigure[]): string =>
      tried(photos(40, 0.9, 20), 'float32', whole, figures).report.summary[0] ?? '';
    expect(first(card(0.9, 0.86, 0.93))).toBe(
      "Accuracy: 20 of 40 photos right at species, 50 % [43, 57] (95 % interval over 8 species, n = 40). That is below the card's 90 % [86, 93] (n = 300, seen species).",
    );
    expect(first(card(0.55, 0.5, 0.6))).toMatch(/the intervals overlap, and no difference is shown\.$/u);
    expect(first(card(0.2, 0.15, 0.25))).toContain('above the card');
    const empty = { name: '', measure: 'micro top-1', rank: 'species', set: 'seen', count: 0 } as const;
    expect(first([empty])).toContain('knows no accuracy');
    expect(tried(photos(40, 0.9, 20), 'float32').report.summary[1]).toMatch(
      /^No shift seen: .*; the gate calls 3 % \[0, 13\] of them unlike/u,
    );
  });

  it('judges photos of names among the references, over species, at the finest rank that has enough of them', () => {
    const first = (given: readonly PilotPhoto[], figures = card(0.9, 0.86, 0.93)): string =>
      tried(given, 'float32', whole, figures).report.summary[0] ?? '';
    const named = (lineage: PilotPhoto['truth']['lineage'], from = 100): PilotPhoto[] =>
      photos(20, 0.9, 20).map(({ identification }, i) => ({
        truth: { processId: `P${from + i}`, lineage },
        identification: {
          ...identification,
          ranks: [{ rank: 'genus', taxa: [{ name: 'Aedes', confidence: 0.9 }], another: 0.1 }, ...identification.ranks],
        },
      }));
    // Species without a reference cannot be right: 37 of 40 is not 37 of 60.
    expect(first([...photos(40, 0.9, 37), ...named({ genus: 'Aedes', species: 'Aedes nova' })])).toMatch(
      /^Accuracy: 37 of 40 photos right at species, .* over 8 species, n = 40\)\. 20 more, with names that are not among the references, are not counted here\. The card says .*: the intervals overlap/u,
    );
    expect(first(named({ genus: 'Aedes', species: 'Aedes nova' }))).toBe(
      'Accuracy cannot be told: the names of all 20 photos are not among the references.',
    );
    // Three photos with a species name do not hide twenty with a genus; one species alone, or photos as units, tell no difference.
    const genus = card(0.2, 0.15, 0.25).map((one) => ({ ...one, rank: 'genus' as const }));
    expect(first([...photos(3, 0.9, 3), ...named({ genus: 'Aedes' })], genus)).toMatch(
      /^Accuracy: 20 of 20 photos right at genus, 100 % \(n = 20\)\. The card says 20 % \[15, 25\] \(n = 300, seen species\)\.$/u,
    );
    const few = photos(40, 0.9, 40).filter((_, i) => i % 8 < 3);
    expect(few).toHaveLength(15);
    const three = [
      ...few,
      ...few.map((one) => ({ ...one, truth: { ...one.truth, processId: `${one.truth.processId}b` } })),
    ];
    expect(first(three, card(0.2, 0.15, 0.25))).toMatch(/at least 5 species are needed to tell a difference\.$/u);
    const byPhotos = card(0.2, 0.15, 0.25, 'photos');
    expect(first(photos(40, 0.9, 36), byPhotos)).toMatch(
      / The card says 20 % \[15, 25\] \(n = 300, seen species\)\.$/u,
    );
  });

  it('says that a handful is too few to tell, of accuracy and of shift', () => {
    const { shift, report } = tried(photos(6, 0.2, 5), 'float32');
    expect(shift.verdict).toBe('too few photos to tell');
    expect(report.summary).toEqual([
      'Too few photos to tell accuracy: 5 of 6 photos right at species, 83 % [50, 100] (95 % interval over 6 species, n = 6); at least 20 are needed.',
      'Too few photos to tell a shift: 6 against 200 validation photos, at least 8 each are needed.',
    ]);
  });
});

describe('validationParts', () => {
  const block = (ids: readonly string[]): EmbeddingBlock => ({
    ids,
    vectors: tensor('float32', [ids.length, 1], Float32Array.from(ids.keys())),
  });
  const unitOf = (id: string): string => id.split('-')[0] ?? '';
  const stratumOf = (id: string): string => (id.startsWith('n') ? 'novel' : 'seen');

  it('shares no species, keeps every photo once, holds some of each stratum back, and the same ones for a seed', () => {
    const ids = Array.from({ length: 400 }, (_, i) => `${i % 5 === 0 ? 'n' : 's'}${i % 40}-${i}`);
    const options = { unitOf, stratumOf, rng: rng(3) };
    const { fitted, checked } = validationParts(block(ids), options);
    const species = (of: EmbeddingBlock): Set<string> => new Set(of.ids.map(unitOf));
    expect([...species(fitted)].filter((one) => species(checked).has(one))).toEqual([]);
    expect([...fitted.ids, ...checked.ids].sort()).toEqual([...ids].sort());
    expect(checked.ids.length / 400).toBeGreaterThan(0.25);
    expect(checked.ids.length / 400).toBeLessThan(0.5);
    for (const part of [fitted, checked]) expect(new Set(part.ids.map(stratumOf)).size).toBe(2);
    checked.ids.forEach((id, row) => {
      expect(checked.vectors.data[row]).toBe(ids.indexOf(id));
    });
    expect(validationParts(block(ids), { ...options, rng: rng(3) })).toEqual({ fitted, checked });
  });

  it('holds nothing back of few species or few photos', () => {
    const few = Array.from({ length: 200 }, (_, i) => `s${i % 4}-${i}`);
    const small = Array.from({ length: 29 }, (_, i) => `s${i % 20}-${i}`);
    for (const ids of [few, small])
      expect(validationParts(block(ids), { unitOf, stratumOf, rng: rng(3) }).checked.ids).toEqual([]);
  });
});
