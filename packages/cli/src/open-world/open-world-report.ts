import type { Report, Rng, Runtime } from '@bioscan/core';
import { bySharedBin, probeReport, resampler, type ProbeTask } from '@bioscan/eval';
import { accuracyFigure, summaryOf } from './open-world-summary.js';
import { corpusWarnings } from './corpus-warnings.js';
import { linearTask } from './linear-task.js';
import { nearestTask } from './nearest-task.js';
import { robustnessOf, type RobustnessCase } from './robustness.js';
import type { OpenWorldSets } from './sets.js';
import type { SystemRuns } from './system.js';

export interface OpenWorldReportOptions {
  readonly sets: OpenWorldSets;
  /** The first is what the others are compared with. */
  readonly systems: readonly SystemRuns[];
  readonly runtime: Runtime;
  readonly rng: Rng;
  /** Names of the systems that get a linear probe on the species of seen records; it needs vectors. */
  readonly linear?: readonly string[];
  readonly robustness?: readonly RobustnessCase[];
  readonly text: Pick<Report, 'title' | 'limits' | 'warnings'> & {
    readonly provenance: Omit<Report['provenance'], 'encoders'>;
    readonly banner?: string;
  };
  /** Told what comes next; throwing stops the work. */
  readonly onProgress?: (what: string) => void;
}

/**
 * Puts the same questions to every system, on the same queries and the same draws: genus of unseen species and species of seen ones by the
 * nearest key, species of seen ones by a linear probe, genus of unseen species under perturbed queries.
 */
export async function openWorldReport(options: OpenWorldReportOptions): Promise<Report> {
  const { sets, systems, rng, onProgress = () => undefined } = options;
  const draws = resampler({ rng: rng.split('bootstrap'), replicates: 1000 });
  const context = { sets, systems, rng, onProgress };
  const unseen = await nearestTask(context, {
    title: 'Genus of unseen species, nearest key',
    rank: 'genus',
    queries: sets.testUnseen,
    seen: sets.test,
  });
  const seen = await nearestTask(context, {
    title: 'Species of seen species, nearest key',
    rank: 'species',
    queries: sets.test,
  });
  const linear = await linearTask({ ...context, runtime: options.runtime }, options.linear ?? []);
  const robust = await robustnessOf(context, options.robustness ?? [], draws);
  const keyIds = sets.keys.map(({ id }) => id);
  const tasks: ProbeTask[] = [
    { ...unseen, strata: [{ title: 'shared BIN', of: bySharedBin(sets.labels, keyIds) }] },
    seen,
    ...(linear === undefined ? [] : [linear]),
  ];
  const { text } = options;
  const report = probeReport({
    ...text,
    tasks,
    resampler: draws,
    warnings: [...text.warnings, ...sets.warnings, ...corpusWarnings(systems, sets)],
    summary: summaryOf(unseen, draws),
  });
  return {
    ...report,
    tables: [...report.tables, ...robust.tables],
    figures: [accuracyFigure(tasks, draws), ...robust.figures],
  };
}
