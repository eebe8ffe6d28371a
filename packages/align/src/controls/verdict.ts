import type { Comparison } from './compare.js';
import { detectableFor, type PowerStatement } from './power-statement.js';

/** A comparison of the treatment with one control. */
export interface NamedComparison {
  readonly against: string;
  readonly comparison: Comparison;
}

export interface VerdictInput {
  readonly treatment: string;
  readonly against: readonly NamedComparison[];
  readonly power: PowerStatement;
  readonly simulated: boolean;
  /** Of the treatment and its controls: those that diverged, of which nothing can be said. */
  readonly diverged?: readonly string[];
}

/**
 * The one sentence that the table supports. Simulated: a property of the generator, said as detection under its assumptions.
 * Real: about these specimens, and only as far as the intervals go.
 */
export function verdict({ treatment, against, power, simulated, diverged = [] }: VerdictInput): string {
  const found = against.map(({ against: control, comparison }) => `${differenceText(comparison)} against ${control}`);
  const list = found.length === 0 ? 'nothing to compare with' : found.join('; ');
  const scope = simulated
    ? `Under these assumptions the tool detects a gain of at least ${points(power.detectable)} points with power ${power.power}. It measured for ${treatment}: ${list}`
    : `On these specimens ${treatment} changed species retrieval of photos by ${list}`;
  const lost = diverged.length === 0 ? [] : [`Nothing can be said of what diverged: ${diverged.join(', ')}.`];
  return [`${scope}.`, ...conclusion(against, power, simulated), ...lost].join(' ');
}

function conclusion(against: readonly NamedComparison[], power: PowerStatement, simulated: boolean): string[] {
  if (against.length === 0) return [];
  const clear = against.filter(({ comparison: { interval } }) => interval !== undefined && interval.low > 0);
  const worse = against.filter(({ comparison: { interval } }) => interval !== undefined && interval.high < 0);
  const open = against.filter((one) => !clear.includes(one) && !worse.includes(one));
  const parts = [
    ...(clear.length === 0 ? [] : [`The interval lies above 0 against ${names(clear)}`]),
    ...(worse.length === 0 ? [] : [`it lies below 0 against ${names(worse)}`]),
    ...(open.length === 0
      ? []
      : [
          `against ${names(open)} it covers 0, where ${open.map((one) => smallest(one, power)).join(' and ')} could not have been told from none`,
        ]),
  ];
  const what = simulated ? ' This is a property of the generator and says nothing of real photos.' : '';
  return [`${capitalised(parts.join('; '))}.${what}`];
}

/** The gain that this very comparison would have missed more often than the power allows. */
function smallest(
  { comparison: { deviation, degrees } }: NamedComparison,
  { power, detectable }: PowerStatement,
): string {
  if (deviation === undefined) return `a gain below ${points(detectable)} points`;
  return `a gain below ${points(detectableFor(deviation, degrees, power))} points`;
}

/** `+3.1 points [0.4, 5.8] (t, 4 degrees of freedom)` */
export function differenceText({ value, interval, degrees }: Comparison): string {
  const sign = value >= 0 ? '+' : '−';
  const number = `${sign}${points(Math.abs(value))} points`;
  if (interval === undefined) return `${number} (no interval)`;
  const range = `[${points(interval.low)}, ${points(interval.high)}]`;
  return `${number} ${range}${degrees === undefined ? ' (bootstrap over species)' : ` (t, ${degrees} degrees of freedom)`}`;
}

function names(list: readonly NamedComparison[]): string {
  return list.map(({ against }) => against).join(' and ');
}

function points(share: number): string {
  return (100 * share).toFixed(1);
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
