/**
 * # Does place help?
 *
 * A short piece of a barcode cannot tell some congeners apart. Where do they live? A range prior breaks such ties on sites that it holds no
 * record of, beside controls that have no range to know. Without arguments: simulated insects whose congeners live apart, half together, and together.
 *
 *     pnpm tsx examples/15-does-place-help.ts
 *     pnpm tsx examples/15-does-place-help.ts --data insects.tsv.gz     records with coordinates of your own, or BIOSCAN_REAL_DATA=<folder>
 *
 * Options: --sites <length of the mini-barcode>, --minimum <georeferenced records a species>, --out <folder>, --quick (tiny, for tests).
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { embeddingsOf, rng, tensor, type Embeddings, type Specimen } from '@bioscan/core';
import { readSpecimenTable } from '@bioscan/data';
import { barcodeProfile, profileEncoder } from '@bioscan/dna/baselines';
import {
  equalAreaGrid,
  labelTable,
  occurrencesOf,
  placeReport,
  placeStudy,
  placeVerdict,
  planBlockFolds,
  resampler,
  wellPlaced,
  type BlockFolds,
  type Occurrence,
  type PlaceStudy,
} from '@bioscan/eval';
import { drawFigure, reportPage, tableText } from '@bioscan/report';
import { exactNeighbours } from '@bioscan/runtime';
import { openRuntime } from '@bioscan/runtime/node';
import { simulate, worlds } from '@bioscan/sim';

const { values: options } = parseArgs({
  options: {
    data: { type: 'string' },
    sites: { type: 'string' },
    minimum: { type: 'string' },
    out: { type: 'string', default: 'out/place' },
    quick: { type: 'boolean', default: false },
  },
});
const { out, quick } = options;
const realFolder = process.env['BIOSCAN_REAL_DATA'];
const data =
  options.data ?? (quick || realFolder === undefined ? undefined : join(realFolder, 'coi', 'insects.tsv.gz'));
const started = performance.now();
await mkdir(out, { recursive: true });
const runtime = openRuntime();
const grid = equalAreaGrid(100);

for (const { name, records, banner, sites, minimum, warnings } of data === undefined
  ? simulated()
  : [await yours(data)]) {
  // ## 1. Who lives where
  //
  // Species with enough records. Blocks of 100 km are dealt to folds whole: no site is ever on both sides.

  const { placed, setAside } = occurrencesOf(records);
  const occurrences = wellPlaced(placed, minimum);
  const species = new Set(occurrences.map((one) => one.species));
  says(
    `${name}: ${occurrences.length} records of ${species.size} species with ${minimum} or more; set aside ${JSON.stringify(setAside)}`,
  );
  const folds = planBlockFolds(occurrences, { grid, rng: rng(1).split('folds') });

  // ## 2. A weak signal
  //
  // A few sites from the middle of the barcode. One query a species and block, so that a trap asks once; keys are the distinct pieces of each
  // species and fold. Search leaves out the query's own fold.

  const minis = await miniBarcodes(records, occurrences, sites);
  const { queryIds, keyIds } = deal(occurrences, minis, folds, sites);
  says(`${name}: ${queryIds.length} queries, ${keyIds.length} keys of ${sites} sites`);
  const neighbours = await exactNeighbours(runtime, vectorsOf(queryIds, minis), vectorsOf(keyIds, minis), {
    k: 50,
    metric: 'cosine',
    groupOf: (id) => String(folds.foldOf(id)),
  });

  // ## 3. Break ties, and say what the intervals allow

  const labels = labelTable(records);
  const study = placeStudy(
    { neighbours, labels, occurrences, folds, grid },
    {
      resampler: resampler({ rng: rng(2), replicates: quick ? 200 : 1000 }),
      rng: rng(3),
      permutations: quick ? 5 : 20,
    },
  );
  const signal = `a ${sites}-bp mini-barcode`;
  const report = placeReport(study, {
    title: `Does place help? ${name}`,
    signal,
    provenance: { seeds: [1, 2, 3], encoders: [], versions: { node: process.versions.node } },
    limits: [
      `One signal: ${sites} aligned sites of COI, nearest key by shared bases.`,
      'One deal of blocks, and one order in which exact ties stand.',
    ],
    warnings,
    ...(banner === undefined ? {} : { banner }),
  });
  await save(name, report, study);
}
await runtime.close();
says(`done in ${((performance.now() - started) / 1000).toFixed(0)} s; reports in ${out}`);

async function save(name: string, report: ReturnType<typeof placeReport>, study: PlaceStudy): Promise<void> {
  await writeFile(join(out, `${name}.html`), await reportPage(report));
  await writeFile(join(out, `${name}.json`), JSON.stringify(report));
  const [gains] = report.figures;
  if (gains !== undefined) await writeFile(join(out, `${name}-gains.svg`), await drawFigure(gains));
  if (report.banner !== undefined) console.log(`\n${report.banner}`);
  for (const table of report.tables) console.log(`\n${tableText(table)}`);
  for (const warning of report.warnings) console.log(`warning: ${warning}`);
  console.log(`\n${placeVerdict(study)}\n`);
}

interface Collection {
  readonly name: string;
  readonly records: readonly Specimen[];
  readonly sites: number;
  readonly minimum: number;
  readonly warnings: readonly string[];
  readonly banner?: string;
}

async function yours(file: string): Promise<Collection> {
  const columns = ['processId', 'genus', 'species', 'latitude', 'longitude', 'barcode'] as const;
  const table = await readSpecimenTable(file, { columns });
  const half = table.rejects.rows.filter(({ reason }) => reason === 'half-pair').length;
  return {
    name: 'place',
    records: [...table],
    sites: Number(options.sites ?? 120),
    minimum: Number(options.minimum ?? 20),
    warnings:
      half === 0 ? [] : [`${half} records have half a coordinate pair; their places were set aside when reading.`],
  };
}

/** One order of young species, that 24 bases hardly part, with congeners that live apart, half together, and together. */
function* simulated(): Generator<Collection> {
  for (const sympatry of quick ? [0, 1] : [0, 0.5, 1]) {
    const { barcodes } = worlds.complete;
    const branches = { ...barcodes.branches, group: 0.01, species: 0.01 };
    const world = {
      ...worlds.complete,
      name: `sympatry-${sympatry}`,
      places: { sympatry },
      barcodes: { ...barcodes, branches },
    };
    const size = quick ? { specimens: 2400, species: 100, orders: 1 } : { specimens: 12_000, species: 400, orders: 1 };
    const { specimens, banner } = simulate({ ...size, world });
    const minimum = Number(options.minimum ?? 8);
    yield { name: world.name, records: specimens, sites: Number(options.sites ?? 24), minimum, banner, warnings: [] };
  }
}

/** The middle sites of each placed record's barcode, as vectors; equal barcodes are aligned once. */
async function miniBarcodes(
  records: readonly Specimen[],
  occurrences: readonly Occurrence[],
  sites: number,
): Promise<Map<string, Float32Array>> {
  const random = rng(1).split('minis');
  const barcodeOf = new Map(records.map(({ processId, barcode }) => [processId, barcode ?? '']));
  const cells = new Map<string, number>();
  const ids = random.shuffle(occurrences.map((one) => one)).filter(({ id, species, latitude, longitude }) => {
    const cell = `${species} ${grid.cellOf(latitude, longitude)}`;
    const before = cells.get(cell) ?? 0;
    cells.set(cell, before + 1);
    return before < 3 && barcodeOf.get(id) !== '';
  });
  const sample = ids.slice(0, 1000).map(({ id }) => barcodeOf.get(id) ?? '');
  // Plain one-hot sites: cosine is then about the share of equal bases.
  const profile = barcodeProfile(sample);
  const encoder = profileEncoder({ ...profile, frequencies: new Float32Array(profile.frequencies.length) });
  const start = 4 * Math.floor((encoder.dimension / 4 - sites) / 2);
  const known = new Map<string, Float32Array>();
  const minis = new Map<string, Float32Array>();
  for (const [i, { id }] of ids.entries()) {
    const barcode = barcodeOf.get(id) ?? '';
    const mini = known.get(barcode) ?? (await encoder.encode([barcode])).data.slice(start, start + 4 * sites);
    known.set(barcode, mini);
    minis.set(id, mini);
    if ((i + 1) % 5000 === 0) says(`  ${i + 1} of ${ids.length} barcodes aligned`);
  }
  return minis;
}

/** One query a species and block, and the distinct pieces of each species and fold as keys, in random order. */
function deal(
  occurrences: readonly Occurrence[],
  minis: ReadonlyMap<string, Float32Array>,
  folds: BlockFolds,
  sites: number,
): { queryIds: string[]; keyIds: string[] } {
  const asked = new Set<string>();
  const held = new Set<string>();
  const [queryIds, keyIds]: [string[], string[]] = [[], []];
  for (const { id, species, latitude, longitude } of rng(1)
    .split('deal')
    .shuffle([...occurrences])) {
    const mini = minis.get(id);
    const letters = mini === undefined ? '' : lettersOf(mini);
    if (letters.replaceAll('-', '').length < 0.9 * sites) continue;
    const block = `${species} ${grid.cellOf(latitude, longitude)}`;
    if (!asked.has(block)) queryIds.push(id);
    asked.add(block);
    const piece = `${species} ${folds.foldOf(id) ?? ''} ${letters}`;
    if (!held.has(piece)) keyIds.push(id);
    held.add(piece);
  }
  // Ties stand in key order: species in random order toss a coin, where common pieces first would tell the signal who is common.
  const speciesOf = new Map(occurrences.map((one) => [one.id, one.species]));
  const coins = new Map(
    rng(1)
      .split('coins')
      .shuffle([...new Set(speciesOf.values())].sort())
      .map((name, i) => [name, i]),
  );
  const coin = (id: string): number => coins.get(speciesOf.get(id) ?? '') ?? 0;
  return { queryIds, keyIds: keyIds.sort((a, b) => coin(a) - coin(b)) };
}

/** The bases that a vector of sites stands for; `-` where it has none. */
function lettersOf(mini: Float32Array): string {
  let letters = '';
  for (let at = 0; at < mini.length; at += 4) {
    const base = mini.subarray(at, at + 4).findIndex((value) => value > 0);
    letters += base < 0 ? '-' : 'ACGT'.charAt(base);
  }
  return letters;
}

function vectorsOf(ids: readonly string[], minis: ReadonlyMap<string, Float32Array>): Embeddings {
  const dimension = minis.get(ids[0] ?? '')?.length ?? 0;
  const vectors = new Float32Array(ids.length * dimension);
  ids.forEach((id, i) => {
    vectors.set(minis.get(id) ?? [], i * dimension);
  });
  const source = { id: 'mini-barcode', modality: 'dna', dimension, settings: { sites: dimension / 4 } } as const;
  return embeddingsOf({ ids, vectors: tensor('float32', [ids.length, dimension], vectors) }, source);
}

function says(line: string): void {
  console.log(`[${((performance.now() - started) / 1000).toFixed(0)} s] ${line}`);
}
