import { readFileSync } from 'node:fs';
import { rng, type Picture } from '@bioscan/core';
import { compressPicture, photoShifts, shiftPicture } from '@bioscan/vision';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

function waves(width: number, height: number): Picture {
  const data = new Uint8Array(3 * width * height);
  for (let i = 0; i < data.length; i++) {
    const [c, x, y] = [i % 3, Math.floor(i / 3) % width, Math.floor(i / 3 / width)];
    data[i] = Math.floor(128 + 90 * Math.sin(x / (5 + c)) * Math.cos(y / (7 - c)) + 0.5);
  }
  return { width, height, data };
}

describe('JPEG without a file', () => {
  it("leaves Pillow's levels, within two nearly everywhere", () => {
    const cases = JSON.parse(readFileSync('fixtures/vision/jpeg.json', 'utf8')) as {
      width: number;
      height: number;
      quality: number;
      levels: string;
    }[];
    let compared = 0;
    for (const { width, height, quality, levels } of cases) {
      const expected = Buffer.from(levels, 'base64');
      const { data } = compressPicture(waves(width, height), quality);
      const differences = Array.from(data, (level, i) => Math.abs(level - (expected[i] ?? 999)));
      const near = differences.filter((difference) => difference <= 2).length / data.length;
      const mean = differences.reduce((sum, one) => sum + one, 0) / data.length;
      expect(near).toBeGreaterThan(0.98);
      expect(mean).toBeLessThan(0.7);
      compared += data.length;
    }
    expect(compared).toBe(5 * 3 * (48 * 40 + 37 * 21));
  });

  it('loses more the lower the quality', () => {
    const scene = waves(64, 48);
    const losses = [90, 60, 30, 10, 5].map((quality) => {
      const { data } = compressPicture(scene, quality);
      return data.reduce((sum, level, i) => sum + Math.abs(level - (scene.data[i] ?? 0)), 0);
    });
    expect(losses).toEqual([...losses].sort((a, b) => a - b));
    expect(() => compressPicture(scene, 0)).toThrow(RangeError);
  });
});

describe('shifts of imaging', () => {
  const scene = waves(180, 132);

  it('leave the photo itself at the neutral setting, and its size at every other', () => {
    let changed = 0;
    for (const { kind, neutral, settings } of photoShifts) {
      expect(settings).toContain(neutral);
      expect(shiftPicture(scene, kind, neutral, rng(1))).toBe(scene);
      for (const setting of settings.filter((one) => one !== neutral)) {
        const { width, height, data } = shiftPicture(scene, kind, setting, rng(1));
        expect([width, height, data.length]).toEqual([180, 132, 3 * 180 * 132]);
        expect(Buffer.compare(data, scene.data)).not.toBe(0);
        changed++;
      }
    }
    expect(changed).toBe(28);
  });

  it('are the same for the same seed, and never touch their input', () => {
    const before = Buffer.from(scene.data).toString('base64');
    const shift = fc.constantFrom(
      ...photoShifts.flatMap(({ kind, settings }) => settings.map((setting) => [kind, setting] as const)),
    );
    fc.assert(
      fc.property(shift, fc.nat(), ([kind, setting], seed) => {
        const [a, b] = [shiftPicture(scene, kind, setting, rng(seed)), shiftPicture(scene, kind, setting, rng(seed))];
        expect(Buffer.compare(a.data, b.data)).toBe(0);
      }),
      { numRuns: 40 },
    );
    expect(Buffer.from(scene.data).toString('base64')).toBe(before);
  });

  it('are what they are called', () => {
    const flat: Picture = { width: 40, height: 40, data: new Uint8Array(4800).fill(100) };
    expect(shiftPicture(flat, 'brightness', 0.6, rng(1)).data[0]).toBe(60);
    expect([...shiftPicture(flat, 'white-balance', 0.3, rng(1)).data.subarray(0, 3)]).toEqual([130, 100, 70]);
    const noise = shiftPicture(flat, 'noise', 20, rng(1)).data;
    const mean = noise.reduce((sum, one) => sum + one, 0) / noise.length;
    const deviation = Math.sqrt(noise.reduce((sum, one) => sum + (one - mean) ** 2, 0) / noise.length);
    expect(Math.abs(mean - 100)).toBeLessThan(1.5);
    expect(Math.abs(deviation - 20)).toBeLessThan(1);
    for (const kind of ['blur', 'resolution', 'jpeg'] as const) {
      const setting = { blur: 2, resolution: 0.25, jpeg: 90 }[kind];
      const { data } = shiftPicture(flat, kind, setting, rng(1));
      expect(Math.max(...data) - Math.min(...data)).toBe(0);
    }
  });

  it('scale keeps what is in the middle in the middle, larger or smaller', () => {
    const dot: Picture = { width: 81, height: 61, data: new Uint8Array(3 * 81 * 61).fill(230) };
    for (let y = 25; y < 36; y++)
      for (let x = 35; x < 46; x++) dot.data.fill(20, 3 * (y * 81 + x), 3 * (y * 81 + x) + 3);
    const dark = ({ data, width }: Picture): { count: number; x: number } => {
      let [count, sum] = [0, 0];
      for (let i = 0; i < data.length; i += 3) {
        if ((data[i] ?? 255) < 125) [count, sum] = [count + 1, sum + ((i / 3) % width)];
      }
      return { count, x: sum / count };
    };
    const [half, same, double] = [0.5, 1, 2].map((factor) => dark(shiftPicture(dot, 'scale', factor, rng(1))));
    expect(same?.count).toBe(121);
    expect(Math.abs((double?.count ?? 0) - 484)).toBeLessThan(50);
    expect(Math.abs((half?.count ?? 0) - 30)).toBeLessThan(8);
    for (const one of [half, same, double]) expect(Math.abs((one?.x ?? 0) - 40)).toBeLessThan(1);
  });

  it.each([
    ['brightness', -1],
    ['white-balance', 1.5],
    ['blur', -1],
    ['scale', 0],
    ['noise', Number.NaN],
  ] as const)('refuse %s of %d', (kind, setting) => {
    expect(() => shiftPicture(scene, kind, setting, rng(1))).toThrow(RangeError);
  });
});
