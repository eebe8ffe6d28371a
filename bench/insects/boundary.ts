/**
 * Embedding or ordination, decided at the species boundary on real barcodes: among pairs of one genus that are equally divergent (0-1, 1-2 … 4-5 % of the
 * sites of a common window), do conspecific pairs lie nearer than congeners? Raw p, K2P and edit distance, PCoA of each (fitted on keys, queries
 * projected, dimension chosen on validation species), and vectors under cosine. Beside it 1-NN genus of unseen species on the same keys.
 *
 *     npx tsx -C @bioscan/source bench/insects/boundary.ts --data insects.tsv.gz
 *
 * Options: --cap <records of a species, default 60>, --keys <of the ordination, one a species, default 600>, --steps <of pretraining, default 300>,
 * --out <folder>, --quick (tiny).
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { collect, embed, rng, type Encoder, type Metric, type ReportTable } from '@bioscan/core';
import { learnedSitesSystem, openWorldSets } from '@bioscan/cli';
import { planOpenWorldSplit, readSpecimenTable } from '@bioscan/data';
import { barcodeBert, barcodeEncoder, maskedObjectives, pretrain, untrainedCheckpoint } from '@bioscan/dna';
import { barcodeProfile, kmerEncoder, profileEncoder } from '@bioscan/dna/baselines';
import {
  boundaryTable,
  chooseDimension,
  distanceNeighbours,
  estimate,
  euclideanDistances,
  fitPcoa,
  knnPredictions,
  metricOf,
  projectPcoa,
  resampler,
  scorePredictions,
  speciesBoundary,
} from '@bioscan/eval';
import { tableText } from '@bioscan/report';
import { nodeStore, openRuntime } from '@bioscan/runtime/node';
import { allDistances, metrics, windowed, type Windowed } from './window.js';

const { values: options } = parseArgs({
  options: {
    data: { type: 'string' },
    cap: { type: 'string', default: '60' },
    keys: { type: 'string', default: '600' },
    steps: { type: 'string', default: '300' },
    out: { type: 'string', default: 'out/insects-boundary' },
    quick: { type: 'boolean', default: false },
  },
});
if (options.data === undefined) throw new RangeError('--data <table> is needed');
const { quick, out } = options;
const steps = Number(options.steps);
const model = quick ? { k: 4, layers: 1, heads: 2, width: 16 } : { k: 5, layers: 2, heads: 4, width: 128 };
/** Left out at each end of the consensus: most barcodes lack some of these sites. */
const margin = 60;
/** Pairs of one species, or of two species, at most. */
const mostPairs = 40;
const started = performance.now();
await mkdir(out, { recursive: true });

// ## 1. Records, their common window, keys

const records = [...(await readSpecimenTable(options.data))];
const plan = planOpenWorldSplit(records, { seed: 1, speciesCap: Number(options.cap) });
const sets = openWorldSets(records, plan.assignment);
const { labels } = sets;
const profile = barcodeProfile(sets.keys.map(({ input }) => input));
const window = [margin, profile.consensus.length - margin] as const;
const cut = (items: typeof sets.keys): Windowed[] => windowed(items, profile.consensus, window);
const keys = oneOfEachSpecies(cut(sets.keys)).slice(0, Number(options.keys));
const [seen, unseen, validation] = [cut(sets.test), cut(sets.testUnseen), cut(sets.valUnseen)];
const all = [...seen, ...unseen];
const pairs = pairsOfGenera(all);
say(
  `${window[1] - window[0]} sites; ${keys.length} keys; ${unseen.length} unseen and ${seen.length} seen windows; ${pairs.length} pairs of one genus`,
);

// ## 2. Distances and their ordination

const within = allDistances(keys, keys);
const toKeys = allDistances(unseen, keys);
const seenToKeys = allDistances(seen, keys);
const validated = allDistances(validation, keys);
say('distances');
const [own, nearest] = [new Map<string, Float64Array>(), new Map<string, Float64Array>()];
const facts: (string | number)[][] = [];
const pairwise = ofPairs();
for (const metric of metrics) {
  own.set(metric, pairwise[metric]);
  nearest.set(metric, toKeys[metric]);
  const genus = (items: readonly Windowed[]): (string | undefined)[] =>
    items.map(({ id }) => labels.labelOf(id, 'genus'));
  const { pcoa, raw, trials } = chooseDimension(fitPcoa(within[metric], keys.length), {
    distances: validated[metric],
    queryLabels: genus(validation),
    keyLabels: genus(keys),
  });
  const name = `PCoA of ${metric}, ${pcoa.dimension} axes`;
  const [seenAt, unseenAt] = [projectPcoa(pcoa, seenToKeys[metric]).data, projectPcoa(pcoa, toKeys[metric]).data];
  const placed = new Float32Array(seenAt.length + unseenAt.length);
  placed.set(seenAt);
  placed.set(unseenAt, seenAt.length);
  own.set(name, euclideanOfPairs(placed, pcoa.dimension));
  nearest.set(name, euclideanDistances(unseenAt, pcoa.coordinates.data, pcoa.dimension));
  const chosen = trials.find(({ dimension }) => dimension === pcoa.dimension);
  facts.push([metric, pcoa.dimension, percent(pcoa.negativeShare), percent(chosen?.accuracy), percent(raw)]);
  say(name);
}

// ## 3. Vectors under cosine

const runtime = openRuntime();
const bert = barcodeBert(model);
await addVectors(quick ? '4-mers' : '6-mers', kmerEncoder({ k: quick ? 4 : 6 }));
await addVectors('aligned sites', profileEncoder(profile));
await addVectors('untrained BarcodeBERT', await barcodeEncoder(untrainedCheckpoint(bert, 1), runtime));
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
await addVectors(`BarcodeBERT, ${steps} steps`, await barcodeEncoder(checkpoint, runtime));
const learned = await learnedSitesSystem(sets, {
  runtime,
  store: nodeStore(join(out, 'learned-sites')),
  prefix: `${plan.hash.slice(0, 8)}-${steps}/`,
  seed: 1,
  steps,
});
await addRows('learned sites (labels used)', async (items) => (await learned.vectors?.(items))?.vectors.data);
await runtime.close();

// ## 4. Tables

const bands = speciesBoundary(
  {
    divergence: pairwise.p,
    conspecific: pairs.map(({ conspecific }) => conspecific),
    distances: Object.fromEntries(own),
  },
  undefined,
  { groups: pairs.map(({ genus }) => genus), rng: rng(1) },
);
const tables: ReportTable[] = [boundaryTable(bands), nearestTable(), ordinationTable()];
const text = tables.map((table) => [`## ${table.title}`, tableText(table), table.note ?? ''].join('\n\n')).join('\n\n');
await writeFile(join(out, 'tables.md'), `${text}\n`);
await writeFile(join(out, 'tables.json'), JSON.stringify(tables));
console.log(text);
say(`tables: ${join(out, 'tables.md')}`);

function nearestTable(): ReportTable {
  const draws = resampler({ rng: rng(1), replicates: quick ? 100 : 1000 });
  const [queryIds, keyIds] = [unseen.map(({ id }) => id), keys.map(({ id }) => id)];
  const rows = [...nearest].map(([name, distances]): (string | Metric)[] => {
    const found = distanceNeighbours(distances, queryIds, keyIds, 5);
    const outcomes = scorePredictions(knnPredictions(found, labels, 'genus'), labels);
    return [name, metricOf(estimate(outcomes, draws)), metricOf(estimate(outcomes, draws, { statistic: 'micro' }))];
  });
  const note = `${keys.length} keys, one a species; ${unseen.length} queries of unseen species; the common window alone for distances. Intervals over genera, species within.`;
  return { title: 'Genus of unseen species, 1-NN on the same keys', columns: ['system', 'macro', 'micro'], rows, note };
}

function ordinationTable(): ReportTable {
  const columns = ['distance', 'axes', 'negative eigenvalues (%)', 'validation 1-NN (%)', 'by the distance itself (%)'];
  return {
    title: 'Ordination',
    columns,
    rows: facts,
    note: 'Axes chosen on validation species, the fewest of equal ones.',
  };
}

async function addVectors(name: string, encoder: Encoder<string>): Promise<void> {
  await addRows(name, async (items) => (await collect(embed(encoder, items))).vectors.data);
}

/** 1 - cosine of pairs, and of unseen queries to keys. */
async function addRows(
  name: string,
  rowsOf: (items: readonly Windowed[]) => Promise<Float32Array | undefined>,
): Promise<void> {
  const [asked, pool] = [await rowsOf(all), await rowsOf(keys)];
  if (asked === undefined || pool === undefined) return;
  const width = pool.length / keys.length;
  const [units, keyUnits] = [unitRows(asked, width), unitRows(pool, width)];
  own.set(name, euclideanOfPairs(units, width));
  nearest.set(name, euclideanDistances(units.subarray(seen.length * width), keyUnits, width));
  say(name);
}

function unitRows(rows: Float32Array, width: number): Float32Array {
  const units = new Float32Array(rows.length);
  for (let start = 0; start < rows.length; start += width) {
    const row = rows.subarray(start, start + width);
    const length = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0));
    units.set(row.map((value) => (length === 0 ? 0 : value / length)), start); // prettier-ignore
  }
  return units;
}

interface Pair {
  /** Positions among all queries. */
  readonly a: number;
  readonly b: number;
  readonly genus: string;
  readonly conspecific: boolean;
}

/** Pairs of one genus, drawn: at most {@link mostPairs} of each species and of each two species. */
function pairsOfGenera(items: readonly Windowed[]): Pair[] {
  const random = rng(1).split('pairs');
  const genera = new Map<string, number[]>();
  items.forEach(({ id }, i) => {
    const genus = labels.labelOf(id, 'genus');
    if (genus === undefined || labels.labelOf(id, 'species') === undefined) return;
    genera.set(genus, [...(genera.get(genus) ?? []), i]);
  });
  return [...genera].flatMap(([genus, members]) => {
    const cells = new Map<string, Pair[]>();
    for (const [at, a] of members.entries()) {
      for (const b of members.slice(at + 1)) {
        const names = [a, b].map((i) => labels.labelOf((items[i] as Windowed).id, 'species') as string).sort();
        const key = names.join('\t');
        const cell = cells.get(key) ?? [];
        cell.push({ a, b, genus, conspecific: names[0] === names[1] });
        cells.set(key, cell);
      }
    }
    return [...cells.values()].flatMap((cell) => random.shuffle(cell).slice(0, mostPairs));
  });
}

function ofPairs(): Record<(typeof metrics)[number], Float64Array> {
  const found = pairs.map(({ a, b }) => allDistances([all[a] as Windowed], [all[b] as Windowed]));
  const take = (metric: (typeof metrics)[number]): Float64Array =>
    Float64Array.from(found, (one) => one[metric][0] ?? Number.NaN);
  return { p: take('p'), K2P: take('K2P'), edit: take('edit') };
}

function euclideanOfPairs(rows: Float32Array, width: number): Float64Array {
  const row = (i: number): Float32Array => rows.subarray(i * width, (i + 1) * width);
  return Float64Array.from(pairs, ({ a, b }) => euclideanDistances(row(a), row(b), width)[0] ?? Number.NaN);
}

function oneOfEachSpecies(items: readonly Windowed[]): Windowed[] {
  const species = new Set<string>();
  return rng(1)
    .split('keys')
    .shuffle([...items])
    .filter(({ id }) => {
      const name = labels.labelOf(id, 'species');
      return name !== undefined && !species.has(name) && species.add(name);
    });
}

function percent(share: number | undefined): string {
  return share === undefined ? '–' : (100 * share).toFixed(1);
}

function say(what: string): void {
  console.log(`${((performance.now() - started) / 1000).toFixed(0)} s  ${what}`);
}
