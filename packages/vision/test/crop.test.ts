import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { boxSize, type BoundingBox, type Picture } from '@bioscan/core';
import {
  backgroundColour,
  cropPresets,
  cropSpecimen,
  measureSpecimen,
  millimetresPerPixel,
  planCrop,
} from '@bioscan/vision';

const photo = { width: 1024, height: 768 };

function box(x0: number, y0: number, x1: number, y1: number): BoundingBox {
  return { x0, y0, x1, y1 };
}

/** Every pixel says where it was: red its column, green its row. */
function coordinates(width: number, height: number): Picture {
  const data = new Uint8Array(3 * width * height);
  for (let i = 0; i < width * height; i++) data.set([i % width, Math.floor(i / width), 7], 3 * i);
  return { width, height, data };
}

function pixel({ width, data }: Picture, x: number, y: number): number[] {
  return [...data.subarray(3 * (y * width + x), 3 * (y * width + x) + 3)];
}

describe('size fields of published records', () => {
  it('follow from the raw box', () => {
    const golden: readonly [BoundingBox, number, number][] = [
      [box(339, 208, 533, 493), 0.0703, 0.7578],
      [box(520, 364, 667, 438), 0.0138, 0.2891],
      [box(304, 0, 932, 742), 0.5925, 2.4531],
      [box(730, 67, 837, 206), 0.0189, 0.418],
    ];
    for (const [raw, areaFraction, scaleFactor] of golden) {
      const size = boxSize(raw, photo);
      expect(Math.abs(size.areaFraction - areaFraction)).toBeLessThan(1e-4);
      expect(Math.abs(size.scaleFactor - scaleFactor)).toBeLessThan(1e-4);
    }
  });

  it('8,605 mask pixels of a photo of 1024 x 768 are 0.5924 square millimetres, in any size of the photo', () => {
    const mask = new Uint8Array(1024 * 768).fill(1, 0, 8605);
    const raw = { box: box(339, 208, 533, 493), mask: { ...photo, data: mask } };
    const measures = measureSpecimen(raw, photo);
    expect(measures.maskPixels).toBe(8605);
    expect(measures.areaSquareMillimetres).toBeCloseTo(0.5924, 4);
    expect(measures.widthMillimetres).toBeCloseTo(194 * 0.008296875, 10);
    const half = new Uint8Array(512 * 384).fill(1, 0, 2151);
    const small = measureSpecimen(
      { box: box(0, 0, 10, 10), mask: { width: 512, height: 384, data: half } },
      { width: 512, height: 384 },
    );
    expect(small.maskPixels).toBe(8604);
    expect(small.widthMillimetres).toBeCloseTo(20 * millimetresPerPixel, 12);
    expect(measureSpecimen({ box: raw.box }, photo).maskPixels).toBeUndefined();
    expect(measureSpecimen(raw, photo, { millimetresPerPixel: 1 }).areaSquareMillimetres).toBe(8605);
  });
});

describe('crop presets', () => {
  // Worked out by hand from the rules.
  it('the raw box stays; 1.4 grows both sides by 0.4 of the longer', () => {
    expect(planCrop(box(339, 208, 533, 493), photo, cropPresets.bioscan5m)).toEqual({
      box: box(339, 208, 533, 493),
      rotated: false,
    });
    // 285 x 0.4 / 2 = 57 on each side
    expect(planCrop(box(339, 208, 533, 493), photo, cropPresets.croptool).box).toEqual(box(282, 151, 590, 550));
  });

  it('coordinates are cut toward zero, also below it', () => {
    // 13 x 0.4 / 2 = 2.6: 1 - 2.6 = -1.6 becomes -1, 2 - 2.6 = -0.6 becomes 0, 14 + 2.6 = 16.6 becomes 16
    const plan = planCrop(box(1, 2, 14, 12), photo, cropPresets.bioscan1m).box;
    expect(plan.x0).toBe(-1);
    expect(Math.abs(plan.y0)).toBe(0);
    expect([plan.x1, plan.y1]).toEqual([16, 14]);
  });

  it('4:3 turns what is taller than wide, then grows the shorter direction', () => {
    // grown (282, 151, 590, 550), taller; turned: x 151..550, y 1024-590..1024-282 = 434..742, 399 x 308;
    // 308 x 4 / 3 = 410.667: 5.833 on each side
    expect(planCrop(box(339, 208, 533, 493), photo, cropPresets.bioscan6m)).toEqual({
      box: box(145, 434, 556, 742),
      rotated: true,
    });
    // grown by 29.4: (490, 334, 696, 467), 206 x 133; 206 x 3 / 4 = 154.5: 10.75 on each side
    expect(planCrop(box(520, 364, 667, 438), photo, cropPresets.bioscan6m)).toEqual({
      box: box(490, 323, 696, 478),
      rotated: false,
    });
  });

  it('cuts the pixels that the plan names, and fills with the colour of the preset beyond the picture', () => {
    const picture = coordinates(40, 30);
    const raw = cropSpecimen(picture, box(5, 6, 15, 12));
    expect([raw.width, raw.height]).toEqual([10, 6]);
    expect(pixel(raw, 0, 0)).toEqual([5, 6, 7]);
    expect(pixel(raw, 9, 5)).toEqual([14, 11, 7]);
    // 11 x 0.4 / 2 = 2.2: (-1, 3, 14, 16)
    const grown = cropSpecimen(picture, box(1, 6, 12, 14), { preset: cropPresets.bioscan1m });
    expect([grown.width, grown.height]).toEqual([15, 13]);
    expect(pixel(grown, 0, 0)).toEqual([204, 218, 243]);
    expect(pixel(grown, 1, 0)).toEqual([0, 3, 7]);
    expect(
      pixel(cropSpecimen(picture, box(1, 6, 12, 14), { preset: cropPresets.croptool, fill: [1, 2, 3] }), 0, 3),
    ).toEqual([1, 2, 3]);
  });

  it('a turned crop shows the right edge of the box on top', () => {
    // 4 x 12, grown by 2.4 on each side: (7, 5, 16, 22) after cutting; turned: x 5..22, y 40-16..40-7 = 24..33
    const turned = cropSpecimen(coordinates(40, 30), box(10, 8, 14, 20), { preset: cropPresets.bioscan6m });
    expect([turned.width, turned.height]).toEqual([17, 13]);
    // 17 x 3 / 4 = 12.75: 1.875 above and below: rows 22..35; row 2 is row 24, which was column 15
    expect(pixel(turned, 0, 2)).toEqual([15, 5, 7]);
    expect(pixel(turned, 16, 2)).toEqual([15, 21, 7]);
  });

  it('resizes the shorter side, the other cut to a whole pixel', () => {
    const crop = cropSpecimen(coordinates(100, 90), box(10, 10, 43, 80), { size: 256 });
    expect([crop.width, crop.height]).toEqual([256, Math.trunc((256 * 70) / 33)]);
  });

  it('grown boxes hold the raw box and 4:3 crops are 4:3 within a pixel', () => {
    const side = fc.integer({ min: 1, max: 500 });
    fc.assert(
      fc.property(side, side, side, side, (x0, y0, width, height) => {
        const raw = box(x0, y0, x0 + width, y0 + height);
        const grown = planCrop(raw, photo, cropPresets.bioscan1m).box;
        expect(grown.x0 <= raw.x0 && grown.y0 <= raw.y0 && grown.x1 >= raw.x1 && grown.y1 >= raw.y1).toBe(true);
        const { box: framed } = planCrop(raw, photo, cropPresets.bioscan6m);
        expect(Math.abs(framed.x1 - framed.x0 - ((framed.y1 - framed.y0) * 4) / 3)).toBeLessThan(2.4);
      }),
    );
  });

  it('refuses an empty box', () => {
    expect(() => planCrop(box(5, 5, 5, 9), photo, cropPresets.bioscan5m)).toThrow(RangeError);
  });
});

describe('background colour', () => {
  it('is the dish, not the specimen, channel by channel', () => {
    const data = new Uint8Array(3 * 64 * 48);
    for (let i = 0; i < 64 * 48; i++) data.set(i % 3 === 0 ? [30, 20, 10] : [200, 210, 220], 3 * i);
    expect(backgroundColour({ width: 64, height: 48, data })).toEqual([200, 210, 220]);
  });
});
