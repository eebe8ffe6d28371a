import { describe, expect, it } from 'vitest';
import { constant, constantWithCooldown, cosineWithWarmup, oneCycle, type CooldownOptions } from '../src/index.js';
import { readGolden } from './golden.js';

interface Cycle {
  readonly total: number;
  readonly peak: number;
  readonly rise?: number;
  readonly divisor?: number;
  readonly final?: number;
  readonly momentum?: readonly [number, number];
  readonly steps: readonly number[];
  readonly values: readonly (readonly [number, number])[];
}

describe('oneCycle', () => {
  it('equals OneCycleLR of torch, beta1 included', () => {
    let compared = 0;
    const { cases } = readGolden('one-cycle.json') as { readonly cases: readonly Cycle[] };
    for (const { total, peak, steps, values, rise, divisor, final, momentum } of cases) {
      const schedule = oneCycle({
        peak,
        totalSteps: total,
        ...(rise === undefined ? {} : { rise }),
        ...(divisor === undefined ? {} : { divisor }),
        ...(final === undefined ? {} : { finalDivisor: final }),
        ...(momentum === undefined ? {} : { momentum }),
      });
      steps.forEach((step, i) => {
        const [rate, beta1] = values[i] as readonly [number, number];
        expect(Math.abs(schedule(step).learningRate - rate)).toBeLessThanOrEqual(1e-12 * peak);
        expect(schedule(step).beta1).toBeCloseTo(beta1, 12);
        compared++;
      });
      expect(schedule(total + 5)).toEqual(schedule(total - 1));
    }
    expect(compared).toBeGreaterThan(140);
  });

  it('has no step to plan without steps', () => {
    expect(() => oneCycle({ peak: 1, totalSteps: 0 })).toThrow(RangeError);
  });
});

describe('the other schedules', () => {
  it('constant stays', () => {
    expect([0, 5, 1e6].map((step) => constant(0.1, 0.95)(step))).toEqual(
      Array(3).fill({ learningRate: 0.1, beta1: 0.95 }),
    );
  });

  it('cosineWithWarmup rises in a line, falls by half a cosine and stays at the floor', () => {
    const schedule = cosineWithWarmup({ peak: 1, totalSteps: 30, warmupSteps: 10, floor: 0.1 });
    const rates = [0, 5, 10, 20, 30, 99].map((step) => schedule(step).learningRate);
    [0, 0.5, 1, 0.55, 0.1, 0.1].forEach((rate, i) => {
      expect(rates[i]).toBeCloseTo(rate, 12);
    });
  });
});

describe('constantWithCooldown', () => {
  it('equals the recurrence written from the paper, both shapes', () => {
    const { cases } = readGolden('cooldown.json') as {
      readonly cases: readonly (CooldownOptions & { readonly values: readonly number[] })[];
    };
    let compared = 0;
    for (const { values, ...options } of cases) {
      const schedule = constantWithCooldown(options);
      values.forEach((rate, step) => {
        expect(Math.abs(schedule(step).learningRate - rate)).toBeLessThan(1e-12);
        compared++;
      });
    }
    expect(new Set(cases.map(({ shape }) => shape)).size).toBe(2);
    expect(compared).toBeGreaterThan(90);
  });

  it('refuses phases that are longer than the run', () => {
    expect(() => constantWithCooldown({ peak: 1, totalSteps: 10, warmupSteps: 6, cooldownSteps: 5 })).toThrow(
      RangeError,
    );
  });
});
