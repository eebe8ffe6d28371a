import { rng, type Picture } from '@bioscan/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  adjustBrightness,
  adjustContrast,
  adjustHue,
  adjustSaturation,
  augment,
  augmentation,
  augmentations,
  augmentBatch,
  augmentPicture,
  blurPicture,
  flipPicture,
  greyPicture,
  resizePicture,
  rotatePicture,
  type AugmentationStep,
} from '../src/index.js';
import { randomCropBox } from '../src/augmentation/random-crop-box.js';
import { golden, type GeometryCase } from './golden.js';
import { compareLevels, hash, levels, scene } from './scene.js';

const colour = { brightness: adjustBrightness, contrast: adjustContrast, saturation: adjustSaturation, hue: adjustHue };

function apply(picture: Picture, one: GeometryCase): Picture {
  switch (one.op) {
    case 'flip':
      return flipPicture(picture, one.axis);
    case 'grey':
      return greyPicture(picture);
    case 'rotate':
      return rotatePicture(picture, one.degrees, { interpolation: one.interpolation, fill: [12, 200, 99] });
    case 'blur':
      return blurPicture(picture, one);
    case 'crop': {
      const [x0, y0, x1, y1] = one.box;
      const source = { x0, y0, x1, y1 };
      return resizePicture(picture, { width: 16, height: 16 }, { interpolation: one.interpolation, source });
    }
    default:
      return colour[one.op](picture, one.factor);
  }
}

describe('each change against torchvision', () => {
  const { from, cases } = golden.geometry;
  it.each(cases.map(({ levels: text, ...one }) => ({ name: JSON.stringify(one), one, text })))(
    '$name',
    ({ one, text }) => {
      const { equal, beyondOne } = compareLevels(apply(scene(...from), one as GeometryCase).data, levels(text));
      // Pillow turns in fixed point: a pixel on the edge between two may fall to either side.
      if (one.op === 'rotate') expect(beyondOne / levels(text).length).toBeLessThan(0.01);
      else expect(beyondOne).toBe(0);
      // torch rounds in float32 before it cuts to whole levels.
      expect(equal).toBeGreaterThan(0.75);
    },
  );

  it('covers all of them', () => {
    expect(cases.length).toBe(48);
  });
});

describe('augment', () => {
  const picture = scene(120, 90);

  it('gives the same bytes for the same stream, in whatever order pictures come', () => {
    const ids = ['A1-20', 'B2-20', 'C3-20', 'D4-20'];
    for (const recipe of Object.values(augmentations)) {
      const one = (id: string): string => hash(augment(picture, recipe, rng(5).split('epoch 1').split(id)).data);
      const forward = ids.map(one);
      const backward = ids.toReversed().map(one).reverse();
      expect(backward).toEqual(forward);
      expect(new Set(forward).size).toBe(4);
    }
  });

  it('stacks picture i from stream i', () => {
    const batch = augmentBatch([picture, picture], augmentations.clibd, rng(3));
    expect(batch.shape).toEqual([2, 3, 224, 224]);
    const second = augment(picture, augmentations.clibd, rng(3).split(1));
    expect(hash(batch.data.subarray(3 * 224 * 224))).toBe(hash(second.data));
  });

  it('leaves later steps as they were when an earlier one changes', () => {
    const turn: AugmentationStep = { kind: 'rotate', degrees: 45 };
    const never: AugmentationStep = { kind: 'flip', axis: 'vertical', probability: 0 };
    const nothing: AugmentationStep = { kind: 'grey', probability: 0 };
    const a = augmentPicture(picture, { steps: [never, turn] }, rng(1));
    const b = augmentPicture(picture, { steps: [nothing, turn] }, rng(1));
    expect(a.data).toEqual(b.data);
    expect(a.data).not.toEqual(picture.data);
  });

  it('flips as often as it says', () => {
    const steps: AugmentationStep[] = [{ kind: 'flip', axis: 'horizontal', probability: 0.3 }];
    const small = scene(3, 2);
    const flipped = Array.from({ length: 2000 }, (_, i) => augmentPicture(small, { steps }, rng(i))).filter(
      ({ data }) => data[0] !== small.data[0],
    ).length;
    // Binomial: 0.3 within four standard deviations of 0.0102.
    expect(flipped / 2000).toBeGreaterThan(0.259);
    expect(flipped / 2000).toBeLessThan(0.341);
  });

  it('crops boxes inside the picture, with area and aspect in their ranges and spread over them', () => {
    const size = { width: 400, height: 300 };
    const boxes = Array.from({ length: 4000 }, (_, i) => randomCropBox(size, {}, rng(i)));
    const areas = boxes.map(({ x0, y0, x1, y1 }) => ((x1 - x0) * (y1 - y0)) / 120_000);
    const aspects = boxes.map(({ x0, y0, x1, y1 }) => (x1 - x0) / (y1 - y0));
    for (const { x0, y0, x1, y1 } of boxes) expect(x0 >= 0 && y0 >= 0 && x1 <= 400 && y1 <= 300).toBe(true);
    expect(Math.min(...areas)).toBeGreaterThan(0.078);
    expect(Math.max(...areas)).toBeLessThanOrEqual(1);
    expect(Math.min(...aspects)).toBeGreaterThan(0.73);
    expect(Math.max(...aspects)).toBeLessThan(1.36);
    // Uniform in area below 0.7, where every aspect fits: a quarter of 0.08 to 0.7 in each part.
    const small = areas.filter((area) => area < 0.7);
    const quarters = [0, 1, 2, 3].map((q) => small.filter((area) => Math.trunc((area - 0.08) / 0.155) === q).length);
    for (const count of quarters) expect(count / small.length).toBeCloseTo(0.25, 1);
  });

  it('takes the largest centred box when no draw fits', () => {
    expect(randomCropBox({ width: 1000, height: 10 }, { scale: [0.9, 1] }, rng(1))).toEqual({
      x0: 493,
      y0: 0,
      x1: 506,
      y1: 10,
    });
    expect(randomCropBox({ width: 1, height: 1 }, {}, rng(1))).toEqual({ x0: 0, y0: 0, x1: 1, y1: 1 });
  });

  it('obeys laws: two flips, a turn of 0, unchanged factors and a hue of a full circle give the picture back', () => {
    const side = fc.integer({ min: 1, max: 12 });
    const random = fc
      .tuple(side, side)
      .chain(([width, height]) =>
        fc
          .uint8Array({ minLength: width * height * 3, maxLength: width * height * 3 })
          .map((data) => ({ width, height, data })),
      );
    fc.assert(
      fc.property(random, (any) => {
        for (const axis of ['horizontal', 'vertical'] as const) {
          expect(flipPicture(flipPicture(any, axis), axis)).toEqual(any);
        }
        expect(rotatePicture(any, 0).data).toEqual(any.data);
        expect(adjustBrightness(any, 1).data).toEqual(any.data);
        expect(adjustContrast(any, 1).data).toEqual(any.data);
        expect(adjustSaturation(any, 1).data).toEqual(any.data);
        expect(compareLevels(adjustHue(any, 0).data, any.data).beyondOne).toBe(0);
        expect(compareLevels(adjustHue(adjustHue(any, 0.5), -0.5).data, any.data).beyondOne).toBeLessThan(
          any.data.length / 4 + 1,
        );
      }),
      { numRuns: 100 },
    );
  });

  it('refuses what cannot be', () => {
    const crop: AugmentationStep = { kind: 'random-resized-crop', size: 8 };
    const bad: [AugmentationStep, string][] = [
      [{ kind: 'flip', axis: 'vertical', probability: 1.5 }, 'flip, got 1.5'],
      [{ kind: 'random-resized-crop', size: 0 }, 'random-resized-crop, got 0'],
      [{ kind: 'random-resized-crop', size: 8, scale: [0.5, 0.1] }, 'got 0.5 to 0.1'],
      [{ kind: 'blur', size: 4, sigma: [1, 2], probability: 1 }, 'even size'],
      [{ kind: 'rotate', degrees: 200 }, 'rotate, got 200'],
      [{ kind: 'colour-jitter', brightness: 0, contrast: 0, saturation: 0, hue: 0.7, probability: 1 }, 'got 0.7'],
    ];
    for (const [step, message] of bad) expect(() => augmentation({ id: 'x', steps: [step, crop] })).toThrow(message);
    expect(() => augmentation({ id: 'x', steps: [{ kind: 'resize', size: 9 }] })).toThrow('leaves the size open');
    for (const preset of Object.values(augmentations)) expect(augmentation(preset)).toBe(preset);
  });
});
