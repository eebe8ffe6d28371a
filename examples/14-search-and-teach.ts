/**
 * # Which size, and what names teach
 *
 * Two questions about a small encoder of one's own. Which k-mer length, layers and heads? And what do the names of the references teach, on the genus of
 * species that have none? Both go on where they were stopped.
 *
 *     pnpm tsx examples/14-search-and-teach.ts                                             simulated records, a few minutes
 *     pnpm tsx examples/14-search-and-teach.ts --data insects.tsv.gz --seeds 1,2,3 --steps 300 --no-sweep
 *
 * Options: --data <table>, --out <folder>, --cap <records of a species>, --steps <n> (of metric learning), --seeds <n,n,…>, --no-sweep, --quick (tiny, for tests).
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { rng } from '@bioscan/core';
import { metricPresets } from '@bioscan/align';
import {
  alignedSitesSystem,
  alignmentSystem,
  kmerSystem,
  metricSystem,
  openWorldReport,
  openWorldSets,
  planSweep,
  runSweep,
  sweepGrid,
  sweepReport,
  type System,
  type SystemRuns,
} from '@bioscan/cli';
import { planOpenWorldSplit, readSpecimenTable } from '@bioscan/data';
import { augmentedTower, barcodeBert, barcodeCnn, frameShift, hiddenLetters, profileTower } from '@bioscan/dna';
import { barcodeProfile } from '@bioscan/dna/baselines';
import { reportPage, tableText } from '@bioscan/report';
import { nodeStore, openRuntime } from '@bioscan/runtime/node';
import { simulate } from '@bioscan/sim';

const { values: options } = parseArgs({
  allowNegative: true,
  options: {
    data: { type: 'string' },
    out: { type: 'string', default: 'out/search-and-teach' },
    cap: { type: 'string', default: '60' },
    steps: { type: 'string' },
    seeds: { type: 'string', default: '1' },
    sweep: { type: 'boolean', default: true },
    quick: { type: 'boolean', default: false },
  },
});
const { quick } = options;
const seeds = options.seeds.split(',').map(Number);
const steps = Number(options.steps ?? (quick ? '2' : '150'));
await mkdir(options.out, { recursive: true });

// ## 1. Records and their roles

const simulation = simulate(quick ? { specimens: 500, species: 60, orders: 3 } : { specimens: 2000, species: 160 });
const table = options.data === undefined ? undefined : await readSpecimenTable(options.data);
const records = table === undefined ? simulation.specimens : [...table];
const banner = table === undefined ? simulation.banner : undefined;
if (banner !== undefined) console.log(banner);
const split = planOpenWorldSplit(records, { seed: 1, speciesCap: Number(options.cap) });
const sets = openWorldSets(records, split.assignment);
const runtime = openRuntime();
const store = nodeStore(options.out);
const provenance = {
  command: `examples/14-search-and-teach.ts ${process.argv.slice(2).join(' ')}`,
  seeds,
  splitHash: split.hash,
  ...(table === undefined ? {} : { dataHash: table.source.sha256 }),
  versions: { node: process.versions.node },
};
const shared = banner === undefined ? {} : { banner };

// ## 2. Search: k-mer length x layers x heads
//
// Each cell is a pretraining run, seed 0 whatever --seeds says, and the paper's probes: fine-tuned, linear, 1-NN. Shapes are chosen on validation, and only the
// chosen ones are shown on test. Finished cells are files. The paper's cells are 768 wide and trained for 35 epochs; these are small, so that the search ends today.

if (options.sweep) {
  const plan = planSweep(sets, {
    shapes: quick ? sweepGrid([3, 4], [1], [2]) : sweepGrid([4, 6], [1, 2], [2, 4]),
    width: quick ? 16 : 64,
    budget: { steps: quick ? 3 : 60, batchSize: quick ? 8 : 32, peakLearningRate: 1e-3 },
    probes: quick ? ['knn', 'fine-tuned'] : ['knn', 'linear', 'fine-tuned'],
    fineTuning: { steps: quick ? 3 : 60, batchSize: quick ? 8 : 32, peakLearningRate: 1e-3 },
  });
  const result = await runSweep(plan, sets, {
    runtime,
    store,
    onProgress: ({ name }, what, done, total) => {
      if (done === undefined || done === total)
        console.log(`  ${name}: ${what}${done === undefined ? '' : ` ${done}/${total ?? done}`}`);
    },
  });
  const report = sweepReport(result, {
    ...{ title: 'Which k-mers, layers and heads', provenance, ...shared },
    limits: ['Small and briefly trained: the search of the paper is another.'],
  });
  for (const one of report.tables) console.log(tableText(one));
  for (const line of report.summary) console.log(line);
  await writeFile(join(options.out, 'sweep.json'), JSON.stringify(report));
  await writeFile(join(options.out, 'sweep.html'), await reportPage(report));
}

// ## 3. What names teach
//
// In the open world the genus is known, so the references' names may teach: a softmax over cosines, or supervised contrast at genus and species, on three towers. These
// rows say `labels used` and are never mixed with self-supervised ones.

const profile = barcodeProfile(sets.keys.map(({ input }) => input));
const bert = quick ? { k: 4, layers: 1, heads: 2, width: 16 } : { k: 4, layers: 2, heads: 4, width: 128 };
const cnn = { normalisation: 'group', ...(quick ? { widths: [8, 8, 8], dimension: 16 } : {}) } as const;
const towers = {
  sites: profileTower(profile, { hidden: 0.7 }),
  CNN: augmentedTower(barcodeCnn(cnn), hiddenLetters(0.3), 'hidden letters 0.3'),
  BarcodeBERT: augmentedTower(barcodeBert(bert), frameShift(bert.k), 'frame shift'),
};
const taught: SystemRuns[] = [];
for (const [tower, built] of Object.entries(towers)) {
  for (const preset of metricPresets) {
    const name = `${tower}, ${preset}`;
    const runs: { seed: number; system: System }[] = [];
    for (const seed of seeds) {
      const system = await metricSystem(
        sets,
        {
          ...{ name, tower: built, preset, seed, width: quick ? 16 : 512 },
          budget: {
            steps,
            batchSize: quick ? 16 : tower === 'BarcodeBERT' ? 64 : 256,
            peakLearningRate: tower === 'sites' ? 3e-4 : 1e-3,
          },
        },
        {
          runtime,
          store,
          prefix: `taught/${split.hash.slice(0, 8)}-${tower}-${preset}-${steps}-${seed}/`,
          onProgress: ({ done, total, measures, remainingSeconds }) => {
            if (done % Math.max(1, Math.round(total / 3)) === 0)
              console.log(
                `  ${name}, seed ${seed}: step ${done}/${total}, loss ${(measures['loss'] ?? Number.NaN).toFixed(3)}, ${remainingSeconds.toFixed(0)} s left`,
              );
          },
        },
      );
      runs.push({ seed, system });
    }
    taught.push({ name, kind: 'labels used', runs });
  }
}
const report = await openWorldReport({
  sets,
  systems: [
    { name: '6-mers', kind: 'baseline', runs: [{ system: await kmerSystem(6, sets, runtime) }] },
    { name: 'alignment', kind: 'baseline', runs: [{ system: alignmentSystem(sets.keys) }] },
    { name: 'aligned sites', kind: 'baseline', runs: [{ system: await alignedSitesSystem(sets, runtime) }] },
    ...taught,
  ],
  runtime,
  rng: rng(1),
  text: {
    title: 'What the names of references teach about species without any',
    limits: ['One gene, one split. Rows of kind `labels used` saw the names of seen species; the others did not.'],
    warnings: split.warnings,
    provenance,
    ...shared,
  },
});
await runtime.close();
for (const line of report.summary) console.log(line);
const [main] = report.tables;
if (main !== undefined) console.log(tableText(main));
const page = join(options.out, 'report.html');
await writeFile(page, await reportPage(report));
await writeFile(join(options.out, 'report.json'), JSON.stringify(report));
console.log(`Report: ${page}`);
