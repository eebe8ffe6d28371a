/**
 * # Zero-shot clustering
 *
 * Do frozen vectors fall into clumps that deserve names, with no label used? UMAP, Ward's tree, one partition, held against every rank.
 * Without arguments, barcodes and photos of simulated insects: k-mers, colours, and both together.
 *
 *     pnpm tsx examples/07-zero-shot-clustering.ts
 *     pnpm tsx examples/07-zero-shot-clustering.ts --table specimens.csv --image images.arrow --dna barcodes.arrow
 *
 * Options: --out <folder>, --quick (tiny, for tests).
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  barcodeHash,
  collect,
  embed,
  rng,
  tensor,
  type EmbeddingBlock,
  type Modality,
  type Specimen,
} from '@bioscan/core';
import { readSpecimenTable } from '@bioscan/data';
import { openEmbeddings } from '@bioscan/data/embeddings';
import { kmerEncoder } from '@bioscan/dna/baselines';
import {
  clusteringReport,
  embeddingFigure,
  joinModalities,
  labelTable,
  umap,
  zeroShotClustering,
  type ClusteringRecipe,
  type ZeroShotClustering,
} from '@bioscan/eval';
import { drawFigure, reportPage, tableText } from '@bioscan/report';
import { exactNeighbours } from '@bioscan/runtime';
import { openRuntime } from '@bioscan/runtime/node';
import { photograph, photographer, simulate } from '@bioscan/sim';
import { colourHistogram } from '@bioscan/vision';

const { values: options } = parseArgs({
  options: {
    table: { type: 'string' },
    image: { type: 'string' },
    dna: { type: 'string' },
    out: { type: 'string', default: 'out/clustering' },
    quick: { type: 'boolean', default: false },
  },
});
const { quick } = options;
await mkdir(options.out, { recursive: true });

// ## 1. Frozen vectors

const { records, image, dna, banner } = options.table === undefined ? await simulated() : await yours(options.table);
const labels = labelTable(records);
const haplotypes = new Map(records.map(({ processId, barcode }) => [processId, barcode && barcodeHash(barcode)]));

// ## 2. The published recipe
//
// UMAP to 50 dimensions from 30 neighbours, then Ward with as many clusters as there are true species. One record of a haplotype is kept:
// copies make DNA look better than it is.

const runtime = openRuntime();
const recipe: ClusteringRecipe = {
  name: 'paper, standardised',
  standardise: true,
  reducer: umap({
    search: (queries, keys, k) => exactNeighbours(runtime, queries, keys, { k, metric: 'dot' }),
    ...(quick ? { dimension: 8, neighbours: 10, epochs: 60 } : {}),
  }),
  method: 'ward',
  clusters: 'true-species',
};

async function cluster(block: EmbeddingBlock, modalities: readonly Modality[]): Promise<ZeroShotClustering> {
  console.log(`  ${modalities.join(' and ')}: ${block.ids.length} records`);
  const task = { block, labels, modalities, haplotypeOf: (id: string) => haplotypes.get(id) };
  return zeroShotClustering(task, { recipe, rng: rng(1), seeds: quick ? 1 : 3, draws: quick ? 10 : 50 });
}

const systems = [
  { name: 'image', kind: 'baseline', clustering: await cluster(image, ['image']) },
  { name: 'DNA', kind: 'baseline', clustering: await cluster(dna, ['dna']) },
] as const;

// ## 3. Both together, by weight

const imageWeights = [];
for (const weight of quick ? [0, 0.5, 1] : [0, 0.1, 0.25, 0.5, 0.75, 0.9, 1]) {
  imageWeights.push({ weight, clustering: await cluster(joinModalities(image, dna, weight), ['image', 'dna']) });
}

// A picture of the DNA: two dimensions, one point a haplotype; hover over a point to see what it is.
const { ids } = systems[1].clustering;
const shown = ids.slice(0, 1500);
const rowOf = new Map(dna.ids.map((id, row) => [id, row]));
const width = dna.vectors.shape[1] ?? 0;
const flat = new Float32Array(shown.length * width);
shown.forEach((id, i) => {
  const row = rowOf.get(id) ?? 0;
  flat.set(dna.vectors.data.subarray(row * width, (row + 1) * width), i * width);
});
const plane = umap({ dimension: 2, neighbours: quick ? 10 : 30, minDist: 0.1 });
const points = await plane.reduce(tensor('float32', [shown.length, width], flat), { rng: rng(1) });
await runtime.close();

// ## 4. Report and picture

const report = clusteringReport({
  title: 'Zero-shot clustering',
  systems,
  imageWeights,
  limits: ['One table; the number of clusters was told.'],
  provenance: { seeds: [1], versions: { node: process.versions.node } },
  ...(banner === undefined ? {} : { banner }),
});
const page = join(options.out, 'report.html');
const figures = [...report.figures, embeddingFigure(shown, points, { title: 'The DNA in the plane (UMAP)', labels })];
await writeFile(page, await reportPage({ ...report, figures }));
await writeFile(join(options.out, 'report.json'), JSON.stringify({ ...report, figures }));
const [byRank] = figures;
if (byRank !== undefined) await writeFile(join(options.out, 'ami.svg'), await drawFigure(byRank));
if (banner !== undefined) console.log(banner);
const [ami] = report.tables;
if (ami !== undefined) console.log(tableText(ami));
console.log(`Report: ${page}`);

interface Collection {
  readonly records: readonly Specimen[];
  readonly image: EmbeddingBlock;
  readonly dna: EmbeddingBlock;
  readonly banner?: string;
}

async function yours(path: string): Promise<Collection> {
  if (options.image === undefined || options.dna === undefined) throw new RangeError('--table needs --image and --dna');
  const [imageFile, dnaFile] = [await openEmbeddings(options.image), await openEmbeddings(options.dna)];
  const records = [...(await readSpecimenTable(path))];
  return { records, image: await collect(imageFile), dna: await collect(dnaFile) };
}

async function simulated(): Promise<Collection> {
  const simulation = simulate(quick ? { specimens: 220, species: 30, orders: 3 } : { specimens: 1000, species: 80 });
  const { specimens: records, banner: says } = simulation;
  const studio = photographer(simulation, rng(1).split('photos'));
  const photos = records.map(({ processId }) => {
    const { morphology, individual, scene } = studio.job(processId, []);
    return { id: processId, input: photograph(morphology, individual, scene, { width: 128, height: 96 }).picture };
  });
  const barcodes = records.map(({ processId, barcode = '' }) => ({ id: processId, input: barcode }));
  return {
    records,
    image: await collect(embed(colourHistogram(), photos)),
    dna: await collect(embed(kmerEncoder({ k: 4 }), barcodes)),
    banner: says,
  };
}
