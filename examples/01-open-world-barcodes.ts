/**
 * # Open-world barcodes
 *
 * A new insect arrives with its barcode. Is its species among the references? If not, which genus is it? This notebook goes from a table
 * of records to an honest answer: split, audit, pretrain, probe, and the baselines that a learned encoder has to beat.
 *
 *     pnpm tsx examples/01-open-world-barcodes.ts                      simulated records, a few minutes
 *     pnpm tsx examples/01-open-world-barcodes.ts --data insects.tsv.gz    your own table
 *
 * Options: --data <table>, --out <folder>, --cap <records of a species>, --steps <n,n,…> (budgets; none: no pretraining), --seeds <n,n,…>, --objective <name>,
 * --blast (a row of the installed BLAST+, which takes minutes), --no-robustness, --quick (tiny, for tests).
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { rng } from '@bioscan/core';
import {
  alignedSitesSystem,
  alignmentSystem,
  blastRuns,
  checkpointSystem,
  kmerSystem,
  learnedSitesSystem,
  distinctBarcodes,
  openWorldReport,
  openWorldSets,
  readOutTable,
  robustnessCases,
  sharedBinTable,
  sintaxSystem,
  untrainedSystem,
  type CheckpointRun,
  type System,
  type SystemRuns,
} from '@bioscan/cli';
import { planOpenWorldSplit, readSpecimenTable, splitTable, validateSplits } from '@bioscan/data';
import {
  barcodeBert,
  contrastiveObjective,
  maskedObjectives,
  pretrain,
  type HeldOutScores,
  type PretrainingObjective,
} from '@bioscan/dna';
import { resampler } from '@bioscan/eval';
import { checkLeakage } from '@bioscan/qc';
import { drawFigure, reportPage, reportText, tableText } from '@bioscan/report';
import { nodeStore, openRuntime } from '@bioscan/runtime/node';
import { simulate } from '@bioscan/sim';

const { values: options } = parseArgs({
  options: {
    data: { type: 'string' },
    out: { type: 'string', default: 'out/open-world' },
    steps: { type: 'string' },
    seeds: { type: 'string' },
    objective: { type: 'string', default: 'barcodemae' },
    cap: { type: 'string', default: '200' },
    blast: { type: 'boolean', default: false },
    robustness: { type: 'boolean', default: true },
    quick: { type: 'boolean', default: false },
  },
  allowNegative: true,
});
const { quick } = options;
/** The demo keeps to what fits into a few minutes; your own table gets every row. */
const thorough = options.data !== undefined;
const seeds = (options.seeds ?? '1').split(',').map(Number);
const budgets = options.steps === 'none' ? [] : (options.steps ?? (quick ? '4' : '240')).split(',').map(Number);
const model = quick ? { k: 4, layers: 1, heads: 2, width: 16 } : { k: 5, layers: 2, heads: 4, width: 128 };
const demoCases = quick
  ? ['as they are']
  : ['as they are', 'frame offset 1', 'window of 100', 'window of 200', 'window of 400'];
const started = performance.now();
await mkdir(options.out, { recursive: true });

// ## 1. Records
//
// Any table with process ids, names, BINs and barcodes. Without one, a simulated collection: barcodes that evolved on a taxonomy.

const simulation = simulate(quick ? { specimens: 500, species: 60, orders: 3 } : { specimens: 3000, species: 220 });
const table = options.data === undefined ? undefined : await readSpecimenTable(options.data);
const records = table === undefined ? simulation.specimens : [...table];
const banner = table === undefined ? simulation.banner : undefined;
if (banner !== undefined) print(banner);
print(`${records.length} records, ${new Set(records.flatMap(({ lineage }) => lineage.species ?? [])).size} species`);
if (table !== undefined) print(`${table.rejects.count} rows set aside`, table.rejects.byReason);

// ## 2. Who is seen, who is unseen
//
// Whole barcodes are dealt, never rows, and whole species are held out together with every species that shares a BIN with them.

const plan = planOpenWorldSplit(records, { seed: 1, speciesCap: Number(options.cap) });
print(tableText(splitTable(records, plan.assignment)));
for (const finding of validateSplits(records, plan.assignment, 'open-world')) print(finding.severity, finding.message);

// ## 3. Does anything leak?

const audit = checkLeakage(records, plan.assignment);
print(tableText(audit.table));

// BINs of unseen species are kept out of pretraining. Where a split of your own lets them in, delete them and run again: the second score is the honest one.

const unseenSplits = ['val_unseen', 'test_unseen'];
const splitOf = (id: string): string => plan.assignment.get(id) ?? '';
const unseenBins = new Set(
  records.flatMap(({ processId, bin }) => (unseenSplits.includes(splitOf(processId)) ? (bin ?? []) : [])),
);
const shared = records.filter(
  ({ processId, bin }) => splitOf(processId) === 'pretrain' && bin !== undefined && unseenBins.has(bin),
);
const binNote = `${shared.length} pretraining records carry one of the ${unseenBins.size} BINs of unseen species: deleting them changes ${shared.length === 0 ? 'nothing' : 'the corpus; the scores below are before'}.`;
print(binNote);

// ## 4. Pretrain without labels
//
// One run a budget and seed. A run that was stopped goes on where it was; the same arguments give the same bytes.

const runtime = openRuntime();
const sets = openWorldSets(records, plan.assignment);
const objectives: Readonly<Record<string, PretrainingObjective>> = {
  ...maskedObjectives,
  contrastive: contrastiveObjective(),
};
const objective = objectives[options.objective];
if (objective === undefined) throw new RangeError(`--objective is one of ${Object.keys(objectives).join(', ')}`);
const shape = `${model.k}-${model.layers}-${model.heads}x${model.width}`;
const heldOutBarcodes = rng(1)
  .split('held-out')
  .shuffle(distinctBarcodes(records, plan.assignment, ['val']))
  .slice(0, 512);
const held: { steps: number; seed: number; scores: HeldOutScores }[] = [];
const pretrained: { name: string; kind: 'self-supervised'; runs: CheckpointRun[] }[] = [];
for (const steps of budgets) {
  const name = `BarcodeBERT ${model.k}-${model.layers}-${model.heads} x ${model.width}, ${steps} steps`;
  const runs: CheckpointRun[] = [];
  for (const seed of seeds) {
    const { checkpoint, heldOut } = await pretrain(
      {
        tower: barcodeBert(model),
        objective,
        barcodes: sets.corpus,
        validation: heldOutBarcodes,
        budget: { steps, batchSize: 32, peakLearningRate: 1e-3 },
        seed,
      },
      {
        runtime,
        store: nodeStore(join(options.out, `${plan.hash.slice(0, 8)}-${shape}-${options.objective}-${steps}-${seed}`)),
        onProgress: progressEvery(steps, name),
      },
    );
    held.push({ steps, seed, scores: heldOut ?? {} });
    runs.push(await checkpointSystem(checkpoint, seed, name, sets, runtime));
  }
  pretrained.push({ name, kind: 'self-supervised', runs });
}

// ## 5. Learn from the names of seen species
//
// In the open world the genus is known, so the references' names may teach: a linear map of aligned sites, in seconds. Its row says `labels used`.

const learned: { seed: number; system: System }[] = [];
for (const seed of thorough || quick ? seeds : []) {
  const steps = quick ? 4 : 300;
  const system = await learnedSitesSystem(sets, {
    runtime,
    store: nodeStore(join(options.out, 'learned-sites')),
    prefix: `${plan.hash.slice(0, 8)}-${steps}-${seed}/`,
    seed,
    steps,
    onProgress: progressEvery(steps, 'learned sites'),
  });
  learned.push({ seed, system });
}

// ## 6. The baselines
//
// k-mer vectors, aligned sites and alignment need no training; the untrained encoder shows what the architecture alone gives.

const untrained: CheckpointRun[] = [];
for (const seed of seeds) untrained.push(await untrainedSystem(barcodeBert(model).config, seed, sets, runtime));
const kmers: SystemRuns[] = [];
for (const k of thorough ? [6, 5, 4, 3] : [6, 4]) {
  kmers.push({ name: `${k}-mers`, kind: 'baseline', runs: [{ system: await kmerSystem(k, sets, runtime) }] });
}
const systems: SystemRuns[] = [
  ...kmers,
  { name: 'aligned sites', kind: 'baseline', runs: [{ system: await alignedSitesSystem(sets, runtime) }] },
  { name: 'alignment', kind: 'baseline', runs: [{ system: alignmentSystem(sets.keys) }] },
  ...(options.blast ? [await blastRuns(sets.keys)] : []),
  { name: 'SINTAX-like votes', kind: 'baseline', runs: [{ system: sintaxSystem(sets, rng(1)) }] },
  { name: 'untrained BarcodeBERT', kind: 'baseline', runs: untrained },
  ...(learned.length === 0 ? [] : [{ name: 'learned sites', kind: 'labels used' as const, runs: learned }]),
  ...pretrained,
];

// ## 7. The same questions to all of them

const report = await openWorldReport({
  sets,
  systems,
  runtime,
  rng: rng(1),
  linear: quick ? [] : ['4-mers', 'untrained BarcodeBERT', ...pretrained.map(({ name }) => name)],
  robustness: robustnessCases.filter(({ name }) => options.robustness && (thorough || demoCases.includes(name))),
  text: {
    title: table === undefined ? 'Open world on simulated barcodes' : 'What small pretraining buys on real barcodes',
    limits: [
      binNote,
      'One gene, one split. The genus of an unseen species can only be found when another species of the genus has a reference.',
      'The encoder is small and was trained for minutes, not days: nothing here speaks of the published models.',
    ],
    warnings: [...plan.warnings, ...audit.warnings],
    provenance: {
      command: `examples/01-open-world-barcodes.ts ${process.argv.slice(2).join(' ')}`,
      seeds,
      splitHash: plan.hash,
      ...(table === undefined ? {} : { dataHash: table.source.sha256 }),
      versions: { node: process.versions.node },
    },
    ...(banner === undefined ? {} : { banner }),
  },
  onProgress: (what) => {
    print(`  ${what}`);
  },
});

// ## 8. How much does a shared BIN help?
//
// Species that share a BIN were held out together. Here they are not, on a split of its own, and their queries stand apart.

const sharedBin = [];
if (table !== undefined) {
  const stratum = planOpenWorldSplit(records, { seed: 1, speciesCap: Number(options.cap), sharedBin: 'stratum' });
  const apart = openWorldSets(records, stratum.assignment);
  const pair = [await kmerSystem(6, apart, runtime), alignmentSystem(apart.keys)];
  sharedBin.push(await sharedBinTable(apart, pair, resampler({ rng: rng(1) })));
}
await runtime.close();

// ## 9. Report and picture

const scoreNames = [...new Set(held.flatMap(({ scores }) => Object.keys(scores)))];
const heldOutTable = {
  title: 'Held-out k-mers: masked accuracy against the commonest k-mer of each position',
  columns: ['steps', 'seed', ...scoreNames],
  rows: held.map(({ steps, seed, scores }) => [
    steps,
    seed,
    ...scoreNames.map((name) => (scores[name] ?? Number.NaN).toFixed(3)),
  ]),
};
const untrainedRuns = { name: 'untrained BarcodeBERT', runs: untrained };
const tables = [...report.tables, heldOutTable, readOutTable([untrainedRuns, ...pretrained]), ...sharedBin];
const page = join(options.out, 'report.html');
const full = { ...report, tables };
await writeFile(page, await reportPage(full));
await writeFile(join(options.out, 'report.json'), JSON.stringify(full));
await writeFile(join(options.out, 'report.md'), reportText(full));
const [glance] = report.figures;
if (glance !== undefined) await writeFile(join(options.out, 'accuracy.svg'), await drawFigure(glance));

for (const line of report.summary) print(line);
const [main] = report.tables;
if (main !== undefined) print(tableText(main));
print(`\n${((performance.now() - started) / 1000).toFixed(0)} s. Picture: ${join(options.out, 'accuracy.svg')}`);
print(`Report: ${page}`);

function print(...what: unknown[]): void {
  console.log(...what);
}

/** A line at every tenth of a run. */
function progressEvery(
  steps: number,
  name: string,
): (progress: { done: number; measures: Readonly<Record<string, number>>; remainingSeconds: number }) => void {
  const every = Math.max(1, Math.floor(steps / 10));
  return ({ done, measures, remainingSeconds }) => {
    if (done % every === 0)
      print(
        `  ${name}: step ${done}/${steps}, loss ${(measures['loss'] ?? Number.NaN).toFixed(3)}, ${remainingSeconds.toFixed(0)} s left`,
      );
  };
}
