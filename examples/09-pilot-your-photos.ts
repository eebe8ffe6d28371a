/**
 * # Does it work on my photos?
 *
 * A few dozen photos whose names you know say how often an identifier is right on photos like yours, and whether they look to it as its own
 * photos did. Sort them into folders named by taxon (species, genus, family …), then:
 *
 *     pnpm tsx examples/09-pilot-your-photos.ts --identifier identifier --photos my-photos
 *     pnpm tsx examples/09-pilot-your-photos.ts                  a simulated identifier, tried at home and under another lamp
 *
 * Options: --identifier <folder>, --photos <folder>, --out <folder>. Ends with a report to open in a browser.
 */
import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runCli } from '@bioscan/cli';
import { rng, type SplitName } from '@bioscan/core';
import { imagePath, readSpecimenTable } from '@bioscan/data';
import { exportEncoder, fuse, initialStateOf } from '@bioscan/graph';
import { datasetFiles, standardSetup, worlds, writeDataset, type ImagingSetup } from '@bioscan/sim';
import { convolutionalEncoder } from '@bioscan/vision';

const { values: options } = parseArgs({
  options: {
    identifier: { type: 'string' },
    photos: { type: 'string' },
    out: { type: 'string', default: 'out/pilot' },
  },
});
await mkdir(options.out, { recursive: true });

// ## 1. An identifier
//
// Yours, as `bioscan export` made it; here one of simulated photos and an untrained encoder.

const collection = options.identifier === undefined ? await simulated('home', standardSetup) : undefined;
const identifier = options.identifier ?? (await exported(collection ?? ''));

// ## 2. Labelled photos
//
// Folders named by taxon: `my-photos/Aedes aegypti/1.jpg`. Here: test photos of the same collection, and the same insects under a brighter lamp
// in a more cluttered dish, somewhat out of focus.

const pilots: Readonly<Record<string, string>> =
  options.photos === undefined
    ? {
        'the same set-up': await sorted(collection ?? '', 'sorted-home'),
        'another set-up': await sorted(
          await simulated('elsewhere', { ...standardSetup, light: 1.35, blur: 4, clutter: 4, background: 3 }),
          'sorted-elsewhere',
        ),
      }
    : { 'your photos': options.photos };

// ## 3. The pilot
//
// Micro accuracy comes with Wilson's interval over photos, macro with a bootstrap over species. Under it stands the verdict: are similarities
// to the references and the gate's p-values spread as those of validation photos, and what shift could so few photos have shown?

for (const [name, photos] of Object.entries(pilots)) {
  console.log(`\n=== ${name}`);
  const report = join(options.out, `${name.replaceAll(' ', '-')}.html`);
  await bioscan('pilot', identifier, photos, '--report', report);
}

async function simulated(name: string, setup: ImagingSetup): Promise<string> {
  const folder = join(options.out, name);
  const world = { ...worlds.complete, image: { ...worlds.complete.image, setup } };
  const { banner } = await writeDataset(
    folder,
    { seed: 2, specimens: 360, species: 20, orders: 2, world },
    { photos: 256 },
  );
  console.log(`${name}: ${banner}`);
  return folder;
}

async function exported(folder: string): Promise<string> {
  const tower = convolutionalEncoder({ size: 48, widths: [16, 32, 64], dimension: 48 });
  const model = join(options.out, 'untrained.onnx');
  await writeFile(model, exportEncoder(tower, initialStateOf(tower.parameters, rng(1)), { passes: [fuse()] }));
  const target = join(options.out, 'identifier');
  const photos = join(folder, 'bioscan5m/images/original_256');
  const table = await tableWithoutTest(folder);
  const size = ['--preprocessing', 'bioscan5m', '--size', '48'];
  await bioscan('export', target, '--encoder', model, '--photos', photos, '--table', table, ...size, '--replace');
  return target;
}

/** Names and plates of all but the test photos, without a split column: a fifth of each species then validates. */
async function tableWithoutTest(folder: string): Promise<string> {
  const records = [...(await readSpecimenTable(join(folder, datasetFiles.metadata)))].filter(
    ({ split }) => split !== 'test',
  );
  const rows = records.map(({ processId, sampleId = '', bin = '', lineage }) =>
    [
      processId,
      sampleId,
      bin,
      ...['order', 'family', 'genus', 'species'].map((rank) => lineage[rank as 'order'] ?? ''),
    ].join('\t'),
  );
  const file = join(options.out, 'names.tsv');
  await writeFile(file, `${['processid\tsampleid\tbin_uri\torder\tfamily\tgenus\tspecies', ...rows].join('\n')}\n`);
  return file;
}

/** Test photos of a simulated collection, copied into folders named by species. */
async function sorted(folder: string, name: string): Promise<string> {
  const target = join(options.out, name);
  await rm(target, { recursive: true, force: true });
  for (const { processId, lineage, split } of await readSpecimenTable(join(folder, datasetFiles.metadata))) {
    if (split !== 'test') continue;
    const home = join(target, lineage.species ?? lineage.genus ?? 'unnamed');
    await mkdir(home, { recursive: true });
    const photo = join(folder, imagePath(processId, split satisfies SplitName, { imageType: 'original_256' }));
    await copyFile(photo, join(home, `${processId}.jpg`));
  }
  return target;
}

async function bioscan(...words: string[]): Promise<void> {
  console.log(`\n$ bioscan ${words.join(' ')}`);
  const code = await runCli(words, { stdout: process.stdout, stderr: process.stderr });
  if (code !== 0) process.exit(code);
}
