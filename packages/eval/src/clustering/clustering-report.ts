import {
  BioscanError,
  type EncoderProvenance,
  type Metric,
  type Report,
  type ReportFigure,
  type ReportTable,
} from '@bioscan/core';
import type { RowKind } from '../probe-task.js';
import { percent, rankName } from '../report-cells.js';
import type { RankAgreement, ZeroShotClustering } from './zero-shot-clustering.js';

export interface ClusteringSystem {
  readonly name: string;
  readonly kind: RowKind;
  readonly sources?: readonly EncoderProvenance[];
  readonly clustering: ZeroShotClustering;
}

export interface ClusteringReportOptions {
  readonly title: string;
  readonly systems: readonly ClusteringSystem[];
  /** What this report cannot show. At least one. */
  readonly limits: readonly string[];
  readonly provenance: Omit<Report['provenance'], 'encoders'>;
  /** A sweep of the weight of the image: adds a figure. */
  readonly imageWeights?: readonly { readonly weight: number; readonly clustering: ZeroShotClustering }[];
  /** "SIMULATED: …" when any of it comes from the simulator. */
  readonly banner?: string;
}

/**
 * AMI at every rank with its ceiling and interval, the other scores, what was clustered; AMI by rank as a figure. Plain JSON.
 * @throws RangeError without limits, BioscanError `bad-input` without systems
 */
export function clusteringReport(options: ClusteringReportOptions): Report {
  const { title, systems, limits, provenance, imageWeights = [], banner } = options;
  if (limits.length === 0) throw new RangeError('eval: clusteringReport needs at least one limit, got none');
  if (systems.length === 0) {
    throw new BioscanError('bad-input', `eval: clustering report '${title}', got no systems, expected one or more`);
  }
  return {
    title,
    ...(banner === undefined ? {} : { banner }),
    summary: [],
    tables: [amiTable(systems), scoresTable(systems), runsTable(systems)],
    figures: [amiFigure(systems), ...weightFigure(imageWeights)],
    limits: [
      ...limits,
      'Zero-shot clusters depend on the recipe: AMI of different recipes, or with duplicates of a haplotype kept, cannot be compared.',
      'Intervals hold over seeds and over species drawn like these; half of the species are drawn, the partition stays.',
    ],
    warnings: [
      ...new Set(
        systems.flatMap(({ name, clustering }) => clustering.warnings.map((warning) => `${name}: ${warning}`)),
      ),
    ],
    provenance: { ...provenance, encoders: systems.flatMap(({ sources = [] }) => sources) },
  };
}

/** Systems by ranks; the last row is the ceiling of the first system's records. */
function amiTable(systems: readonly ClusteringSystem[]): ReportTable {
  const ranks = systems[0]?.clustering.ranks ?? [];
  const rows = systems.flatMap(({ name, kind, clustering }): (string | Metric)[][] => [
    [name, kind, ...ranks.map(({ rank }) => amiCell(clustering.ranks.find((one) => one.rank === rank)))],
  ]);
  const ceilings = ranks.map(({ ceiling, records, rank, classes }) =>
    ceiling === undefined
      ? 'empty'
      : classes < 2
        ? 'one class'
        : { name: `ceiling ${rank}`, value: ceiling, count: records },
  );
  return {
    title: 'Zero-shot clustering: AMI by rank',
    columns: [
      'system',
      'kind',
      ...ranks.map(({ rank, circular }) => `${rankName(rank)}${circular ? ' (circular)' : ''}`),
    ],
    rows: [...rows, ['true species', 'ceiling', ...ceilings]],
    note:
      'One partition held against the labels at each rank; one record a haplotype; arithmetic normalisation. Ceiling: the true species as ' +
      "clusters, for the first system's records. Circular: BINs are clusters of the same DNA.",
  };
}

function amiCell(one: RankAgreement | undefined): string | Metric {
  if (one !== undefined && one.classes === 1) return 'one class';
  return one?.ami ?? 'empty';
}

function scoresTable(systems: readonly ClusteringSystem[]): ReportTable {
  const names = ['ari', 'homogeneity', 'completeness', 'v', 'fowlkesMallows'] as const;
  const rows = systems.flatMap(({ name, clustering }) =>
    clustering.ranks.map(({ rank, records, classes, scores }) => [
      name,
      rankName(rank),
      records,
      classes,
      ...names.map((score) => (scores === undefined ? 'empty' : { name: score, value: scores[score], count: records })),
    ]),
  );
  const columns = [
    'system',
    'rank',
    'records',
    'classes',
    'ARI',
    'homogeneity',
    'completeness',
    'V',
    'Fowlkes-Mallows',
  ];
  return { title: 'Zero-shot clustering: other scores', columns, rows, note: 'Means over seeds.' };
}

function runsTable(systems: readonly ClusteringSystem[]): ReportTable {
  const rows = systems.map(({ name, clustering: { recipe, ids, duplicates, clusters, partitions } }) => {
    const { reducer, standardise, method } = recipe;
    const settings = Object.entries(reducer.settings).map(([key, value]) => `${key} ${value}`);
    const reduction = [reducer.name, ...settings].join(', ');
    const counts = [...new Set(clusters)].join(', ');
    return [
      name,
      recipe.name,
      standardise ? 'yes' : 'no',
      reduction,
      method,
      counts,
      ids.length,
      duplicates,
      partitions.length,
    ];
  });
  const columns = [
    'system',
    'recipe',
    'standardised',
    'reduction',
    'method',
    'clusters',
    'records',
    'same haplotype left out',
    'seeds',
  ];
  return { title: 'Zero-shot clustering: what was done', columns, rows };
}

/** AMI from coarse to fine, a line a system. */
function amiFigure(systems: readonly ClusteringSystem[]): ReportFigure {
  const ceiling = (systems[0]?.clustering.ranks ?? []).flatMap(({ rank, ceiling: y, classes }) =>
    y === undefined || classes < 2 ? [] : [{ x: rankName(rank), y }],
  );
  return {
    title: 'AMI by rank',
    kind: 'line',
    x: { label: 'rank' },
    y: { label: 'adjusted mutual information' },
    series: [
      ...systems.map(({ name, clustering }) => ({ name, points: clustering.ranks.flatMap(amiPoint) })),
      { name: 'true species (ceiling)', reference: true, points: ceiling },
    ],
  };
}

function amiPoint({ rank, ami, classes }: RankAgreement): ReportFigure['series'][number]['points'] {
  // Against a single class every partition has AMI 0.
  if (ami === undefined || classes < 2) return [];
  const { interval, value } = ami;
  return [
    { x: rankName(rank), y: value, ...(interval === undefined ? {} : { low: interval.low, high: interval.high }) },
  ];
}

function weightFigure(sweep: NonNullable<ClusteringReportOptions['imageWeights']>): ReportFigure[] {
  const ranks = sweep[0]?.clustering.ranks ?? [];
  if (sweep.length === 0) return [];
  return [
    {
      title: 'AMI of image and DNA together, by the weight of the image',
      kind: 'line',
      x: { label: 'weight of the image (0: DNA alone, 1: image alone)' },
      y: { label: 'adjusted mutual information' },
      series: ranks.map(({ rank }) => ({
        name: rankName(rank),
        points: sweep.flatMap(({ weight, clustering }) => {
          const found = clustering.ranks.find((one) => one.rank === rank);
          return (found === undefined ? [] : amiPoint(found)).map((point) => ({ ...point, x: weight }));
        }),
      })),
      note: `Weights tried: ${sweep.map(({ weight }) => percent(weight)).join(', ')} %.`,
    },
  ];
}
