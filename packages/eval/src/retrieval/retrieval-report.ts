import { BioscanError, type LabelRank, type Report } from '@bioscan/core';
import type { LabelTable } from '../label-table.js';
import type { Resampler } from '../resampler.js';
import { equalisedTable, stratumTables } from './retrieval-strata.js';
import { countTable, deeperTable, novelTable, pairTable } from './retrieval-tables.js';
import { retrievalFigures } from './retrieval-figure.js';
import type { RetrievalSystem } from './retrieval-system.js';

export interface RetrievalReportOptions {
  readonly title: string;
  /** The first is what the others are compared with. */
  readonly systems: readonly RetrievalSystem[];
  readonly resampler: Resampler;
  readonly labels: LabelTable;
  /** What this report cannot show. At least one. */
  readonly limits: readonly string[];
  readonly provenance: Omit<Report['provenance'], 'encoders'>;
  /** Rank of the strata; default species. */
  readonly strataRank?: LabelRank;
  /** "SIMULATED: …" when any of it comes from the simulator. */
  readonly banner?: string;
}

/**
 * The paper's Table 5 with what it lacks: intervals over species, micro beside macro, chance, the BIN, counts and ceilings, deeper lists,
 * strata by keys of the species, order and shared BIN, and seen against unseen at equal composition. Plain JSON.
 * @throws RangeError without limits, BioscanError `bad-input` without systems
 */
export function retrievalReport(options: RetrievalReportOptions): Report {
  const { title, systems, resampler, labels, limits, provenance, strataRank = 'species', banner } = options;
  if (limits.length === 0) throw new RangeError('eval: retrievalReport needs at least one limit, got none');
  const [first] = systems;
  if (first?.runs[0] === undefined) {
    throw new BioscanError(
      'bad-input',
      `eval: retrieval report '${title}', got no system with a run, expected one or more`,
    );
  }
  const strata = { labels, resampler, rank: strataRank };
  return {
    title,
    ...(banner === undefined ? {} : { banner }),
    summary: [],
    tables: [
      pairTable(systems, 'macro'),
      pairTable(systems, 'micro'),
      ...deeperTable(systems),
      ...novelTable(systems),
      countTable(first.runs[0]),
      ...stratumTables(systems, strata),
      ...equalisedTable(systems, strata),
    ],
    figures: retrievalFigures(systems),
    limits: [
      ...limits,
      `Intervals are 95 % percentile intervals over ${resampler.replicates} draws of species with all their queries (at genus: genera, then ` +
        'species within); seen and unseen are drawn independently. They speak of other species drawn like these, not of another region or laboratory.',
    ],
    warnings: [...new Set(systems.flatMap(systemWarnings))],
    provenance: { ...provenance, encoders: systems.flatMap(({ sources = [] }) => sources) },
  };
}

function systemWarnings({ name, kind, sources = [], runs }: RetrievalSystem): string[] {
  const warnings = runs.flatMap((run) => run.warnings ?? []).map((warning) => `${name}: ${warning}`);
  for (const source of sources) {
    if (source.corpus !== undefined) continue;
    warnings.push(`${name}: what '${source.id}' was trained on is unknown; it may have seen the test set.`);
  }
  if ((kind === 'self-supervised' || kind === 'labels used') && runs.length < 3) {
    const count = runs.length === 1 ? 'one training run' : `${runs.length} training runs`;
    warnings.push(`${name}: ${count}; the spread over seeds is not known.`);
  }
  return warnings;
}
