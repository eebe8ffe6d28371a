import type { Report, ReportFigure, ReportMap, ReportTable } from '@bioscan/core';
import { percent } from '../report-cells.js';
import type { GeographyCounts, PlaceCount } from './geography-counts.js';
import { skew, type Skew } from './skew.js';

export interface GeographyReportOptions {
  readonly title: string;
  readonly provenance: Report['provenance'];
  /** Countries and provinces that are listed; the rest is summed up. Default 15. */
  readonly listed?: number;
  readonly limits?: readonly string[];
  readonly warnings?: readonly string[];
  /** "SIMULATED: …" when any of it comes from the simulator. */
  readonly banner?: string;
}

/** Where records come from: countries, provinces, how skewed it is, and a map (the paper's Figure 10). Plain JSON. */
export function geographyReport(counts: GeographyCounts, options: GeographyReportOptions): Report {
  const { title, provenance, listed = 15, limits = [], warnings = [], banner } = options;
  return {
    title,
    ...(banner === undefined ? {} : { banner }),
    summary: summaryOf(counts),
    tables: [
      countTable('Records by country', 'country', counts.countries, counts.records, listed),
      countTable('Records by province', 'province', counts.provinces, counts.records, listed),
      skewTable(counts),
      missingTable(counts),
    ],
    figures: counts.countries.length === 0 ? [] : [countryFigure(counts, listed)],
    maps: [mapOf(counts)],
    limits: [
      ...limits,
      'Counts of records say where was collected, not where insects live; names of countries are as the table has them.',
      `Cells of about ${counts.kilometres} by ${counts.kilometres} km hold equal areas; skew over cells depends on their size.`,
    ],
    warnings: [...warnings, ...warningsOf(counts)],
    provenance,
  };
}

function summaryOf({ records, countries, georeferenced, points }: GeographyCounts): string[] {
  const [first] = countries;
  const most = first === undefined ? '' : ` Most come from ${first.name}: ${percent(first.records / records)} %.`;
  return [
    `${records.toLocaleString('en')} records of ${countries.length} countries; ${georeferenced.toLocaleString('en')} have coordinates, ` +
      `${points.toLocaleString('en')} places in all.${most}`,
  ];
}

function countTable(
  title: string,
  column: string,
  counts: readonly PlaceCount[],
  records: number,
  listed: number,
): ReportTable {
  const share = (count: number): string => percent(count / records);
  const rest = counts.slice(listed);
  const others = rest.reduce((sum, one) => sum + one.records, 0);
  return {
    title,
    columns: [column, 'records', 'share of all, %'],
    rows: [
      ...counts.slice(0, listed).map(({ name, records: count }) => [name, count, share(count)]),
      ...(rest.length === 0 ? [] : [[`${rest.length} others`, others, share(others)]]),
    ],
  };
}

function skewTable({ countries, provinces, cells }: GeographyCounts): ReportTable {
  const row = (name: string, { categories, largest, gini, shannon, effective, half }: Skew): (string | number)[] => [
    name,
    categories,
    percent(largest),
    gini.toFixed(3),
    shannon.toFixed(2),
    effective.toFixed(1),
    half,
  ];
  const of = (counts: readonly { readonly records: number }[]): Skew => skew(counts.map(({ records }) => records));
  return {
    title: 'Skew',
    columns: ['over', 'number', 'fullest, %', 'Gini', 'Shannon, bits', 'effective number', 'half of all in'],
    rows: (
      [
        ['countries', countries],
        ['provinces', provinces],
        ['cells', cells],
      ] as const
    ).flatMap(([name, counts]) =>
      counts.length === 0 ? [[name, 'empty', '–', '–', '–', '–', '–']] : [row(name, of(counts))],
    ),
    note: 'Gini: 0 equal, towards 1 all in one. Effective number: 2 to the Shannon entropy, as many equally full ones are as diverse.',
  };
}

function missingTable({ missing, records }: GeographyCounts): ReportTable {
  const names = {
    country: 'no country',
    province: 'no province',
    coordinates: 'no coordinates',
    halfPairs: 'half a coordinate pair (set aside)',
    outOfRange: 'coordinates off the globe (set aside)',
  } as const;
  return {
    title: 'What records lack',
    columns: ['', 'records', 'share of all, %'],
    rows: (Object.keys(names) as (keyof typeof names)[]).map((key) => [
      names[key],
      missing[key],
      percent(missing[key] / records),
    ]),
  };
}

function countryFigure({ countries }: GeographyCounts, listed: number): ReportFigure {
  return {
    title: 'Records by country',
    kind: 'bar',
    x: { label: 'country' },
    y: { label: 'records' },
    series: [
      { name: 'records', points: countries.slice(0, listed).map(({ name, records }) => ({ x: name, y: records })) },
    ],
  };
}

function mapOf({ cells, kilometres }: GeographyCounts): ReportMap {
  return {
    title: 'Where records come from',
    value: { label: `records a cell of ${kilometres} km by ${kilometres} km` },
    cells: cells.map(({ south, north, west, east, records }) => ({ south, north, west, east, value: records })),
    note: 'Equal Earth projection; colours by powers of ten. Outlines: Natural Earth, 1:110 million; small islands are not drawn.',
  };
}

function warningsOf({ missing: { halfPairs, outOfRange } }: GeographyCounts): string[] {
  return halfPairs + outOfRange === 0
    ? []
    : [
        `${halfPairs} records have half a coordinate pair, ${outOfRange} lie off the globe; their places were set aside.`,
      ];
}
