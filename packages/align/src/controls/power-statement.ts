import type { Rng } from '@bioscan/core';
import type { ArmRun } from './arm-run.js';
import type { ChosenPoint } from './choose-points.js';
import { comparer } from './compare.js';
import { detectableGain, pairedPower } from './power.js';
import { studentTQuantile } from './student-t.js';

/** The smallest gain that a comparison can be expected to see, and what that rests on. Shares, not percent. */
export interface PowerStatement {
  readonly detectable: number;
  readonly power: number;
  /** Standard deviation of the paired differences between units, or the standard error over species. */
  readonly deviation: number;
  readonly source: 'validation' | 'assumption' | 'reported runs';
  readonly unit: 'world' | 'species';
  /** Worlds, or species of the smaller query set. */
  readonly units: number;
  readonly seeds: number;
}

export interface PowerPlan {
  /** Reported subjects: 1 means a bootstrap over species. */
  readonly subjects: number;
  readonly seeds: number;
  readonly treatment: string;
  readonly reference: string;
  /** Standard deviation to assume where validation cannot tell: between worlds, or of the mean over species. */
  readonly assumedDeviation: number;
  readonly power: number;
}

/**
 * Before anything reported is run: from the differences on validation at the chosen points, or, where these are too few, from the assumption.
 * Worlds: differences of all arms to the reference, pooled, in two or more tuning worlds. One data set: the bootstrap over validation species.
 */
export function powerBefore(
  plan: PowerPlan,
  chosen: readonly ChosenPoint[],
  tuning: readonly ArmRun[],
  random: Rng,
): PowerStatement {
  const atChosen = tuning.filter(({ job }) => {
    const point = chosen.find(({ arm }) => arm === job.arm.name)?.point;
    return point?.learningRate === job.point.learningRate && point.temperature === job.point.temperature;
  });
  const compare = comparer(atChosen, random);
  if (plan.subjects > 1) {
    const deviation = compare.unit === 'world' ? pooledDeviation(plan.reference, chosen, compare) : undefined;
    return betweenWorlds(
      plan,
      deviation ?? plan.assumedDeviation,
      deviation === undefined ? 'assumption' : 'validation',
    );
  }
  const found = compare.unit === 'species' ? compare.difference(plan.treatment, plan.reference)?.deviation : undefined;
  return overSpecies(plan, found ?? plan.assumedDeviation, found === undefined ? 'assumption' : 'validation', atChosen);
}

/** After: from the reported differences of the treatment themselves. */
export function powerAfter(plan: PowerPlan, runs: readonly ArmRun[], random: Rng): PowerStatement | undefined {
  const difference = comparer(runs, random).difference(plan.treatment, plan.reference);
  if (difference?.deviation === undefined) return undefined;
  return plan.subjects > 1
    ? betweenWorlds(plan, difference.deviation, 'reported runs')
    : overSpecies(plan, difference.deviation, 'reported runs', runs);
}

/** Power of the comparison for a gain that someone cares about. */
export function powerFor(gain: number, { deviation, unit, units }: PowerStatement): number {
  if (unit === 'world') return pairedPower(gain, { pairs: units, deviation });
  return pairedPower(gain, { pairs: manyPairs, deviation: deviation * Math.sqrt(manyPairs) });
}

function betweenWorlds(plan: PowerPlan, deviation: number, source: PowerStatement['source']): PowerStatement {
  const { subjects: units, seeds, power } = plan;
  return {
    detectable: detectableGain({ pairs: units, deviation }, power),
    power,
    deviation,
    source,
    unit: 'world',
    units,
    seeds,
  };
}

/** The gain that a comparison sees with this power: `deviation` between worlds with `degrees`, or a standard error over species without. */
export function detectableFor(deviation: number, degrees: number | undefined, power: number): number {
  if (degrees !== undefined) return degrees < 1 ? Infinity : detectableGain({ pairs: degrees + 1, deviation }, power);
  return (studentTQuantile(0.975, manyPairs) + studentTQuantile(power, manyPairs)) * deviation;
}

/** A standard error over many species: the t of so many pairs is the normal. */
function overSpecies(
  plan: PowerPlan,
  deviation: number,
  source: PowerStatement['source'],
  runs: readonly ArmRun[],
): PowerStatement {
  const detectable = detectableFor(deviation, undefined, plan.power);
  const sizes = runs.flatMap(({ retrievals: [first] }) =>
    first === undefined ? [] : [Math.min(first.seen.species.length, first.unseen.species.length)],
  );
  const units = sizes.length === 0 ? 0 : Math.min(...sizes);
  return { detectable, power: plan.power, deviation, source, unit: 'species', units, seeds: plan.seeds };
}

const manyPairs = 10_000;

/** Root of the mean variance over arms of their differences to the reference; undefined without two worlds. */
function pooledDeviation(
  reference: string,
  chosen: readonly ChosenPoint[],
  compare: ReturnType<typeof comparer>,
): number | undefined {
  const variances = chosen.flatMap(({ arm }) => {
    const deviation = compare.difference(arm, reference)?.deviation;
    return deviation === undefined ? [] : [deviation ** 2];
  });
  if (variances.length === 0) return undefined;
  return Math.sqrt(variances.reduce((sum, value) => sum + value, 0) / variances.length);
}

/** As people read it, in points of percent. */
export function powerText(statement: PowerStatement): string {
  const { detectable, power, deviation, source, unit, units, seeds } = statement;
  const basis =
    unit === 'world'
      ? `${units} worlds x ${counted(seeds, 'seed')}, differences between worlds with a standard deviation of ${points(deviation)} points`
      : `${units} species in the smaller query set, ${counted(seeds, 'seed')}, a standard error of ${points(deviation)} points`;
  const origin = { validation: 'from validation', assumption: 'assumed', 'reported runs': 'from the reported runs' }[
    source
  ];
  return `With power ${power} the comparison sees a gain of ${points(detectable)} points or more (${basis}, ${origin}).`;
}

function points(share: number): string {
  return (100 * share).toFixed(1);
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
