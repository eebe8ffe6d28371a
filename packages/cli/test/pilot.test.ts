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

function tried(
  given: readonly PilotPhoto[],
  precision: 'float32' | 'int8',
  validation: PhotoLikeness & { readonly int8?: PhotoLikeness } = { ...whole, int8: light },
  figures: readonly CardFigure[] = [],
): Pilot {
  const contents = {
    manifest: { name: 'x', ranks: ['species'], keys: [], facts: { dataHash: 'x', figures } },
    references: [{ processId: 'R', lineage: { species: 'Aedes a' } }],
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
    const card = (value: number, low: number, high: number): CardFigure[] => [
      {
        ...{ name: 'micro top-1 species, seen species', value, count: 300 },
        interval: { low, high, level: 0.95, unit: 'photos' },
      },
    ];
    const first = (figures: readonly CardFigure[]): string =>
      tried(photos(40, 0.9, 20), 'float32', whole, figures).report.summary[0] ?? '';
    expect(first(card(0.9, 0.86, 0.93))).toBe(
      "Accuracy: 20 of 40 photos right at species, 50 % [35, 65] (95 % interval over photos, n = 40). That is below the card's 90 % [86, 93] (n = 300, seen species).",
    );
    expect(first(card(0.55, 0.5, 0.6))).toMatch(/the intervals overlap, and no difference is shown\.$/u);
    expect(first(card(0.2, 0.15, 0.25))).toContain('above the card');
    expect(first([{ name: 'micro top-1 species, seen species', count: 0 }])).toContain('knows no accuracy');
    expect(tried(photos(40, 0.9, 20), 'float32').report.summary[1]).toMatch(
      /^No shift seen: .*; the gate calls 3 % \[0, 13\] of them unlike/u,
    );
  });

  it('says that a handful is too few to tell, of accuracy and of shift', () => {
    const { shift, report } = tried(photos(6, 0.2, 5), 'float32');
    expect(shift.verdict).toBe('too few photos to tell');
    expect(report.summary).toEqual([
      'Too few photos to tell accuracy: 5 of 6 photos right at species, 83 % [44, 97] (95 % interval over photos, n = 6); at least 20 are needed.',
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
