/**
 * The real two-view test, without a simulator: `BIOSCAN_REAL_DATA=… tsx -C @bioscan/source bench/alignment-study/two-views.ts <out>`.
 * A noisy 120-letter fragment stands for the photo, the rest of the same barcode for the expensive view. Half of the species tune, half report.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { allArms, attribution, attributionReport, powerText } from '@bioscan/align/controls';
import { openArmLanes, twoViewSubject } from '@bioscan/cli';
import { rng, type Report, type Specimen } from '@bioscan/core';
import { readSpecimenTable } from '@bioscan/data';
import { reportPage, reportText } from '@bioscan/report';
import { nodeStore } from '@bioscan/runtime/node';

const root = process.env['BIOSCAN_REAL_DATA'];
if (root === undefined) throw new Error('two-views: BIOSCAN_REAL_DATA must name the folder of the real data');
const [out = 'out/two-views'] = process.argv.slice(2);
const table = await readSpecimenTable(join(root, 'coi/insects.tsv.gz'));
const records: Specimen[] = [...table].filter(
  ({ lineage, barcode }) => lineage.species !== undefined && barcode !== undefined,
);
const names = rng(1)
  .split('halves')
  .shuffle([...new Set(records.map(({ lineage }) => lineage.species as string))].sort());
const tuned = new Set(names.slice(0, Math.floor(names.length / 2)));
const half = (tuning: boolean): Specimen[] =>
  limited(records.filter(({ lineage }) => tuned.has(lineage.species as string) === tuning));
const [tuning, reported] = [
  twoViewSubject({ name: 'insects, tuning species', records: half(true), seed: 1 }),
  twoViewSubject({ name: 'insects', records: half(false), seed: 2 }),
];
const lanes = openArmLanes(2);
const unfit = ['raw + trainable head', 'colour histogram + size', 'image + DNA, head only'];
const result = await attribution(
  {
    arms: allArms().filter(({ name }) => !unfit.includes(name)),
    grid: { learningRates: [1e-3, 3e-3], temperatures: [0.07, 0.2] },
    tuning: [lanes.know(tuning)],
    subjects: [lanes.know(reported)],
    seeds: [1, 2, 3],
    budget: { steps: 300, batchSize: 128, width: 128 },
  },
  {
    run: lanes.run,
    store: nodeStore(join(out, 'runs')),
    concurrency: lanes.count,
    onPower: (power) => {
      console.log(powerText(power));
    },
    onProgress: ({ done, total, job }) => {
      console.log(`${done}/${total} ${job.stage}: ${job.arm.name}`);
    },
  },
);
await lanes.close();
const report = inItsWords(
  attributionReport(result, {
    title: 'An expensive view teaches a cheap one? Two views of real barcodes',
    limits: [
      'A same-gene proxy: both views are one gene of one molecule; nothing here speaks of photos.',
      'Public records of four insect orders, one record a distinct barcode; fragments of one haplotype may still be near-equal.',
      'Both views are centred square-root k-mer frequencies (k = 5) under a head of two layers.',
    ],
    command: 'bench/alignment-study/two-views.ts',
    versions: { node: process.versions.node },
  }),
);
await writeFile(join(out, 'report.json'), JSON.stringify(report));
await writeFile(join(out, 'report.md'), reportText(report));
await writeFile(join(out, 'report.html'), await reportPage(report));
console.log(reportText(report));

/** Up to 300 species with the most records, at most 30 of each. */
function limited(list: readonly Specimen[]): Specimen[] {
  const bySpecies = new Map<string, Specimen[]>();
  for (const record of list) {
    const name = record.lineage.species as string;
    bySpecies.set(name, [...(bySpecies.get(name) ?? []), record]);
  }
  const random = rng(1).split('limit');
  return [...bySpecies]
    .filter(([, members]) => members.length >= 3)
    .sort(([a, x], [b, y]) => y.length - x.length || (a < b ? -1 : 1))
    .slice(0, 300)
    .flatMap(([name, members]) =>
      random
        .split(name)
        .shuffle([...members])
        .slice(0, 30),
    );
}

/** The arms' names speak of photos and DNA; here these are the cheap and the expensive view. */
function inItsWords(value: Report): Report {
  const words = (text: string): string =>
    text
      .replaceAll('Photo to photo', 'Cheap view to cheap view')
      .replaceAll(/\bimage\b/g, 'cheap view')
      .replaceAll(/\bDNA\b/g, 'expensive view')
      .replaceAll(/\bdna\b/g, 'expensive view')
      .replaceAll('of photos', 'of cheap views');
  const { limits, provenance, ...rest } = value;
  return { ...(JSON.parse(words(JSON.stringify(rest))) as typeof rest), limits, provenance };
}
