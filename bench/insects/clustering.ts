/**
 * Zero-shot clustering of real barcodes: AMI at every rank and the BIN, by spec of the published protocol (UMAP to 50 dimensions from 30 neighbours, Ward,
 * as many clusters as true species), of the queries of an open-world split, one record a haplotype. Pretrained, untrained, k-mers, aligned sites,
 * alignment, learned sites.
 *
 *     npx tsx -C @bioscan/source bench/insects/clustering.ts --data insects.tsv.gz
 *
 * Options: --cap <records of a species, default 60>, --steps <of pretraining, default 300>, --seeds <of UMAP, default 3>, --out <folder>, --quick (tiny).
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { barcodeHash, collect, embed, rng, type EmbeddingBlock, type Encoder } from '@bioscan/core';
import { learnedSitesSystem, openWorldSets } from '@bioscan/cli';
import { planOpenWorldSplit, readSpecimenTable } from '@bioscan/data';
import { barcodeBert, barcodeEncoder, maskedObjectives, pretrain, untrainedCheckpoint } from '@bioscan/dna';
import type { BarcodeCheckpoint } from '@bioscan/dna';
import { alignmentNeighbours, barcodeProfile, kmerEncoder, profileEncoder } from '@bioscan/dna/baselines';
import { clusteringReport, umap, zeroShotClustering } from '@bioscan/eval';
import type { ClusteringSystem, RowKind, UmapOptions } from '@bioscan/eval';
import { drawFigure, reportPage, reportText } from '@bioscan/report';
import { exactNeighbours } from '@bioscan/runtime';
import { nodeStore, openRuntime } from '@bioscan/runtime/node';

const { values: options } = parseArgs({
  options: {
    data: { type: 'string' },
    cap: { type: 'string', default: '60' },
    steps: { type: 'string', default: '300' },
    seeds: { type: 'string', default: '3' },
    out: { type: 'string', default: 'out/insects-clustering' },
    quick: { type: 'boolean', default: false },
  },
});
if (options.data === undefined) throw new RangeError('--data <table> is needed');
const { quick, out } = options;
const [cap, steps, seeds] = [Number(options.cap), Number(options.steps), Number(options.seeds)];
const model = quick ? { k: 4, layers: 1, heads: 2, width: 16 } : { k: 5, layers: 2, heads: 4, width: 128 };
const started = performance.now();
await mkdir(out, { recursive: true });

const table = await readSpecimenTable(options.data);
const records = [...table];
const plan = planOpenWorldSplit(records, { seed: 1, speciesCap: cap });
const sets = openWorldSets(records, plan.assignment);
const seen = new Set<string>();
const queries = [...sets.test, ...sets.testUnseen].filter(({ input }) => {
  const haplotype = barcodeHash(input);
  return !seen.has(haplotype) && seen.add(haplotype);
});
const haplotypes = new Map(queries.map(({ id, input }) => [id, barcodeHash(input)]));
say(`${queries.length} haplotypes of test and test_unseen`);

const runtime = openRuntime();
const systems: ClusteringSystem[] = [];
const profile = barcodeProfile(sets.keys.map(({ input }) => input));
const sites = await add('aligned sites', 'baseline', profileEncoder(profile));
await add('6-mers', 'baseline', kmerEncoder({ k: quick ? 4 : 6 }));
// The start is the aligned sites', the graph the alignments'. Neighbours of one haplotype are asked among the others.
await cluster('alignment', 'baseline', sites, {
  nearest: (k) => alignmentNeighbours(queries, queries, { k, prefilter: { candidates: 2 * k }, minimumOverlap: 50 }),
});
const bert = barcodeBert(model);
await addCheckpoint('untrained BarcodeBERT', 'baseline', untrainedCheckpoint(bert, 1));
const { checkpoint } = await pretrain(
  {
    tower: bert,
    objective: maskedObjectives.barcodemae,
    barcodes: sets.corpus,
    budget: { steps, batchSize: 32, peakLearningRate: 1e-3 },
    seed: 1,
  },
  { runtime, store: nodeStore(join(out, `pretrained-${plan.hash.slice(0, 8)}-${steps}`)) },
);
await addCheckpoint(`BarcodeBERT, ${steps} steps`, 'self-supervised', checkpoint);
const learned = await learnedSitesSystem(sets, {
  runtime,
  store: nodeStore(join(out, 'learned-sites')),
  prefix: `${plan.hash.slice(0, 8)}-${steps}/`,
  seed: 1,
  steps,
});
if (learned.vectors !== undefined) await cluster('learned sites', 'labels used', await learned.vectors(queries));
await runtime.close();

const report = clusteringReport({
  title: 'Zero-shot clustering of real barcodes',
  systems,
  limits: [
    'One gene of four insect orders; the number of clusters was told (as many as true species). One training run a row.',
  ],
  provenance: {
    command: `bench/insects/clustering.ts ${process.argv.slice(2).join(' ')}`,
    seeds: Array.from({ length: seeds }, (_, i) => i + 1),
    splitHash: plan.hash,
    dataHash: table.source.sha256,
    versions: { node: process.versions.node },
  },
});
await writeFile(join(out, 'report.md'), reportText(report));
await writeFile(join(out, 'report.json'), JSON.stringify(report));
await writeFile(join(out, 'report.html'), await reportPage(report));
const [byRank] = report.figures;
if (byRank !== undefined) await writeFile(join(out, 'ami.svg'), await drawFigure(byRank));
console.log(reportText(report));
say(`tables: ${join(out, 'report.md')}`);

async function add(name: string, kind: RowKind, encoder: Encoder<string>): Promise<EmbeddingBlock> {
  const block = await collect(embed(encoder, queries));
  await cluster(name, kind, block);
  return block;
}

/** Read out as published: mean of the last layer over the tokens that are not padding. */
async function addCheckpoint(name: string, kind: RowKind, of: BarcodeCheckpoint): Promise<void> {
  const encoder = await barcodeEncoder(of, runtime, { layer: of.config.layers, pooling: 'masked-mean' });
  await add(name, kind, encoder);
  await encoder.close();
}

async function cluster(name: string, kind: RowKind, block: EmbeddingBlock, given: UmapOptions = {}): Promise<void> {
  const small = quick ? { dimension: 8, neighbours: 10, epochs: 60 } : {};
  const reducer = umap({
    search: (asked, keys, k) => exactNeighbours(runtime, asked, keys, { k, metric: 'dot' }),
    ...small,
    ...given,
  });
  // As published: Euclidean, features as they are.
  const recipe = { name: 'paper', standardise: false, reducer, method: 'ward', clusters: 'true-species' } as const;
  const task = {
    block,
    labels: sets.labels,
    modalities: ['dna'] as const,
    haplotypeOf: (id: string) => haplotypes.get(id),
  };
  const clustering = await zeroShotClustering(task, { recipe, rng: rng(1), seeds, draws: quick ? 10 : 50 });
  systems.push({ name, kind, clustering });
  const ami = clustering.ranks.map(
    ({ rank, ami: found }) => `${rank} ${(100 * (found?.value ?? Number.NaN)).toFixed(1)}`,
  );
  say(`${name}: AMI ${ami.join(', ')}`);
}

function say(what: string): void {
  console.log(`${((performance.now() - started) / 1000).toFixed(0)} s  ${what}`);
}
