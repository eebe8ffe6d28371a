/**
 * # Barcode distances by rank
 *
 * How far apart are the barcodes of one species, one genus, one order? Where is the gap between species, and which names are too wide to be one
 * species? The BIOSCAN-5M paper's Figures 14 to 16, on your own table.
 *
 *     pnpm tsx examples/05-barcode-distances.ts                             simulated records with some wrong labels
 *     pnpm tsx examples/05-barcode-distances.ts --data insects.tsv.gz       your own table
 *
 * Options: --data <table>, --measure <p | k2p | levenshtein | damerau | paper>, --specimens <n>, --out <folder>.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readSpecimenTable } from '@bioscan/data';
import {
  barcodeGaps,
  distanceMeasures,
  distanceReport,
  distancesByRank,
  globalThreshold,
  haplotypes,
  nearestPairs,
  planDistances,
  thresholdCount,
} from '@bioscan/qc';
import { drawFigure, tableText } from '@bioscan/report';
import { nodeStore } from '@bioscan/runtime/node';
import { noErrors, simulate, worlds } from '@bioscan/sim';

const { values: options } = parseArgs({
  options: {
    data: { type: 'string' },
    measure: { type: 'string', default: 'p' },
    specimens: { type: 'string', default: '1200' },
    out: { type: 'string', default: 'out/barcode-distances' },
  },
});
const measure = distanceMeasures.find((name) => name === options.measure);
if (measure === undefined) throw new RangeError(`--measure is one of ${distanceMeasures.join(', ')}`);
await mkdir(options.out, { recursive: true });

// ## 1. Records
//
// A table with names and barcodes. Without one, a simulated collection in which 1.5 percent of the records got the name of another species.

const specimens = Number(options.specimens);
const world = {
  ...worlds.complete,
  errors: { ...noErrors, 'mislabelled-near': 0.01, 'mislabelled-far': 0.005 },
};
const simulation = simulate({ specimens, species: Math.ceil(specimens / 16), world });
const records = options.data === undefined ? simulation.specimens : [...(await readSpecimenTable(options.data))];
if (options.data === undefined) console.log(simulation.banner);

// ## 2. The plan
//
// What will be compared is known before anything is: groups, pairs, and which groups are too large to be compared whole.

const plan = planDistances(records, { measure });
for (const { rank, name, pairs, compared } of plan.groups.filter((group) => !group.exact)) {
  console.log(`${rank} ${name}: ${compared} of ${pairs} pairs drawn`);
}

// ## 3. The distances
//
// With a store, a run that was stopped goes on where it was.

const found = await distancesByRank(plan, { store: nodeStore(options.out) });
const { summary, tables, figures, findings, warnings } = distanceReport(plan, found, records);
for (const line of [...summary, ...warnings]) console.log(line);
for (const table of tables) console.log(`\n${table.title}\n${tableText(table)}`);
for (const [i, figure] of figures.entries()) {
  await writeFile(join(options.out, `figure-${i + 1}.svg`), await drawFigure(figure));
}

// ## 4. Too wide to be one species?
//
// The names that stand out, and the records at both ends. In a simulation the truth is known.

const planted = new Map(simulation.errors.map(({ processId, kind }) => [processId, kind]));
const named = findings.filter(({ records: ends }) => ends.some((id) => planted.has(id))).length;
if (options.data === undefined) {
  console.log(`\n${findings.length} names stand out; ${named} of them have a planted error at one end`);
}

// ## 5. The barcode gap
//
// Over different barcodes: the largest distance within a species against the smallest to another, whatever its genus. `nearestPairs` finds both.

const list = haplotypes(records);
const gaps = barcodeGaps(list, nearestPairs(list), records).species;
const defined = gaps.filter(({ gap }) => gap !== undefined);
console.log(
  `\n${gaps.length} species, ${defined.length} with two haplotypes or more and another species to compare with`,
);
console.log(
  `${defined.filter(({ gap = 0 }) => gap > 0).length} have a gap, ${defined.filter(({ pairwise }) => pairwise).length} from both sides`,
);
const best = globalThreshold(gaps);
for (const count of [thresholdCount(gaps, 0.02), ...(best === undefined ? [] : [best])]) {
  const { threshold, delimited, split, lumped } = count;
  console.log(`threshold ${(100 * threshold).toFixed(2)} %: ${delimited} right, ${split} split, ${lumped} lumped`);
}
console.log(`Pictures: ${options.out}`);
