/**
 * # From a folder of photos to names
 *
 * Two commands: one makes an identifier of an ONNX encoder, photos and a table of names; the other names photos with it. Then the same in
 * TypeScript, which is all that whoever deploys it needs.
 *
 *     pnpm tsx examples/08-identify-photos.ts --encoder model.onnx --photos photos --table specimens.tsv --new new-photos
 *     pnpm tsx examples/08-identify-photos.ts                    a small simulated collection and an untrained encoder
 *
 * Options: --encoder <file>, --photos <folder>, --table <file>, --new <folder>, --size <pixels>, --out <folder>.
 */
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runCli } from '@bioscan/cli';
import { rng } from '@bioscan/core';
import { exportEncoder, fuse, initialStateOf } from '@bioscan/graph';
import { isSetAside } from '@bioscan/identify';
import { openIdentifier } from '@bioscan/identify/node';
import { openRuntime } from '@bioscan/runtime/node';
import { datasetFiles, worlds, writeDataset } from '@bioscan/sim';
import { convolutionalEncoder } from '@bioscan/vision';

const { values: options } = parseArgs({
  options: {
    encoder: { type: 'string' },
    photos: { type: 'string' },
    table: { type: 'string' },
    new: { type: 'string' },
    size: { type: 'string', default: '48' },
    out: { type: 'string', default: 'out/identify-photos' },
  },
});
await mkdir(options.out, { recursive: true });

// ## 1. What goes in
//
// Photos named by process id, a table with their names, an image encoder as ONNX. Without your own: simulated photos, and a small network
// that was never trained, whose names are worth as little as its training cost. `bioscan align` trains one.

const { photos, table } = await collection();
const encoder = options.encoder ?? (await untrainedEncoder());

// ## 2. Make the identifier
//
// `bioscan export identifier/ --encoder model.onnx --photos photos/ --table specimens.tsv`. With a split column, train and key_unseen become
// references; val and val_unseen calibrate it. The last lines say how sure it may be.

const folder = join(options.out, 'identifier');
const size = ['--preprocessing', 'bioscan5m', '--size', options.size];
await bioscan('export', folder, '--encoder', encoder, '--photos', photos, '--table', table, ...size, '--replace');

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

async function collection(): Promise<{ photos: string; table: string }> {
  if (options.photos !== undefined && options.table !== undefined)
    return { photos: options.photos, table: options.table };
  const simulated = join(options.out, 'simulated');
  const summary = await writeDataset(
    simulated,
    { seed: 2, specimens: 360, species: 20, orders: 2, world: worlds.complete },
    { photos: 256 },
  );
  console.log(summary.banner);
  return { photos: join(simulated, 'bioscan5m/images/original_256'), table: join(simulated, datasetFiles.metadata) };
}

async function untrainedEncoder(): Promise<string> {
  const tower = convolutionalEncoder({ size: Number(options.size), widths: [16, 32, 64], dimension: 48 });
  const file = join(options.out, 'untrained.onnx');
  await writeFile(file, exportEncoder(tower, initialStateOf(tower.parameters, rng(1)), { passes: [fuse()] }));
  return file;
}

/** Photos of the test split, which nothing above has seen; or the folder of your own. */
async function newPhotos(): Promise<string[]> {
  const from = options.new ?? join(photos, 'test');
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
