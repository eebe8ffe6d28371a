import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { rng } from '@bioscan/core';
import { detectableGain, pairedInterval, pairedPower, pairsNeeded } from '@bioscan/align/controls';
import { noncentralTTail, normalCdf, studentTCdf, studentTQuantile } from '../src/controls/student-t.js';

type Rows = readonly (readonly number[])[];
const golden = JSON.parse(
  readFileSync(new URL('../../../fixtures/align/student-t.json', import.meta.url), 'utf8'),
) as Record<'normal' | 'cdf' | 'quantile' | 'noncentral' | 'power' | 'detectable', Rows>;

/** Compares a function with the last column of a table; returns how many rows were compared. */
function compare(rows: Rows, value: (...inputs: number[]) => number, tolerance: number): number {
  for (const row of rows) {
    const expected = row.at(-1) as number;
    const got = value(...row.slice(0, -1));
    expect(Math.abs(got - expected), row.join(' ')).toBeLessThanOrEqual(tolerance * Math.max(1, Math.abs(expected)));
  }
  return rows.length;
}

describe('special functions against scipy', () => {
  it('the normal and Student distributions', () => {
    expect(compare(golden.normal, normalCdf, 1e-13)).toBe(10);
    expect(compare(golden.cdf, studentTCdf, 1e-12)).toBe(56);
    expect(compare(golden.quantile, studentTQuantile, 1e-10)).toBe(48);
  });

  it('the noncentral t, power and the detectable gain', () => {
    expect(compare(golden.noncentral, noncentralTTail, 1e-8)).toBe(72);
    const power = (gain: number, deviation: number, pairs: number, level: number): number =>
      pairedPower(gain, { pairs, deviation, level });
    expect(compare(golden.power, power, 1e-8)).toBe(40);
    const gain = (deviation: number, pairs: number, level: number, wanted: number): number =>
      detectableGain({ pairs, deviation, level }, wanted);
    expect(compare(golden.detectable, gain, 1e-7)).toBe(24);
  });
});

describe('paired power', () => {
  it('is how often simulated intervals leave 0 out', () => {
    const random = rng(1);
    const [worlds, deviation, gain, repeats] = [5, 0.03, 0.05, 4000];
    let found = 0;
    for (let i = 0; i < repeats; i++) {
      const differences = Array.from({ length: worlds }, () => gain + deviation * random.normal());
      const { interval } = pairedInterval(differences, 'world');
      if (interval !== undefined && (interval.low > 0 || interval.high < 0)) found++;
    }
    const expected = pairedPower(gain, { pairs: worlds, deviation });
    expect(Math.abs(found / repeats - expected)).toBeLessThan(4 * Math.sqrt((expected * (1 - expected)) / repeats));
    expect(expected).toBeGreaterThan(0.7);
  });

  it('says how many pairs a gain needs', () => {
    const pairs = pairsNeeded(0.02, { deviation: 0.03 });
    expect(pairedPower(0.02, { pairs, deviation: 0.03 })).toBeGreaterThanOrEqual(0.8);
    expect(pairedPower(0.02, { pairs: pairs - 1, deviation: 0.03 })).toBeLessThan(0.8);
    expect(() => pairedPower(0.02, { pairs: 1, deviation: 0.03 })).toThrow(RangeError);
  });

  it('gives no interval to one pair, and t with its degrees of freedom to more', () => {
    expect(pairedInterval([0.1], 'world').interval).toBeUndefined();
    const { interval, degrees, mean } = pairedInterval([1, 2, 3], 'world');
    // scipy: stats.t.interval(0.95, 2, loc=2, scale=1 / 3 ** 0.5)
    expect([mean, degrees]).toEqual([2, 2]);
    expect(interval?.low).toBeCloseTo(2 - 4.30265273 / Math.sqrt(3), 8);
  });
});
