/**
 * # Is it the DNA?
 *
 * Photos that were trained together with barcodes identify better than before. But would any tuning in the domain have done? This notebook
 * trains three arms on equal terms on one small simulated world, and says what the comparison can and cannot tell.
 *
 *     npm run demo                                       this, then the open-world notebook
 *     pnpm tsx examples/12-attribute.ts                  about a minute
 *     bioscan attribute data/ --out runs/attribute       every arm, on photos and barcodes of your own
 *
 * Options: --out <folder>, --quick (tiny, for tests).
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { arms, attribution, attributionReport, powerText } from '@bioscan/align/controls';
import { openArmLanes, openStudy, type WorldPlan } from '@bioscan/cli';
import { drawFigure, reportPage, tableText } from '@bioscan/report';
import { nodeStore } from '@bioscan/runtime/node';
import { simulatorVersion } from '@bioscan/sim';

const { values: options } = parseArgs({
  options: { out: { type: 'string', default: 'out/attribute' }, quick: { type: 'boolean', default: false } },
});
const { quick, out } = options;
const started = performance.now();
await mkdir(out, { recursive: true });

// ## 1. A world, one to learn to see in, one to tune on
//
// Species, barcodes and looks evolve on one tree; each specimen gets a photo. The photo tower is pretrained on family names of a world that
// is reported nowhere, as one takes an encoder from elsewhere; a third world chooses the points. Species are dealt by the truth: seen ones train,
// unseen ones only have references.

const size = quick ? { specimens: 400, species: 30 } : { specimens: 1200, species: 90 };
const deal = quick ? { seenSpecies: 5, unseenSpecies: 2, cap: 6 } : { seenSpecies: 12, unseenSpecies: 6, cap: 12 };
const plan = (seed: number): WorldPlan => ({ seed, ...size, deal });
const lanes = openArmLanes(2);
const study = await openStudy({
  pretraining: { world: plan(800), steps: quick ? 2 : 150 },
  runtime: lanes.runtime,
  cache: nodeStore(join(out, 'cache')),
  onProgress: (what, { done, total = 0 }) => {
    if (done % 250 === 0) console.log(`  ${what}: ${done}/${total}`);
  },
});
const tuning = lanes.know(study.world(plan(801)));
const world = lanes.know(study.world(plan(1)));
console.log(world.banner ?? '');

// ## 2. Three arms, as data
//
// An arm says what trains, what is minimised, which labels it reads and what it costs. There are twenty of them in `allArms()`:
// BIN labels instead of a DNA tower, text, permuted barcodes … Here: nothing, photos alone with as many passes, photos with their barcodes.

const compared = [arms.raw(), arms.imageOnly({ passes: 1 }), arms.imageDna()];

// ## 3. Tune, state the power, train, compare
//
// Each arm gets the same grid, chosen where nothing is reported. Then the smallest gain that this comparison can see is printed,
// and only then the reported runs begin. Finished runs are files: stop and start as you like.

const result = await attribution(
  {
    arms: compared,
    grid: { learningRates: [3e-3], temperatures: [0.1] },
    tuning: [tuning],
    subjects: [world],
    seeds: [1],
    budget: { steps: quick ? 3 : 150, batchSize: quick ? 16 : 64, width: 64 },
  },
  {
    run: lanes.run,
    store: nodeStore(join(out, 'runs')),
    versions: { generator: simulatorVersion },
    concurrency: lanes.count,
    onPower: (power) => {
      console.log(powerText(power));
    },
    onProgress: ({ done, total, job, reused }) => {
      console.log(`  ${job.stage} ${done}/${total}: ${job.arm.name}${reused ? ' (was there)' : ''}`);
    },
  },
);
await lanes.close();

// ## 4. One table, and the sentence that it supports

const report = attributionReport(result, {
  title: 'Is it the DNA? A quick look at one simulated world',
  limits: ['One world, one seed, one grid point, fewer species than the protocol asks for.'],
  command: 'examples/12-attribute.ts',
  versions: { generator: simulatorVersion, node: process.versions.node },
});
const [main] = report.tables;
if (main !== undefined) console.log(tableText(main));
for (const line of report.summary) console.log(line);

const page = join(out, 'report.html');
await writeFile(page, await reportPage(report));
await writeFile(join(out, 'report.json'), JSON.stringify(report));
const [figure] = report.figures;
if (figure !== undefined) await writeFile(join(out, 'arms.svg'), await drawFigure(figure));
console.log(
  `\n${((performance.now() - started) / 1000).toFixed(0)} s. Picture: ${join(out, 'arms.svg')}\nReport: ${page}`,
);
