/**
 * # The paper's Table 5, for your embeddings
 *
 * A photo or a barcode asks a shared pool of references: who is nearest, and is the name right? On species seen in training, on species that
 * only the references know, and on species that nobody has seen. Without arguments, simulated insects: k-mers of their barcodes and colours
 * of their photos (which share no space, so photos cannot be asked of barcodes). With an aligned encoder, give both files:
 *
 *     pnpm tsx examples/06-retrieval-table.ts
 *     pnpm tsx examples/06-retrieval-table.ts --table specimens.csv --image images.arrow --dna barcodes.arrow
 *
 * The files are written by `bioscan embed` or `writeEmbeddings`; the table's splits say who is a key (train, key_unseen) and who asks (test,
 * test_unseen, other_heldout). Options: --out <folder>, --quick (tiny, for tests).
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { collect, embed, embeddingsOf, rng, type Embeddings, type Modality, type Specimen } from '@bioscan/core';
import { planOpenWorldSplit, readSpecimenTable } from '@bioscan/data';
import { openEmbeddings } from '@bioscan/data/embeddings';
import { kmerEncoder } from '@bioscan/dna/baselines';
import {
  confusionTree,
  fitVotes,
  labelTable,
  openSetReport,
  pairName,
  resampler,
  retrieval,
  retrievalGrid,
  retrievalReport,
  voteExamples,
  type NeighbourSearch,
  type VoteExample,
} from '@bioscan/eval';
import { reportPage, tableText } from '@bioscan/report';
import { exactNeighbours } from '@bioscan/runtime';
import { openRuntime } from '@bioscan/runtime/node';
import { photograph, photographer, simulate, type Simulation } from '@bioscan/sim';
import { colourHistogram } from '@bioscan/vision';
import sharp from 'sharp';

const { values: options } = parseArgs({
  options: {
    table: { type: 'string' },
    image: { type: 'string' },
    dna: { type: 'string' },
    out: { type: 'string', default: 'out/retrieval' },
    quick: { type: 'boolean', default: false },
  },
});
await mkdir(options.out, { recursive: true });
const thumbnails = new Map<string, string>();

// ## 1. Who asks, and who answers

const { records, splitOf, vectors, banner } =
  options.table === undefined ? await simulated(options.quick) : await yours(options.table);
const idsIn = (...splits: string[]): string[] =>
  records.flatMap(({ processId }) => (splits.includes(splitOf(processId) ?? '') ? [processId] : []));
const sets = { seen: idsIn('test'), unseen: idsIn('test_unseen'), novel: idsIn('other_heldout') };
const keyIds = new Set(idsIn('train', 'key_unseen'));
const byModality = Object.entries(vectors) as [Modality, Embeddings][];
const keys = Object.fromEntries(
  await Promise.all(byModality.map(async ([name, all]) => [name, await only(all, (id) => keyIds.has(id))] as const)),
);

// ## 2. The table in one call
//
// Exact search finds the keys; labels join by id afterwards. Encoders of different width share no space: only their own pairs are asked.

const runtime = openRuntime();
const labels = labelTable(records);
const draws = resampler({ rng: rng(1), replicates: options.quick ? 100 : 1000 });
const [image, dna] = [vectors.image, vectors.dna];
const aligned = image !== undefined && image.dimension === dna?.dimension;
const own = byModality.map(([name]) => ({ query: name, keys: [name] }));
const search: NeighbourSearch = (queries, pool, k) => exactNeighbours(runtime, queries, pool, { k, metric: 'cosine' });
const found = await retrieval(
  {
    queries: vectors,
    keys,
    labels,
    sets,
    search,
  },
  {
    resampler: draws,
    rng: rng(2),
    ...(aligned ? {} : { pairs: own }),
    onPair: (pair) => {
      console.log(`  ${pairName(pair)} done`);
    },
  },
);

// ## 3. How sure is it?
//
// Votes of the 20 nearest keys become probabilities of taxa, fitted on validation queries and judged on the others: calibration, abstention, novelty.

const ranks = ['order', 'family', 'genus', 'species'] as const;
// Thought share of photos that show a species without a key: the fit and its judgement use the same.
const novelPrior = 0.3;
const sure = [];
for (const { query } of own) {
  const fitted = await examplesOf(query, idsIn('val', 'val_unseen'));
  if (fitted.length === 0) continue;
  const calibrations = fitVotes(fitted, { ranks, novelPrior });
  const setOf = (id: string): string | undefined => Object.entries(sets).find(([, ids]) => ids.includes(id))?.[0];
  const judged = await examplesOf(query, Object.values(sets).flat());
  sure.push({ query, ...openSetReport({ calibrations, examples: judged, setOf, novelPrior, rng: rng(3) }) });
}
await runtime.close();

async function examplesOf(modality: Modality, ids: readonly string[]): Promise<VoteExample[]> {
  const [all, pool, wanted] = [vectors[modality], keys[modality], new Set(ids)];
  if (all === undefined || pool === undefined || wanted.size === 0) return [];
  const asked = await only(all, (id) => wanted.has(id));
  return voteExamples(await search(asked, pool, 20), labels, { ranks });
}

// ## 4. Report: intervals, chance, strata, and the keys themselves

const report = retrievalReport({
  title: 'Retrieval across modalities',
  systems: [{ name: 'yours', kind: 'baseline', sources: byModality.map(([, { source }]) => source), runs: [found] }],
  resampler: draws,
  labels,
  limits: ['One split of one table. Photos of one imaging set-up.'],
  provenance: { seeds: [1, 2], versions: { node: process.versions.node } },
  ...(banner === undefined ? {} : { banner }),
});
const trees = found.pairs.map(({ pair, neighbours }) =>
  confusionTree(neighbours, { title: `Confusion along the tree: ${pairName(pair)}`, labels }),
);
const titled = <T extends { readonly title: string }>(query: Modality, all: readonly T[]): T[] =>
  all.map((one) => ({ ...one, title: `${one.title} (${query} → ${query})` }));
const full = {
  ...report,
  tables: [...report.tables, ...sure.flatMap(({ query, tables }) => titled(query, tables))],
  figures: [...report.figures, ...sure.flatMap(({ query, figures }) => titled(query, figures))],
  trees,
};
const grids = found.pairs.map(({ pair, neighbours }) =>
  retrievalGrid(neighbours, {
    title: `Nearest keys: ${pairName(pair)}`,
    labels,
    queries: neighbours.queryIds.slice(0, 6),
    thumbnailOf: (id) => thumbnails.get(id),
  }),
);
const page = join(options.out, 'report.html');
await writeFile(page, await reportPage({ ...full, grids }));
await writeFile(join(options.out, 'report.json'), JSON.stringify(full));
if (banner !== undefined) console.log(banner);
const [macro] = report.tables;
if (macro !== undefined) console.log(tableText(macro));
console.log(`Report: ${page}`);

interface Collection {
  readonly records: readonly Specimen[];
  readonly splitOf: (id: string) => string | undefined;
  readonly vectors: Partial<Record<Modality, Embeddings>>;
  readonly banner?: string;
}

async function yours(path: string): Promise<Collection> {
  const table = [...(await readSpecimenTable(path))];
  const splits = new Map(table.map(({ processId, split }) => [processId, split]));
  const vectors = {
    ...(options.image === undefined ? {} : { image: await openEmbeddings(options.image) }),
    ...(options.dna === undefined ? {} : { dna: await openEmbeddings(options.dna) }),
  };
  return { records: table, splitOf: (id) => splits.get(id), vectors };
}

async function simulated(quick: boolean): Promise<Collection> {
  const simulation = simulate(quick ? { specimens: 260, species: 40, orders: 3 } : { specimens: 1200, species: 110 });
  const plan = planOpenWorldSplit(simulation.specimens, { seed: 1 });
  const barcodes = simulation.specimens.map(({ processId, barcode = '' }) => ({ id: processId, input: barcode }));
  const dna = embed(kmerEncoder({ k: 4 }), barcodes);
  return {
    records: simulation.specimens,
    splitOf: (id) => plan.assignment.get(id),
    vectors: { image: await colours(simulation), dna },
    banner: simulation.banner,
  };
}

/** Photographs everyone, keeps a thumbnail, and describes each photo by its colours. */
async function colours(simulation: Simulation): Promise<Embeddings> {
  const studio = photographer(simulation, rng(1).split('photos'));
  const encoder = colourHistogram();
  const photos = simulation.specimens.map(({ processId }) => {
    const { morphology, individual, scene } = studio.job(processId, []);
    return { id: processId, input: photograph(morphology, individual, scene, { width: 128, height: 96 }).picture };
  });
  for (const { id, input } of photos.slice(0, 400)) {
    const raw = { width: input.width, height: input.height, channels: 3 as const };
    const jpeg = await sharp(input.data, { raw }).jpeg({ quality: 60 }).toBuffer();
    thumbnails.set(id, `data:image/jpeg;base64,${jpeg.toString('base64')}`);
  }
  return embed(encoder, photos);
}

async function only(all: Embeddings, keep: (id: string) => boolean): Promise<Embeddings> {
  const { ids, vectors: x } = await collect(all);
  const rows = ids.flatMap((id, row) => (keep(id) ? [row] : []));
  const data = new Float32Array(rows.length * all.dimension);
  rows.forEach((row, i) => {
    data.set(x.data.subarray(row * all.dimension, (row + 1) * all.dimension), i * all.dimension);
  });
  const vectors = { dtype: 'float32', shape: [rows.length, all.dimension], data } as const;
  return embeddingsOf({ ids: rows.map((row) => ids[row] as string), vectors }, all.source);
}
