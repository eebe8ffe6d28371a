/**
 * # Any DNA encoder in the table
 *
 * Nucleotide Transformer, HyenaDNA, DNABERT-2, or one of your own: whatever exports to ONNX stands beside k-mers and alignment, on the same queries
 * with the same intervals.
 *
 *     pnpm tsx examples/13-any-dna-encoder.ts                                    three small random stand-ins on simulated records
 *     pnpm tsx examples/13-any-dna-encoder.ts --data insects.tsv.gz --encoder dnabert-2.json --encoder nt.json
 *
 * Options: --data <table>, --encoder <description.json> (repeat), --out <folder>, --cap <records of a species>, --quick (tiny, for tests).
 * A description: { "model": "model.onnx", "recipe": "dnabert-2", "vocabulary": "tokenizer.json" }, paths relative to it. The recipe says what the published weights
 * learned from; "kind": "labels used" or "baseline" (untrained) says otherwise, and is needed without a recipe.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { rng } from '@bioscan/core';
import {
  alignmentSystem,
  encoderSystem,
  kmerSystem,
  openDescribedEncoder,
  openWorldReport,
  openWorldSets,
  type SystemRuns,
} from '@bioscan/cli';
import { planOpenWorldSplit, readSpecimenTable } from '@bioscan/data';
import { reportPage, tableText } from '@bioscan/report';
import { openRuntime } from '@bioscan/runtime/node';
import { simulate } from '@bioscan/sim';

const { values: options } = parseArgs({
  options: {
    data: { type: 'string' },
    encoder: { type: 'string', multiple: true, default: [] },
    out: { type: 'string', default: 'out/any-dna-encoder' },
    cap: { type: 'string', default: '60' },
    quick: { type: 'boolean', default: false },
  },
});
await mkdir(options.out, { recursive: true });

// ## 1. Describe the encoders
//
// A file says where the model is, how it reads barcodes and how token vectors become one. The five recipes are those of the papers' tables. Without encoders of
// your own, three small ones with random weights show how each kind is read: they were never trained, so expect little of them.

const stand = resolve('fixtures/dna/encoders');
const standIns = {
  'byte pairs, ALiBi (as DNABERT-2), random': {
    model: 'alibi.onnx',
    recipe: 'dnabert-2',
    vocabulary: 'tokenizer.json',
  },
  '3-mers, rotary (as NT), random': {
    model: 'esm.onnx',
    recipe: 'nucleotide-transformer',
    vocabulary: 'vocab.txt',
    maxTokens: 128,
  },
  'letters, Hyena (as HyenaDNA), random': { model: 'hyena.onnx', recipe: 'hyenadna' },
};
const descriptions = [...options.encoder];
if (descriptions.length === 0) {
  for (const [name, { model, ...rest }] of Object.entries(standIns)) {
    const vocabulary = 'vocabulary' in rest ? { vocabulary: fromOut(rest.vocabulary) } : {};
    const path = join(options.out, `${model}.json`);
    await writeFile(
      path,
      JSON.stringify({ name, kind: 'baseline', model: fromOut(model), ...rest, ...vocabulary }, undefined, 2),
    );
    descriptions.push(path);
  }
}

// ## 2. Records and their roles

const simulation = simulate(
  options.quick ? { specimens: 500, species: 60, orders: 3 } : { specimens: 2000, species: 160 },
);
const table = options.data === undefined ? undefined : await readSpecimenTable(options.data);
const records = table === undefined ? simulation.specimens : [...table];
const banner = table === undefined ? simulation.banner : undefined;
if (banner !== undefined) console.log(banner);
const plan = planOpenWorldSplit(records, { seed: 1, speciesCap: Number(options.cap) });
const sets = openWorldSets(records, plan.assignment);

// ## 3. Open them and ask everyone the same
//
// A model and a tokenizer that do not fit are found on opening. Vectors of others are read without a transform here: `bioscan probe --onnx` also tries centring.

const runtime = openRuntime();
const systems: SystemRuns[] = [
  { name: '6-mers', kind: 'baseline', runs: [{ system: await kmerSystem(6, sets, runtime) }] },
  { name: 'alignment', kind: 'baseline', runs: [{ system: alignmentSystem(sets.keys) }] },
];
for (const path of descriptions) {
  const { name, kind, encoder } = await openDescribedEncoder(path, runtime);
  console.log(name, JSON.stringify(encoder.provenance.settings));
  const system = await encoderSystem(encoder, sets.keys, runtime, { name, kind });
  systems.push({ name, kind, runs: [{ system }] });
}
const report = await openWorldReport({
  sets,
  systems,
  runtime,
  rng: rng(1),
  text: {
    title: 'DNA encoders of others beside k-mers and alignment',
    limits: [
      'One gene, one split.',
      ...(options.encoder.length === 0
        ? ['The encoders have random weights: they show how encoders are read, not what such models can do.']
        : []),
    ],
    warnings: plan.warnings,
    provenance: {
      command: `examples/13-any-dna-encoder.ts ${process.argv.slice(2).join(' ')}`,
      seeds: [1],
      splitHash: plan.hash,
      ...(table === undefined ? {} : { dataHash: table.source.sha256 }),
      versions: { node: process.versions.node },
    },
    ...(banner === undefined ? {} : { banner }),
  },
  onProgress: (what) => {
    console.log(`  ${what}`);
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

/** Descriptions name files relative to themselves. */
function fromOut(name: string): string {
  return relative(resolve(options.out), join(stand, name));
}
