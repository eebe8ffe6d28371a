import { describe, expect, it } from 'vitest';
import { likenessOfScores, likenessPValues, rng, tensor, type Rng } from '@bioscan/core';
import {
  abstentionCurve,
  fitHeldOutGate,
  fitUnlikeGate,
  fitVotes,
  heldOutReport,
  shareByUnit,
  voteReport,
  wilsonInterval,
  type HeldOutPhotos,
  type VoteExample,
} from '@bioscan/eval';

const spread = [3, 1, 0.5, 0.2, 0.2];
const d = spread.length;

/** Photos of some species on some plates: both move all their photos to one side. */
function photos(
  species: readonly number[],
  plates: readonly string[],
  each: number,
  stream: Rng,
): Omit<HeldOutPhotos, 'groups'> & {
  readonly units: readonly string[];
  readonly groups: readonly (readonly string[])[];
} {
  const data: number[] = [];
  const groups: string[][] = [];
  for (const plate of plates) {
    const light = spread.map((one, axis) => one * rng(77).split(`${plate} ${axis}`).normal());
    for (let photo = 0; photo < each; photo++) {
      const kind = species[stream.integer(species.length)] as number;
      const shape = spread.map((one, axis) => one * rng(78).split(`${kind} ${axis}`).normal());
      for (let axis = 0; axis < d; axis++)
        data.push((light[axis] ?? 0) + (shape[axis] ?? 0) + 0.2 * (spread[axis] ?? 0) * stream.normal());
      groups.push([`species ${kind}`, `plate ${plate}`]);
    }
  }
  const vectors = tensor('float32', [groups.length, d], Float32Array.from(data));
  return { vectors, groups, units: groups.map(([, plate]) => plate as string) };
}

const names = (stream: string, count: number): string[] => Array.from({ length: count }, (_, i) => `${stream}${i}`);
const alarms = (pValues: Float64Array): number => pValues.filter((p) => p < 0.05).length / pValues.length;

describe('fitHeldOutGate', () => {
  const [known, fresh] = [Array.from({ length: 30 }, (_, i) => i), Array.from({ length: 30 }, (_, i) => 100 + i)];

  it('keeps the stated rate on photos of new plates and new species, where a gate of training photos has several times it', () => {
    const rates = { heldOut: [] as number[], training: [] as number[] };
    for (let world = 0; world < 6; world++) {
      const training = photos(known, names(`t${world}-`, 30), 10, rng(world));
      const heldOut = photos([...known, ...fresh], names(`h${world}-`, 60), 6, rng(100 + world));
      const test = photos([...known, ...fresh.map((one) => one + 50)], names(`q${world}-`, 60), 10, rng(200 + world));
      const { gate } = fitHeldOutGate(training, heldOut, { rng: rng(1) });
      rates.heldOut.push(alarms(likenessPValues(gate, test.vectors)));
      rates.training.push(alarms(likenessPValues(fitUnlikeGate(training.vectors, { rng: rng(1) }), test.vectors)));
    }
    const mean = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0) / values.length;
    expect(mean(rates.training)).toBeGreaterThan(0.12);
    expect(mean(rates.heldOut)).toBeLessThan(0.07);
    expect(Math.max(...rates.heldOut)).toBeLessThan(0.12);
  });

  it('weighs units alike: a plate with a hundred photos far off moves the gate no more than one with two', () => {
    const training = photos(known, names('t', 30), 10, rng(1));
    const held = photos(known, names('h', 40), 2, rng(2));
    const far = new Float32Array(100 * d).fill(60);
    const more = {
      vectors: tensor('float32', [180, d], Float32Array.from([...held.vectors.data, ...far])),
      groups: [...held.groups, ...names('', 100).map(() => [])],
      units: [...held.units, ...names('', 100).map(() => 'far')],
    };
    const { gate } = fitHeldOutGate(training, more, { rng: rng(1) });
    const total = (gate.weights ?? new Float32Array()).reduce((sum, one) => sum + one, 0);
    expect(total).toBeCloseTo(41 / 42, 5);
    const outside = tensor('float32', [1, d], new Float32Array(d).fill(20));
    // One unit of 41, and the photo itself.
    expect(likenessPValues(gate, outside)[0]).toBeCloseTo(2 / 42, 5);
  });

  it('gives photos as the first of their groups the p-values of a gate that lacks these groups', () => {
    const training = photos(known, names('t', 30), 10, rng(1));
    const { gate, asNew } = fitHeldOutGate(training, photos(known, names('h', 40), 5, rng(2)), { rng: rng(1) });
    const own = photos(known, ['t0'], 10, rng(3));
    const strangers = { ...own, groups: own.groups.map(() => []) };
    expect([...asNew(strangers)]).toEqual([...likenessPValues(gate, own.vectors)]);
    const [hidden, plain] = [asNew(own), likenessPValues(gate, own.vectors)];
    hidden.forEach((p, i) => {
      expect(p).toBeLessThanOrEqual(plain[i] as number);
    });
    expect(hidden.some((p, i) => p < (plain[i] as number))).toBe(true);
  });

  it('wants twenty units, and never hides what most training photos share', () => {
    const training = photos(known, names('t', 30), 10, rng(1));
    const few = photos(known, names('h', 19), 5, rng(2));
    expect(() => fitHeldOutGate(training, few, { rng: rng(1) })).toThrow(
      'got 300 training photos and 19 held-out units',
    );
    const sited = { ...training, groups: training.groups.map((groups) => [...groups, 'one site']) };
    const held = photos(known, names('h', 25), 5, rng(2));
    const also = { ...held, groups: held.groups.map((groups) => [...groups, 'one site']) };
    const [plain, one] = [
      fitHeldOutGate(training, held, { rng: rng(1) }),
      fitHeldOutGate(sited, also, { rng: rng(1) }),
    ];
    expect(one.gate.scores).toEqual(plain.gate.scores);
  });
});

it('reads p-values off equal scores as the share that is as far', () => {
  const scores = Float32Array.from([1, 2, 2, 3]);
  expect([...likenessOfScores({ scores }, [0.5, 2, 2.5, 9, Number.NaN])].map((p) => Number(p.toFixed(12)))).toEqual([
    1, 0.8, 0.4, 0.2, 0.2,
  ]);
});

describe('shareByUnit', () => {
  it('is wider than over photos where photos of a unit go together', () => {
    const units = Array.from({ length: 400 }, (_, i) => String(Math.floor(i / 20)));
    const holds = units.map((one) => Number(one) % 4 === 0);
    const { value, count, interval } = shareByUnit('x', holds, units, { rng: rng(1), unit: 'plates' });
    const photosAlone = wilsonInterval(100, 400, 'photos');
    expect([value, count, interval?.unit]).toEqual([0.25, 400, 'plates']);
    expect((interval?.high ?? 0) - (interval?.low ?? 0)).toBeGreaterThan(
      3 * ((photosAlone?.high ?? 0) - (photosAlone?.low ?? 0)),
    );
  });

  it('does not claim certainty of none in ten units, and has no interval for one', () => {
    const units = Array.from({ length: 50 }, (_, i) => String(i % 10));
    const none = shareByUnit('x', new Array<boolean>(50).fill(false), units, { rng: rng(1), unit: 'plates' });
    expect(none.interval?.high).toBeCloseTo(wilsonInterval(0, 10, 'plates')?.high ?? 0, 12);
    expect(shareByUnit('x', [true], ['a'], { rng: rng(1), unit: 'plates' }).interval).toBeUndefined();
  });
});

describe('on photos that nothing was fitted on', () => {
  const random = rng(3);
  /** Confidence is honest in the first half of the species and too high in the second. */
  const examples = (right: number, from: number): VoteExample[] =>
    Array.from({ length: 600 }, (_, i) => {
      const name = `s${from + (i % 30)}`;
      const said = random.uniform() < right ? name : 'other';
      const votes = [said, said, said, 'third'].map((one, at) => ({ similarity: 0.9 - 0.01 * at, names: [one] }));
      return { id: `${from}-${i}`, votes, truth: [name], novel: false };
    });
  const [fitted, other] = [examples(0.9, 0), examples(0.6, 30)];
  const ranks = ['species'] as const;

  it('judges calibrations as they are, not as refitted', () => {
    const tree = fitVotes(fitted, { ranks });
    const [held] = heldOutReport(other, tree, 0.1);
    const [refitted] = voteReport(other, { ranks });
    expect(held?.queries).toBe(600);
    expect(held?.expectedCalibrationError).toBeGreaterThan(0.2);
    expect(refitted?.expectedCalibrationError).toBeLessThan(0.1);
  });

  it('counts as asserted only what fitted thresholds let pass', () => {
    const tree = fitVotes(fitted, { ranks });
    const levels = [0.6];
    const [all] = abstentionCurve(other, tree, { levels });
    const [none] = abstentionCurve(other, tree, { levels, thresholdsOf: () => ({ species: 1 }) });
    expect(all?.coverage).toBeGreaterThan(0.9);
    expect(none?.coverage).toBe(0);
  });
});
