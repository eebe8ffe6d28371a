import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compile } from '../assembly/build.mjs';
import { preprocess, preprocessBatch, preprocessedSize, presets, resizePicture, resizedSize } from '../src/index.js';
import { golden } from './golden.js';
import { compareLevels, hash, levels, scene } from './scene.js';

describe('resizePicture against Pillow', () => {
  it.each(
    golden.resizes.map((one) => ({
      ...one,
      name: `${one.interpolation} ${one.from.join(' x ')} to ${one.to.join(' x ')}`,
    })),
  )('$name: every level', ({ interpolation, from, to, levels: text }) => {
    const size = { width: to[0], height: to[1] };
    const { equal } = compareLevels(resizePicture(scene(...from), size, { interpolation }).data, levels(text));
    expect(equal).toBe(1);
  });

  it('was compared in both interpolations, growing and shrinking', () => {
    expect(golden.resizes.length).toBe(20);
  });

  it('computes a part of the result as it computes the whole', () => {
    const side = fc.integer({ min: 1, max: 40 });
    const corner = fc.double({ min: 0, max: 0.99, noNaN: true });
    fc.assert(
      fc.property(side, side, side, side, corner, corner, (width, height, toWidth, toHeight, left, top) => {
        const picture = scene(width, height);
        const size = { width: toWidth, height: toHeight };
        const whole = resizePicture(picture, size, { interpolation: 'bicubic' });
        const box = { x0: Math.floor(left * toWidth), y0: Math.floor(top * toHeight), x1: toWidth, y1: toHeight };
        const part = resizePicture(picture, size, { interpolation: 'bicubic', target: box });
        for (let y = 0; y < part.height; y++) {
          const from = ((box.y0 + y) * toWidth + box.x0) * 3;
          const row = part.data.subarray(y * part.width * 3, (y + 1) * part.width * 3);
          expect([...row]).toEqual([...whole.data.subarray(from, from + part.width * 3)]);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('takes a tall picture in bands without a seam', () => {
    const tall = { width: 400, height: 2000, data: new Uint8Array(400 * 2000 * 3).fill(77) };
    expect(new Set(resizePicture(tall, 64).data)).toEqual(new Set([77]));
    const scaled = resizePicture(scene(700, 1501), { width: 700, height: 750 });
    const lower = resizePicture(
      scene(700, 1501),
      { width: 700, height: 750 },
      { target: { x0: 0, y0: 700, x1: 700, y1: 750 } },
    );
    expect(compareLevels(lower.data, scaled.data.subarray(700 * 700 * 3)).equal).toBe(1);
  });

  it('keeps proportions on the shorter side and cuts the other to a whole pixel', () => {
    expect(resizedSize({ width: 1024, height: 768 }, 256)).toEqual({ width: 341, height: 256 });
    expect(resizedSize({ width: 119, height: 123 }, 256)).toEqual({ width: 256, height: 264 });
    expect(() => resizePicture(scene(4, 4), 0)).toThrow('shorter side, got 0');
    expect(() => resizePicture({ width: 2, height: 2, data: new Uint8Array(5) }, 8)).toThrow(RangeError);
  });
});

describe('preprocess against torchvision on Pillow pictures', () => {
  it.each(golden.preprocessings.map((one) => ({ ...one, name: `${one.preset} from ${one.from.join(' x ')}` })))(
    '$name',
    ({ preset, from, at, values, means }) => {
      const { shape, data } = preprocess(scene(...from), presets[preset]);
      expect(shape).toEqual([3, 224, 224]);
      for (const [i, index] of at.entries()) expect(data[index]).toBeCloseTo(values[i]!, 5);
      for (const [channel, mean] of means.entries()) {
        const plane = data.subarray(channel * 224 * 224, (channel + 1) * 224 * 224);
        expect(plane.reduce((sum, value) => sum + value, 0) / plane.length).toBeCloseTo(mean, 5);
      }
    },
  );

  it('was compared for every preset at three sizes', () => {
    expect(new Set(golden.preprocessings.map((one) => one.preset))).toEqual(new Set(Object.keys(presets)));
    expect(golden.preprocessings.length).toBe(18);
  });

  it('stacks pictures of any sizes, each as alone', () => {
    const pictures = [scene(300, 260), scene(90, 200), scene(224, 224)];
    const batch = preprocessBatch(pictures, presets['zero-shot']);
    expect(batch.shape).toEqual([3, 3, 224, 224]);
    for (const [i, picture] of pictures.entries()) {
      const size = 3 * 224 * 224;
      expect(hash(batch.data.subarray(i * size, (i + 1) * size))).toBe(
        hash(preprocess(picture, presets['zero-shot']).data),
      );
    }
    expect(preprocessBatch([], presets.clip).shape).toEqual([0, 3, 224, 224]);
  });

  it('is a value: it survives JSON, carries its own name, and one that cannot be is refused', () => {
    for (const [name, preset] of Object.entries(presets)) {
      expect(preset.id).toBe(name);
      expect(JSON.parse(JSON.stringify(preset))).toEqual(preset);
    }
    expect(preprocessedSize({ id: 'wide', resize: { width: 320, height: 240 }, interpolation: 'bilinear' })).toEqual({
      width: 320,
      height: 240,
    });
    expect(() => preprocessedSize({ id: 'open', resize: 64, interpolation: 'bilinear' })).toThrow('open size');
    expect(() => preprocessedSize({ ...presets.clip, crop: 300 })).toThrow('crops 300 from 224');
  });
});

it('ships the kernel that its source compiles to', async () => {
  expect(readFileSync('packages/vision/src/generated/resample-kernel.ts', 'utf8')).toBe(await compile());
});
