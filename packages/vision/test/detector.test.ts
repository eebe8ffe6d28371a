import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { rng, type Picture } from '@bioscan/core';
import { classicalDetector, type Detector } from '@bioscan/vision';
import { boxOfDrawn, drawDish, overlap, type DrawnSpecimen } from './dish-photo.js';

const detector = classicalDetector();
const beetle: DrawnSpecimen = { x: 230, y: 180, length: 60, width: 25 };
const place = fc.record({ x: fc.integer({ min: 150, max: 360 }), y: fc.integer({ min: 110, max: 270 }) });

describe('classical detector on drawn dishes', () => {
  it('finds body and legs, with a mask of their pixels', () => {
    const { box, confidence, flags, mask, others } = detector.detect(drawDish({ specimens: [beetle] }));
    expect(overlap(box, boxOfDrawn(beetle))).toBeGreaterThan(0.9);
    expect(confidence).toBeGreaterThan(0.5);
    expect(flags).toEqual([]);
    expect(others).toEqual([]);
    const area = mask?.data.reduce((sum, value) => sum + value, 0) ?? 0;
    const drawn = Math.PI * 60 * 25 + 3 * 3 * 40;
    expect(area / drawn).toBeGreaterThan(0.9);
    expect(area / drawn).toBeLessThan(1.35);
  });

  it('is the same twice, and at three times the pixels', () => {
    const picture = drawDish({ specimens: [beetle] });
    expect(detector.detect(picture)).toEqual(classicalDetector().detect(picture));
    const large = drawDish({ width: 1536, height: 1152, specimens: [{ x: 690, y: 540, length: 180, width: 75 }] });
    const { box, mask } = detector.detect(large);
    const truth = boxOfDrawn({ x: 690, y: 540, length: 180, width: 75 }, 1536, 1152);
    expect(overlap(box, truth)).toBeGreaterThan(0.85);
    expect([mask?.width, mask?.height]).toEqual([1536, 1152]);
  });

  it('follows the specimen wherever it lies', () => {
    fc.assert(
      fc.property(place, fc.integer({ min: 1, max: 99 }), ({ x, y }, seed) => {
        const moved = { ...beetle, x, y };
        const { box } = detector.detect(drawDish({ specimens: [moved], seed }));
        expect(overlap(box, boxOfDrawn(moved))).toBeGreaterThan(0.85);
      }),
      { numRuns: 8 },
    );
  });

  it('does not mind size or light', () => {
    const scale = fc.double({ min: 0.35, max: 1.6, noNaN: true });
    const light = fc.double({ min: 0.7, max: 1.15, noNaN: true });
    fc.assert(
      fc.property(scale, light, (k, brightness) => {
        const scaled = { ...beetle, length: 60 * k, width: 25 * k };
        const { box } = detector.detect(drawDish({ specimens: [scaled], light: brightness }));
        expect(overlap(box, boxOfDrawn(scaled))).toBeGreaterThan(0.8);
      }),
      { numRuns: 8 },
    );
  });

  it('finds what is pale but coloured, and what is cut off by the edge', () => {
    const pale = { ...beetle, colour: [225, 195, 120] as const };
    expect(overlap(detector.detect(drawDish({ specimens: [pale] })).box, boxOfDrawn(pale))).toBeGreaterThan(0.8);
    const cut = { ...beetle, y: 10 };
    const { box, flags } = detector.detect(drawDish({ specimens: [cut] }));
    expect(overlap(box, boxOfDrawn(cut))).toBeGreaterThan(0.8);
    expect(flags).toContain('border-contact');
  });

  it('prefers the body to a longer hair, and cuts a hair off that lies over it', () => {
    const small = { x: 330, y: 230, length: 22, width: 9 };
    const aside = detector.detect(drawDish({ specimens: [small], hairs: [[150, 90, 260, 140]] }));
    expect(overlap(aside.box, boxOfDrawn(small))).toBeGreaterThan(0.7);
    const over = detector.detect(drawDish({ specimens: [small], hairs: [[330, 230, 200, 120]] }));
    expect(overlap(over.box, boxOfDrawn(small))).toBeGreaterThan(0.8);
    const tied = detector.detect(drawDish({ specimens: [beetle], hairs: [[230, 180, 420, 20]] }));
    const { x0, y0, x1, y1 } = boxOfDrawn(beetle);
    expect(tied.flags).not.toContain('empty');
    expect(tied.box.x0 <= x0 + 2 && tied.box.y0 <= y0 + 2 && tied.box.x1 >= x1 - 2 && tied.box.y1 >= y1 - 2).toBe(true);
  });

  it('names a second specimen', () => {
    const second = { x: 360, y: 270, length: 45, width: 20 };
    const { box, flags, others } = detector.detect(drawDish({ specimens: [beetle, second] }));
    expect(overlap(box, boxOfDrawn(beetle))).toBeGreaterThan(0.85);
    expect(flags).toContain('several-specimens');
    expect(Math.max(...others.map((other) => overlap(other, boxOfDrawn(second))))).toBeGreaterThan(0.85);
  });

  it('flags debris', () => {
    const crumbs = Array.from({ length: 18 }, (_, i) => ({
      x: 130 + 15 * i,
      y: 60 + 7 * (i % 4),
      length: 4,
      width: 2,
    }));
    expect(detector.detect(drawDish({ specimens: [beetle, ...crumbs] })).flags).toContain('debris');
  });
});

describe('what is no specimen', () => {
  it('an empty dish is empty or doubtful, whatever the noise', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), (seed) => {
        const { flags } = detector.detect(drawDish({ seed }));
        expect(flags.includes('empty') || flags.includes('low-confidence')).toBe(true);
      }),
      { numRuns: 6 },
    );
  });

  it('a photo of something else has low confidence', () => {
    const random = rng(5).split('scene');
    const blocks = Array.from({ length: 12 * 16 }, () => [
      random.integer(256),
      random.integer(256),
      random.integer(256),
    ]);
    const data = new Uint8Array(3 * 512 * 384);
    for (let i = 0; i < 512 * 384; i++) {
      const block = Math.floor(i / 512 / 32) * 16 + Math.floor((i % 512) / 32);
      data.set(blocks[block] ?? [], 3 * i);
    }
    expect(detector.detect({ width: 512, height: 384, data }).flags).toContain('low-confidence');
  });

  it('flat and tiny pictures are empty', () => {
    const flat: Picture = { width: 400, height: 300, data: new Uint8Array(3 * 400 * 300).fill(200) };
    const nothing = { confidence: 0, flags: ['empty'], others: [] };
    expect(detector.detect(flat)).toEqual({ box: { x0: 0, y0: 0, x1: 400, y1: 300 }, ...nothing });
    const tiny: Picture = { width: 3, height: 2, data: new Uint8Array(18) };
    expect(detector.detect(tiny)).toMatchObject(nothing);
  });

  it('boxes stay inside any picture and confidence in [0, 1]', () => {
    const side = fc.integer({ min: 1, max: 90 });
    fc.assert(
      fc.property(side, side, fc.integer({ min: 0, max: 9 }), (width, height, seed) => {
        const random = rng(seed);
        const data = Uint8Array.from({ length: 3 * width * height }, () => random.integer(256));
        const { box, confidence } = detector.detect({ width, height, data });
        expect(box.x0 >= 0 && box.y0 >= 0 && box.x1 <= width && box.y1 <= height).toBe(true);
        expect(box.x1 > box.x0 && box.y1 > box.y0).toBe(true);
        expect(confidence >= 0 && confidence <= 1).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  it('refuses a picture whose data do not fit and a work width that is none', () => {
    expect(() => detector.detect({ width: 10, height: 10, data: new Uint8Array(10) })).toThrow(RangeError);
    expect(() => classicalDetector({ workWidth: 10 })).toThrow(RangeError);
  });
});

describe('the seam', () => {
  it('takes a detector that answers later', async () => {
    const learned: Detector = {
      id: 'learned',
      detect: ({ width, height }) =>
        Promise.resolve({ box: { x0: 0, y0: 0, x1: width, y1: height }, confidence: 0.9, flags: [], others: [] }),
    };
    const { mask, confidence } = await learned.detect(drawDish());
    expect(mask).toBeUndefined();
    expect(confidence).toBe(0.9);
  });
});
