import type { EncoderProvenance, Report } from '@bioscan/core';
import { countsTable, mainTable, ranksTable, seedsTable, strataTable } from './probe-tables.js';
import type { ProbeTask } from './probe-task.js';
import type { Resampler } from './resampler.js';
import { taskWarnings } from './task-warnings.js';

export interface ProbeReportOptions {
  readonly title: string;
  readonly tasks: readonly ProbeTask[];
  readonly resampler: Resampler;
  /** What this report cannot show. At least one. */
  readonly limits: readonly string[];
  readonly provenance: Omit<Report['provenance'], 'encoders'>;
  readonly summary?: readonly string[];
  readonly warnings?: readonly string[];
  /** "SIMULATED: …" when any of it comes from the simulator. */
  readonly banner?: string;
}

/**
 * Scores and intervals of probes as a report: for each task the main table with paired differences, all ranks with the BIN, counts with
 * ceilings, seeds, strata. Plain JSON; `@bioscan/report` draws it.
 * @throws RangeError without limits: every report says what it cannot show.
 */
export function probeReport(options: ProbeReportOptions): Report {
  const { title, tasks, resampler, limits, provenance, summary = [], warnings = [], banner } = options;
  if (limits.length === 0) throw new RangeError('eval: probeReport needs at least one limit, got none');
  return {
    title,
    ...(banner === undefined ? {} : { banner }),
    summary,
    tables: tasks.flatMap((task) => [
      mainTable(task, resampler),
      ...ranksTable(task, resampler),
      countsTable(task),
      ...seedsTable(task, resampler),
      ...(task.strata ?? []).map((strata) => strataTable(task, strata, resampler)),
    ]),
    figures: [],
    limits: [
      ...limits,
      `Intervals are 95 % percentile intervals over ${resampler.replicates} draws of species with all their queries (at genus: genera, then ` +
        'species within); they speak of other species drawn like these, not of another region, another laboratory or another training run.',
    ],
    warnings: [...new Set([...warnings, ...tasks.flatMap(taskWarnings)])],
    provenance: { ...provenance, encoders: encodersOf(tasks) },
  };
}

function encodersOf(tasks: readonly ProbeTask[]): EncoderProvenance[] {
  const sources = tasks.flatMap(({ systems }) =>
    systems.flatMap(({ source }) => (source === undefined ? [] : [source])),
  );
  const byKey = new Map(
    sources.map((source) => [JSON.stringify([source.id, source.weights, source.settings]), source]),
  );
  return [...byKey.values()];
}
