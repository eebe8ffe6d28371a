import type { LabelRank, ReportTable } from '@bioscan/core';
import { estimate, harmonicMean } from '../estimate.js';
import type { LabelTable } from '../label-table.js';
import { percent, rankName } from '../report-cells.js';
import type { Resampler } from '../resampler.js';
import { byKeyCount, byRank, bySharedBin, crossed, equalise, stratify, type StratumOf } from '../strata.js';
import type { RetrievalRun, RetrievalSystem } from './retrieval-system.js';
import { pairName } from './retrieval-pair.js';
import { measured } from './retrieval-tables.js';
import type { PairRetrieval, RetrievalCell } from './score-retrieval.js';

interface StrataContext {
  readonly labels: LabelTable;
  readonly resampler: Resampler;
  readonly rank: LabelRank;
}

/** Accuracy by keys of the species, by order, by shared BIN: a table each, over pairs, sets and systems. */
export function stratumTables(systems: readonly RetrievalSystem[], context: StrataContext): ReportTable[] {
  const kinds: readonly { title: string; of: (keyIds: readonly string[]) => StratumOf }[] = [
    { title: 'keys of the species', of: (keyIds) => byKeyCount(context.labels, keyIds) },
    { title: 'order', of: () => byRank(context.labels, 'order') },
    { title: 'shared BIN', of: (keyIds) => bySharedBin(context.labels, keyIds) },
  ];
  return kinds.map(({ title, of }) => ({
    title: `Retrieval: ${rankName(context.rank)} by ${title}`,
    columns: ['query → key', 'set', 'stratum', 'system', 'macro', 'micro', 'queries', 'classes'],
    rows: systems.flatMap((system) => stratumRows(system, context, of)),
  }));
}

function stratumRows(
  system: RetrievalSystem,
  { rank, resampler }: StrataContext,
  of: (keyIds: readonly string[]) => StratumOf,
): ReportTable['rows'] {
  return (system.runs[0]?.pairs ?? []).flatMap(({ pair, neighbours, cells }) => {
    const stratumOf = of(neighbours.keyIds);
    return cells
      .filter(({ outcomes }) => outcomes.rank === rank)
      .flatMap(({ set }) => {
        const runs = system.runs.flatMap((run) => cellOf(run, pairName(pair), set, rank) ?? []);
        const strata = runs.map(({ outcomes }) => stratify(outcomes, stratumOf));
        return [...(strata[0]?.keys() ?? [])].map((name) => {
          const parts = strata.flatMap((run) => run.get(name) ?? []);
          const cells = (['macro', 'micro'] as const).map((statistic) =>
            measured(parts.map((part) => estimate(part, resampler, { statistic }))),
          );
          const truth = parts[0]?.truth ?? [];
          return [pairName(pair), set, name, system.name, ...cells, truth.length, new Set(truth).size];
        });
      });
  });
}

/** Seen against unseen with classes weighted to the same composition of order and keys: harder, or only composed otherwise? */
export function equalisedTable(systems: readonly RetrievalSystem[], context: StrataContext): ReportTable[] {
  const rows = systems.flatMap((system) =>
    (system.runs[0]?.pairs ?? []).flatMap((one) => equalisedRow(system, one, context)),
  );
  if (rows.length === 0) return [];
  const columns = ['query → key', 'system', 'seen', 'unseen', 'harmonic mean', 'seen left out', 'unseen left out'];
  return [
    {
      title: `Retrieval: macro ${rankName(context.rank)} at equal order and number of keys`,
      columns,
      rows,
      note: 'Classes are weighted so that seen and unseen have the same mixture; classes in strata that the other set lacks are left out.',
    },
  ];
}

function equalisedRow(
  system: RetrievalSystem,
  { pair, neighbours }: PairRetrieval,
  { labels, resampler, rank }: StrataContext,
): ReportTable['rows'] {
  const stratumOf = crossed(byRank(labels, 'order'), byKeyCount(labels, neighbours.keyIds));
  const runs = system.runs.flatMap((run) => {
    const [seen, unseen] = (['seen', 'unseen'] as const).map((set) => cellOf(run, pairName(pair), set, rank));
    if (seen === undefined || unseen === undefined) return [];
    const equal = equalise(seen.outcomes, unseen.outcomes, stratumOf);
    if (equal.a.queryIds.length === 0) return [];
    const [a, b] = [estimate(equal.a, resampler), estimate(equal.b, resampler)];
    return [{ a, b, mean: harmonicMean(a, b), dropped: equal.dropped }];
  });
  const [first] = runs;
  if (first === undefined) return [];
  const cells = [runs.map(({ a }) => a), runs.map(({ b }) => b), runs.map(({ mean }) => mean)].map(measured);
  return [[pairName(pair), system.name, ...cells, percent(first.dropped.a), percent(first.dropped.b)]];
}

function cellOf(run: RetrievalRun, pair: string, set: string, rank: LabelRank): RetrievalCell | undefined {
  const cells = run.pairs.find((one) => pairName(one.pair) === pair)?.cells;
  return cells?.find((cell) => cell.set === set && cell.outcomes.rank === rank);
}
