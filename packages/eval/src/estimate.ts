import { BioscanError, type Interval, type LabelRank, type Metric } from '@bioscan/core';
import type { Outcomes } from './outcomes.js';
import { replicate, type Statistic } from './replicate.js';
import { hashNames, type Resampler, type ResamplingUnit } from './resampler.js';
import { harmonic, requireDepth, scores } from './scores.js';

/** A value with its bootstrap replicates: what intervals, harmonic means and paired differences are made of. */
export interface Estimate {
  readonly name: string;
  readonly value: number;
  /** Queries it rests on. */
  readonly count: number;
  readonly replicates: Float64Array;
  /** What was resampled, as in `species`. */
  readonly unit: string;
  /** Number of the top-level units. */
  readonly units: number;
  /** Names draws and queries: equal means that replicate r of two estimates saw the same draw of the same queries. */
  readonly pairing: string;
}

export interface EstimateOptions {
  readonly statistic?: Statistic;
  /** Top-k; default 1. */
  readonly top?: number;
  /** Default: `genus>species` at genus, else `species`. */
  readonly unit?: ResamplingUnit;
}

/**
 * An accuracy and its replicates under a bootstrap of species with all their queries.
 * A species drawn twice counts as two classes at species and BIN, and a genus drawn twice as two at genus; at coarser ranks the classes
 * are fixed and a replicate averages over those that it drew. Cost: O(replicates x units), after one pass over the queries.
 */
export function estimate(outcomes: Outcomes, resampler: Resampler, options: EstimateOptions = {}): Estimate {
  const { statistic = 'macro', top = 1, unit = defaultUnit(outcomes.rank) } = options;
  requireDepth(outcomes, top);
  const draws = resampler.draw(outcomes, unit);
  return {
    name: `${statistic} top-${top} ${outcomes.rank}`,
    value: scores(outcomes, top)[statistic],
    count: outcomes.queryIds.length,
    replicates: replicate(outcomes, draws, { statistic, top, unit }),
    unit,
    units: draws.clusters,
    pairing: `${draws.identity}:${hashNames([...outcomes.queryIds].sort())}`,
  };
}

/** Genus is resampled on two levels, since species of one genus succeed and fail together. */
function defaultUnit(rank: LabelRank): ResamplingUnit {
  return rank === 'genus' ? 'genus>species' : 'species';
}

/** Harmonic mean of seen and unseen inside each replicate; their species are resampled independently. */
export function harmonicMean(seen: Estimate, unseen: Estimate): Estimate {
  requireReplicates(seen, unseen);
  if (seen.pairing === unseen.pairing) {
    throw new TypeError('eval: harmonicMean needs seen and unseen queries, got the same queries twice');
  }
  return combine(`harmonic mean ${seen.name}`, seen, unseen, harmonic, {
    count: seen.count + unseen.count,
    pairing: `${seen.pairing}|${unseen.pairing}`,
  });
}

/**
 * a - b, replicate by replicate on the same draws.
 * @throws BioscanError `mismatch` when the two do not rest on the same queries and draws: such a difference would not be paired.
 */
export function pairedDifference(a: Estimate, b: Estimate): Estimate {
  requireReplicates(a, b);
  if (a.pairing !== b.pairing) {
    throw new BioscanError(
      'mismatch',
      `eval: paired difference of '${a.name}' and '${b.name}', got different queries or draws, expected the same; ` +
        'score both on the same queries with one resampler',
    );
  }
  return combine(`difference ${a.name}`, a, b, (x, y) => x - y, { count: a.count, pairing: a.pairing });
}

/**
 * The percentile interval of an estimate: quantiles of the replicates, linear between order statistics.
 * Undefined with fewer than two units or without labelled queries: one species says nothing of the next.
 */
export function intervalOf(estimate: Estimate, level = 0.95): Interval | undefined {
  if (!(level > 0 && level < 1)) throw new RangeError(`eval: level must be in (0, 1), got ${level}`);
  const sorted = estimate.replicates.filter((value) => !Number.isNaN(value)).sort();
  if (estimate.units < 2 || sorted.length === 0) return undefined;
  const low = quantile(sorted, (1 - level) / 2);
  return { low, high: quantile(sorted, (1 + level) / 2), level, unit: estimate.unit };
}

/** An estimate as the metric of a report. */
export function metricOf(estimate: Estimate, level = 0.95): Metric {
  const interval = intervalOf(estimate, level);
  const { name, value, count } = estimate;
  return { name, value, count, ...(interval === undefined ? {} : { interval }) };
}

/** Quantile of sorted values, linear between order statistics (numpy's default, Hyndman and Fan's type 7). */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  const at = share * (sorted.length - 1);
  const below = sorted[Math.floor(at)] ?? Number.NaN;
  const above = sorted[Math.ceil(at)] ?? below;
  return below + (above - below) * (at - Math.floor(at));
}

function combine(
  name: string,
  a: Estimate,
  b: Estimate,
  join: (x: number, y: number) => number,
  basis: Pick<Estimate, 'count' | 'pairing'>,
): Estimate {
  return {
    name,
    value: join(a.value, b.value),
    replicates: a.replicates.map((value, r) => join(value, b.replicates[r] as number)),
    unit: a.unit,
    units: Math.min(a.units, b.units),
    ...basis,
  };
}

function requireReplicates(a: Estimate, b: Estimate): void {
  if (a.replicates.length !== b.replicates.length) {
    throw new TypeError(
      `eval: '${a.name}' and '${b.name}' need equally many replicates, got ${a.replicates.length} and ${b.replicates.length}`,
    );
  }
}
