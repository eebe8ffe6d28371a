/**
 * # From photos with barcodes to names
 *
 * Three commands, end to end: one trains photos together with the barcodes of the same specimens, one makes an identifier of the run, one names
 * photos with it, by the photo alone. Then the same in TypeScript, which is all that whoever deploys it needs.
 *
 *     pnpm tsx examples/08-identify-photos.ts                                a small simulated collection, a minute of training
 *     pnpm tsx examples/08-identify-photos.ts --run runs/align --new photos  your run of bioscan align, your photos
 *     pnpm tsx examples/08-identify-photos.ts --encoder model.onnx --photos photos --table specimens.tsv --new new-photos
 *
 * Options: --run <folder>, --encoder <file>, --photos <folder>, --table <file>, --new <folder>, --size <pixels>, --steps <n>, --out <folder>.
 */
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runCli } from '@bioscan/cli';
import { isSetAside } from '@bioscan/identify';
import { openIdentifier } from '@bioscan/identify/node';
import { openRuntime } from '@bioscan/runtime/node';
import { datasetFiles, worlds, writeDataset } from '@bioscan/sim';

const { values: options } = parseArgs({
  options: {
    run: { type: 'string' },
    encoder: { type: 'string' },
    photos: { type: 'string' },
    table: { type: 'string' },
    new: { type: 'string' },
    size: { type: 'string', default: '48' },
    steps: { type: 'string', default: '60' },
    out: { type: 'string', default: 'out/identify-photos' },
  },
});
const { encoder, photos, table } = options;
await mkdir(options.out, { recursive: true });

// ## 1. Train
//
// `bioscan align align.json --out run/`. The config names table and photos, and a tower a modality: here a small network for photos beside
// counts of 5-mers. Some of the records are held out. Without your own data: a simulated collection. Or take an encoder that you have.

const folder = join(options.out, 'identifier');
const source =
  encoder === undefined
    ? [options.run ?? (await alignedRun()), folder]
    : [folder, '--encoder', encoder, '--photos', required(photos), '--table', required(table), ...encoderPictures()];

// ## 2. Make the identifier
//
// `bioscan export run/ identifier/`. Training photos and barcodes become references, held-out photos calibrate it; the last lines say how sure
// it may be. Of an encoder: with a split column, train and key_unseen become references; val and val_unseen calibrate.

await bioscan('export', ...source, '--replace');

// ## 3. Name photos
//
// `bioscan identify identifier/ photo.jpg…`

const fresh = await newPhotos();
await bioscan('identify', folder, ...fresh);

// ## 4. The same in TypeScript
//
// A damaged file among thousands costs itself only.

const broken = join(options.out, 'broken.jpg');
await writeFile(broken, 'not a photo');
const runtime = openRuntime();
const identifier = await openIdentifier(folder, runtime);
for await (const result of identifier.identifyAll([...fresh, broken], { confidence: 0.8 })) {
  if (isSetAside(result)) {
    console.log(`set aside (${result.reason}): ${result.id}`);
    continue;
  }
  const { asserted, ranks, nearest, unlike } = result.identification;
  const guesses = ranks.map(
    ({ rank, taxa: [first] }) => `${rank} ${first?.name ?? '-'} ${percent(first?.confidence ?? 0)}`,
  );
  console.log(`${result.id}\n  asserted: ${asserted === undefined ? 'nothing' : `${asserted.rank} ${asserted.name}`}`);
  console.log(`  ${guesses.join(', ')}\n  nearest: ${nearest.map(({ processId }) => processId).join(', ')}`);
  if (unlike.verdict)
    console.log(`  unlike the training photos (p = ${unlike.pValue.toFixed(3)}): nothing is asserted`);
}
await identifier.close();
await runtime.close();

console.log(`\nThe card: ${join(folder, 'MODEL_CARD.md')}`);

/** A run over a simulated collection; run again, it is there already. */
async function alignedRun(): Promise<string> {
  const { banner } = await writeDataset(
    join(options.out, 'simulated'),
    { seed: 2, specimens: 360, species: 20, orders: 2, world: worlds.complete },
    { photos: 256 },
  );
  console.log(banner);
  const config = {
    table: `simulated/${datasetFiles.metadata}`,
    photos: { folder: 'simulated/bioscan5m/images', layout: 'original_256' },
    modalities: {
      image: { tower: 'convolutional', size: Number(options.size), widths: [16, 32, 64] },
      dna: { tower: 'kmers', k: 5 },
    },
    width: 48,
    budget: { steps: Number(options.steps), batchSize: 32, peakLearningRate: 2e-3 },
  };
  const file = join(options.out, 'align.json');
  await writeFile(file, JSON.stringify(config, undefined, 2));
  const run = join(options.out, 'run');
  await bioscan('align', file, '--out', run);
  return run;
}

function encoderPictures(): string[] {
  return ['--preprocessing', 'bioscan5m', '--size', options.size];
}

function required(path: string | undefined): string {
  if (path !== undefined) return path;
  console.error('--encoder needs --photos and --table');
  return process.exit(2);
}

/** Photos of the test split, which nothing above has seen; or the folder of your own. */
async function newPhotos(): Promise<string[]> {
  const from = options.new ?? join(options.out, 'simulated/bioscan5m/images/original_256/test');
  const names = (await readdir(from, { recursive: true })).filter((name) => /\.(?:jpe?g|png)$/iu.test(name)).sort();
  return names.slice(0, 4).map((name) => join(from, name));
}

async function bioscan(...words: string[]): Promise<void> {
  console.log(`\n$ bioscan ${words.join(' ')}`);
  const code = await runCli(words, { stdout: process.stdout, stderr: process.stderr });
  if (code !== 0) process.exit(code);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}
