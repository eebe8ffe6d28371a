import type { Metric, ReportTable } from '@bioscan/core';
import type { ChanceLevel } from '../chance.js';
import { pairedDifference, type Estimate } from '../estimate.js';
import type { Statistic } from '../replicate.js';
import { cell, chanceMetric, rankName } from '../report-cells.js';
import { rowKey } from './compare-retrieval.js';
import type { QuerySet } from './query-sets.js';
import type { RetrievalRun, RetrievalSystem } from './retrieval-system.js';
import { pairName } from './retrieval-pair.js';
import type { RetrievalRow } from './score-retrieval.js';

type Part = QuerySet | 'harmonicMean';
type Cell = string | number | Metric;

/** The published layout, one line a pair, rank and system: seen, unseen, harmonic mean; then chance. At the smallest k. */
export function pairTable(systems: readonly RetrievalSystem[], statistic: Statistic): ReportTable {
  const parts: readonly Part[] = ['seen', 'unseen', 'harmonicMean'];
  const compared = systems.length > 1;
  const rows = linesOf(systems, statistic).flatMap((line) => [
    ...systems.map((system): Cell[] => [
      pairName(line.pair),
      rankName(line.rank),
      system.name,
      system.kind,
      ...parts.map((part) => partCell(system, line, part)),
      ...(compared ? [differenceCell(system, systems[0], line)] : []),
    ]),
    [
      pairName(line.pair),
      rankName(line.rank),
      'chance',
      'chance',
      ...parts.map((part) => chanceCell(line.chance[part], part)),
      ...(compared ? [''] : []),
    ],
  ]);
  const columns = ['query → key', 'rank', 'system', 'kind', 'seen', 'unseen', 'harmonic mean'];
  const reference = systems[0]?.name ?? '';
  return {
    title: `Retrieval: ${statistic} top-${smallestTop(systems)}`,
    columns: compared ? [...columns, 'Δ harmonic mean'] : columns,
    rows,
    note:
      'One pool of keys for seen and unseen queries; a query is right when its label is among those of its nearest keys; equal scores stand in ' +
      'key order; the harmonic mean is taken inside each replicate; chance permutes the labels of the keys.' +
      (compared ? ` Δ: difference to ${reference}, paired on the same draws.` : ''),
  };
}

/** Macro accuracy of the longer lists. */
export function deeperTable(systems: readonly RetrievalSystem[]): ReportTable[] {
  const tops = topsOf(systems);
  if (tops.length < 2) return [];
  const parts: readonly Part[] = ['seen', 'unseen', 'harmonicMean'];
  const rows = linesOf(systems, 'macro').flatMap((line) =>
    systems.map((system): Cell[] => [
      pairName(line.pair),
      rankName(line.rank),
      system.name,
      ...parts.flatMap((part) => tops.map((top) => partCell(system, { ...line, top }, part))),
    ]),
  );
  const columns = ['seen', 'unseen', 'harmonic mean'].flatMap((part) => tops.map((top) => `${part} top-${top}`));
  return [
    {
      title: `Retrieval: macro top-${tops.join(', ')}`,
      columns: ['query → key', 'rank', 'system', ...columns],
      rows,
      note: 'Top-k: the true label is among the labels of the k nearest keys, not among k distinct labels.',
    },
  ];
}

/** Species that no key has: species and BIN cannot be right, coarser ranks can. */
export function novelTable(systems: readonly RetrievalSystem[]): ReportTable[] {
  const lines = linesOf(systems, 'macro').filter(({ novel }) => novel !== undefined);
  if (lines.length === 0) return [];
  const rows = lines.flatMap((line) => [
    ...systems.map((system): Cell[] => [
      pairName(line.pair),
      rankName(line.rank),
      system.name,
      ...(['macro', 'micro'] as const).map((statistic) => partCell(system, { ...line, statistic }, 'novel')),
    ]),
    [pairName(line.pair), rankName(line.rank), 'chance', chanceCell(line.chance.novel, 'novel'), ''],
  ]);
  const columns = ['query → key', 'rank', 'system', 'macro', 'micro'];
  return [{ title: 'Retrieval of novel species: no key of the species anywhere', columns, rows }];
}

/** What each number rests on; the same for all systems. */
export function countTable({ pairs }: RetrievalRun): ReportTable {
  const rows = pairs.flatMap(({ pair, cells, neighbours }) =>
    cells.map(({ set, outcomes, scores }): Cell[] => {
      const { queries, unlabelled, classes, classesWithoutKey, abstained, ceiling } = scores;
      const ceilings = (['macro', 'micro'] as const).map((name) =>
        queries === 0 ? 'empty' : { name: `ceiling ${name}`, value: ceiling[name], count: queries },
      );
      const counts = [neighbours.keyIds.length, queries, unlabelled, classes, classesWithoutKey, abstained];
      return [pairName(pair), rankName(outcomes.rank), set, ...counts, ...ceilings];
    }),
  );
  const columns = [
    'query → key',
    'rank',
    'set',
    'keys',
    'queries',
    'unlabelled',
    'classes',
    'without key',
    'no answer',
  ];
  return {
    title: 'Retrieval: counts and ceilings',
    columns: [...columns, 'ceiling macro', 'ceiling micro'],
    rows,
    note: 'Queries without a label at the rank are left out; classes without a key count as wrong, and the ceiling is what remains possible.',
  };
}

/** The estimates of one part of one row, one a run. */
export function partEstimates(system: RetrievalSystem, line: RetrievalRow, part: Part): Estimate[] {
  const key = rowKey(line);
  return system.runs.flatMap(({ rows }) => rows.find((row) => rowKey(row) === key)?.[part] ?? []);
}

/** A measured cell, or the word for what was not measured. */
export function measured(estimates: readonly Estimate[]): Cell {
  return estimates.length === 0 ? 'empty' : cell(estimates);
}

/** Seed by seed where both have equally many, else each against the first of the other. */
export function paired(a: readonly Estimate[], b: readonly Estimate[]): Estimate[] {
  if (a.length === 0 || b.length === 0) return [];
  return Array.from({ length: Math.max(a.length, b.length) }, (_, i) =>
    pairedDifference((a[i] ?? a[0]) as Estimate, (b[i] ?? b[0]) as Estimate),
  );
}

function partCell(system: RetrievalSystem, line: RetrievalRow, part: Part): Cell {
  return measured(partEstimates(system, line, part));
}

function differenceCell(system: RetrievalSystem, reference: RetrievalSystem | undefined, line: RetrievalRow): Cell {
  if (reference === undefined || system === reference) return 'reference';
  const parts = [system, reference].map((one) => partEstimates(one, line, 'harmonicMean'));
  return measured(paired(parts[0] ?? [], parts[1] ?? []));
}

function chanceCell(level: ChanceLevel | undefined, part: Part): Cell {
  return level === undefined ? 'empty' : chanceMetric(level, part, 100);
}

/** The rows of the smallest k, as of the first system that has them. */
export function linesOf(systems: readonly RetrievalSystem[], statistic: Statistic): RetrievalRow[] {
  const top = smallestTop(systems);
  const lines = new Map<string, RetrievalRow>();
  for (const row of systems.flatMap(({ runs }) => runs.flatMap(({ rows }) => rows))) {
    if (row.top === top && row.statistic === statistic && !lines.has(rowKey(row))) lines.set(rowKey(row), row);
  }
  return [...lines.values()];
}

function topsOf(systems: readonly RetrievalSystem[]): number[] {
  return [...new Set(systems.flatMap(({ runs }) => runs.flatMap(({ rows }) => rows.map(({ top }) => top))))].sort(
    (a, b) => a - b,
  );
}

function smallestTop(systems: readonly RetrievalSystem[]): number {
  return topsOf(systems)[0] ?? 1;
}
