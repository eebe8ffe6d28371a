import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rng, type Report, type ReportFigure, type ReportTable } from '@bioscan/core';
import { readSpecimens } from '@bioscan/data';
import { levenshtein } from '@bioscan/dna/distance';
import { reportPage, tableText } from '@bioscan/report';
import {
  barcodeStatistics,
  insectBarcodes,
  kolmogorovSmirnov,
  simulate,
  simulatorVersion,
  wasserstein,
  worlds,
  type BarcodeStatistics,
} from '@bioscan/sim';

/** Seeds that the generator was not fitted on. */
export const realismSeeds: readonly number[] = [401, 402, 403];
export const realismSize = { specimens: 16_000, species: 600 } as const;

/** What one side of the comparison adds to the report. */
export interface RealismPart {
  readonly summary: readonly string[];
  readonly tables: readonly ReportTable[];
  readonly figures: readonly ReportFigure[];
}

/** Parts of the report, in order. Photos come as a part of their own. */
const parts: readonly (() => Promise<RealismPart>)[] = [barcodeRealism];

/** Simulated against real, printed and as one HTML page. */
export async function realismBench(folder = 'out/realism'): Promise<void> {
  const found: RealismPart[] = [];
  for (const part of parts) {
    const one = await part();
    found.push(one);
    for (const table of one.tables) console.log(`\n${table.title}\n${tableText(table)}`);
  }
  const report: Report = {
    title: 'Simulated against real',
    banner: `SIMULATED: property of generator ${simulatorVersion}`,
    summary: found.flatMap(({ summary }) => summary),
    tables: found.flatMap(({ tables }) => tables),
    figures: found.flatMap(({ figures }) => figures),
    limits: [
      'Likeness of one-dimensional distributions is no likeness of the whole: what was not measured was not fitted.',
      'The real barcodes are public records of four insect orders, most of them from identified specimens, not a Malaise trap.',
    ],
    warnings: [],
    provenance: {
      command: 'pnpm bench realism',
      seeds: realismSeeds,
      encoders: [],
      versions: { node: process.versions.node },
    },
  };
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'realism.html'), await reportPage(report));
  await writeFile(join(folder, 'realism.json'), JSON.stringify(report));
  console.log(`\nReport: ${join(folder, 'realism.html')}`);
}

async function barcodeRealism(): Promise<RealismPart> {
  const { real, source } = await realBarcodes();
  const simulated = realismSeeds.map((seed) =>
    measure(simulate({ ...realismSize, seed, world: worlds.standard }).truth, seed),
  );
  const rows = Object.entries(real.values).map(([name, value]) => {
    const found = simulated.map(({ values }) => values[name] ?? Number.NaN);
    const average = found.reduce((sum, one) => sum + one, 0) / found.length;
    return [
      name,
      value.toFixed(3),
      average.toFixed(3),
      (average / value).toFixed(2),
      found.map((one) => one.toFixed(3)).join(' '),
    ];
  });
  const within = rows.filter(([, , , ratio]) => Math.abs(Number(ratio) - 1) <= 0.1).length;
  const pooled = (name: string): number[] =>
    simulated.flatMap(({ samples }) => samples[name] ?? []).sort((a, b) => a - b);
  const distances = Object.entries(real.samples).map(([name, sample]) => [
    name,
    sample.length,
    pooled(name).length,
    kolmogorovSmirnov(sample, pooled(name)).toFixed(3),
    wasserstein(sample, pooled(name)).toFixed(2),
  ]);
  return {
    summary: [
      `${within} of ${rows.length} barcode statistics lie within 10 % of the real ones (${source}), as means over ${realismSeeds.length} seeds.`,
    ],
    tables: [
      {
        title: 'Barcodes: one number a statistic',
        columns: ['statistic', 'real', 'simulated', 'ratio', 'seeds'],
        rows,
      },
      {
        title: 'Barcodes: two samples',
        columns: [
          'distribution',
          'real values',
          'simulated values',
          'Kolmogorov-Smirnov distance',
          'Wasserstein distance',
        ],
        rows: distances,
      },
    ],
    figures: Object.entries(real.samples).map(([name, sample]) => cumulative(name, sample, pooled(name))),
  };
}

/** The real records where they are at hand, the committed aggregates otherwise. */
async function realBarcodes(): Promise<{ readonly real: BarcodeStatistics; readonly source: string }> {
  const folder = process.env['BIOSCAN_REAL_DATA'];
  const table = join(folder ?? '', 'coi/insects.tsv.gz');
  if (folder === undefined || !existsSync(table)) return { real: insectBarcodes, source: 'committed aggregates' };
  const records = [];
  for await (const { lineage, barcode } of readSpecimens(table)) records.push({ lineage, barcode: barcode ?? '' });
  return { real: measure(records, 1), source: 'measured in this run' };
}

function measure(records: Parameters<typeof barcodeStatistics>[0], seed: number): BarcodeStatistics {
  return barcodeStatistics(records, { distance: levenshtein, rng: rng(seed), pairs: 60 });
}

/** Cumulative shares of both samples up to the real 99 % quantile. */
function cumulative(name: string, real: readonly number[], simulated: readonly number[]): ReportFigure {
  const last = Math.max(quantile(real, 0.99), quantile(simulated, 0.99));
  const steps = Array.from({ length: 61 }, (_, i) => (i * last) / 60);
  const series = [
    { name: 'real', sample: real },
    { name: 'simulated', sample: simulated },
  ].map(({ name: label, sample }) => ({
    name: label,
    points: steps.map((x) => ({ x, y: sample.filter((value) => value <= x).length / sample.length })),
  }));
  return { title: name, kind: 'line', x: { label: name }, y: { label: 'share of values up to this' }, series };
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}
