/**
 * # What confuses the encoder?
 *
 * Light, blur, noise: how much of an encoder's accuracy hangs on how the photos were taken? And which congeners does it take for each other?
 * Photos of queries are changed by grades, their specimens found and cropped again; the keys stay as they are.
 *
 *     pnpm tsx examples/16-shift-and-look-alikes.ts
 *     pnpm tsx examples/16-shift-and-look-alikes.ts --encoder model.onnx --preprocessing imagenet     an encoder of your own
 *
 * Options: --out <folder>, --quick (tiny, for tests).
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  collect,
  embed,
  embeddingsOf,
  rng,
  type Encoder,
  type Identified,
  type Neighbours,
  type Picture,
} from '@bioscan/core';
import {
  confusedCongeners,
  labelTable,
  lookAlikeGrid,
  lookAlikeTable,
  resampler,
  shiftBenchmark,
  shiftReport,
} from '@bioscan/eval';
import { drawFigure, drawGrid, reportPage, tableText } from '@bioscan/report';
import { exactNeighbours } from '@bioscan/runtime';
import { openRuntime } from '@bioscan/runtime/node';
import { photograph, photographer, simulate, worlds } from '@bioscan/sim';
import {
  classicalDetector,
  colourHistogram,
  cropPresets,
  cropSpecimen,
  imageEncoder,
  photoShifts,
  presets,
  resizePicture,
  shiftPicture,
  type PhotoShiftKind,
} from '@bioscan/vision';
import { encodePicture } from '@bioscan/vision/node';

const { values: options } = parseArgs({
  options: {
    encoder: { type: 'string' },
    preprocessing: { type: 'string', default: 'imagenet' },
    out: { type: 'string', default: 'out/shift' },
    quick: { type: 'boolean', default: false },
  },
});
const { out, quick } = options;
const started = performance.now();
await mkdir(out, { recursive: true });

// ## 1. Photos of a simulated collection
//
// Of each species every second specimen is a key, the others ask.

const size = quick ? { specimens: 160, species: 14, orders: 1 } : { specimens: 1200, species: 80, orders: 4 };
const simulation = simulate({ ...size, world: worlds.complete });
const studio = photographer(simulation, rng(1).split('photos'));
const roles = dealt(simulation.specimens.map(({ processId, lineage }) => [processId, lineage.species ?? '']));
const photoOf = (id: string): Picture => {
  const { morphology, individual, scene } = studio.job(id, []);
  return photograph(morphology, individual, scene, { width: 160, height: 120 }).picture;
};
const photos = new Map([...roles.keys, ...roles.queries].map((id) => [id, photoOf(id)]));
const photo = (id: string): Picture => photos.get(id) ?? photoOf(id);
says(`${simulation.banner}: ${roles.keys.length} keys, ${roles.queries.length} queries photographed`);

// ## 2. One way from a photo to a vector
//
// Find the specimen, cut it out, embed. Changed photos go the whole way again.

const detector = classicalDetector();
const runtime = openRuntime();
const encoder: Encoder<Picture> =
  options.encoder === undefined
    ? colourHistogram()
    : await imageEncoder(runtime, await readFile(options.encoder), {
        id: 'yours',
        preprocessing: presetOf(options.preprocessing),
      });

/** Undefined: no specimen is found on it. */
function cropOf(photo: Picture): Picture | undefined {
  const { box, flags } = detector.detect(photo);
  return flags.includes('empty') ? undefined : cropSpecimen(photo, box, { preset: cropPresets.bioscan1m, size: 96 });
}

const keys = await collect(
  embed(
    encoder,
    cropped(roles.keys, (photo) => photo),
  ),
);

async function neighboursOf(kind: string | undefined, setting: number): Promise<Neighbours> {
  const change = (photo: Picture, id: string): Picture =>
    kind === undefined ? photo : shiftPicture(photo, kind as PhotoShiftKind, setting, rng(1).split(`${kind} ${id}`));
  const queries = embed(encoder, cropped(roles.queries, change));
  if (kind !== undefined) says(`  ${kind} ${setting}`);
  return exactNeighbours(runtime, queries, embeddingsOf(keys, encoder.provenance), { k: 10, metric: 'cosine' });
}

// ## 3. Curves

const labels = labelTable(simulation.specimens);
const shifts = quick
  ? photoShifts.map((shift) => ({ ...shift, settings: farthest(shift.settings, shift.neutral) }))
  : photoShifts;
const curves = await shiftBenchmark(
  { shifts, labels, neighboursOf },
  {
    resampler: resampler({ rng: rng(2), replicates: quick ? 100 : 1000 }),
    ranks: ['order', 'family', 'genus', 'species'],
  },
);

// ## 4. Look-alikes
//
// Congeners that the encoder takes for each other more than a draw from their genus would, side by side.

const clean = await neighboursOf(undefined, 0);
await runtime.close();
const pairs = confusedCongeners(clean, labels);
const thumbnails = new Map<string, string>();
for (const id of [...roles.keys, ...roles.queries].slice(0, 600)) thumbnails.set(id, await thumbnailOf(id));
const grid = lookAlikeGrid(pairs, clean, { title: 'Look-alikes', labels, thumbnailOf: (id) => thumbnails.get(id) });

// ## 5. Report

const report = shiftReport(curves, {
  title: `What confuses ${encoder.id}?`,
  banner: simulation.banner,
  limits: ['Simulated photos; look-alikes are what the simulator made alike.'],
  provenance: { seeds: [1, 2], encoders: [encoder.provenance], versions: { node: process.versions.node } },
});
const full = { ...report, tables: [...report.tables, lookAlikeTable(pairs)], grids: [grid] };
await writeFile(join(out, 'report.html'), await reportPage(full));
await writeFile(join(out, 'report.json'), JSON.stringify(full));
await writeFile(join(out, 'look-alikes.svg'), drawGrid(grid));
for (const [i, figure] of full.figures.entries()) {
  await writeFile(join(out, `${curves[i]?.kind ?? 'curve'}.svg`), await drawFigure(figure));
}
console.log(simulation.banner);
for (const table of full.tables) console.log(`\n## ${table.title}\n\n${tableText(table)}`);
console.log(`\n${full.summary.join('\n')}`);
says(`Report: ${join(out, 'report.html')}`);

function* cropped(
  ids: readonly string[],
  change: (photo: Picture, id: string) => Picture,
): Generator<Identified<Picture>> {
  for (const id of ids) {
    const crop = cropOf(change(photo(id), id));
    if (crop !== undefined) yield { id, input: crop };
  }
}

function dealt(specimens: readonly (readonly [string, string])[]): { keys: string[]; queries: string[] } {
  const seen = new Map<string, number>();
  const dealing: { keys: string[]; queries: string[] } = { keys: [], queries: [] };
  for (const [id, species] of specimens) {
    const before = seen.get(species) ?? 0;
    seen.set(species, before + 1);
    // At most six of each role, so that common species do not fill the table.
    if (before < 12) dealing[before % 2 === 0 ? 'keys' : 'queries'].push(id);
  }
  return dealing;
}

function farthest(settings: readonly number[], neutral: number): number[] {
  const [first = neutral, last = neutral] = [settings[0], settings.at(-1)];
  return [neutral, first === neutral ? last : first];
}

function presetOf(name: string): (typeof presets)[keyof typeof presets] {
  if (name in presets) return presets[name as keyof typeof presets];
  throw new RangeError(`--preprocessing '${name}', expected one of ${Object.keys(presets).join(', ')}`);
}

async function thumbnailOf(id: string): Promise<string> {
  const crop = cropOf(photo(id)) ?? photo(id);
  const jpeg = await encodePicture(resizePicture(crop, 72), { quality: 70 });
  return `data:image/jpeg;base64,${Buffer.from(jpeg).toString('base64')}`;
}

function says(line: string): void {
  console.log(`[${((performance.now() - started) / 1000).toFixed(0)} s] ${line}`);
}
