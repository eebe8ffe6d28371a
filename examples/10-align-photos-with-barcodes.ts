/**
 * # Align photos with barcodes
 *
 * Trains a photo network together with the barcodes of the same specimens, watches a validation score, and asks what it was good for: the nearest
 * other specimen by photo, before and after. The data are simulated, so a gain shows that the tool works and nothing about insects.
 *
 *     pnpm tsx examples/10-align-photos-with-barcodes.ts --specimens 1200 --steps 300
 *
 * Options: --out <folder>, --specimens <n>, --steps <n>, --batch <n>, --size <pixels>. A stopped run goes on when it is called again.
 * `bioscan align data/` does the same from the command line, with a config file for everything that can be chosen.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  alignment,
  contrast,
  embedModality,
  inMemory,
  retrievalScore,
  trainAlignment,
  type AlignmentData,
} from '@bioscan/align';
import { barcodeHash, rng, sha256, type Picture, type SplitName } from '@bioscan/core';
import { imagePath, readSpecimenTable, type SpecimenRow } from '@bioscan/data';
import { barcodeCnn } from '@bioscan/dna';
import { planMemory, showMemory } from '@bioscan/graph';
import { tableText } from '@bioscan/report';
import { nodeStore, openRuntime } from '@bioscan/runtime/node';
import { datasetFiles, worlds, writeDataset } from '@bioscan/sim';
import { convolutionalEncoder, resizePicture } from '@bioscan/vision';
import { decodePicture } from '@bioscan/vision/node';

const { values: options } = parseArgs({
  options: {
    out: { type: 'string', default: 'out/align' },
    specimens: { type: 'string', default: '600' },
    steps: { type: 'string', default: '120' },
    batch: { type: 'string', default: '48' },
    size: { type: 'string', default: '48' },
  },
});
const size = Number(options.size);

// ## 1. Specimens
//
// A simulated collection in which every name is known. A fifth of the specimens is kept for validation.

const folder = join(options.out, 'data');
const summary = await writeDataset(folder, {
  seed: 7,
  specimens: Number(options.specimens),
  species: Math.max(10, Math.ceil(Number(options.specimens) / 20)),
  world: worlds.complete,
});
console.log(summary.banner);
const records = [...(await readSpecimenTable(join(folder, datasetFiles.metadata)))];
const shuffled = rng(1).shuffle([...records]);
const held = Math.ceil(records.length / 5);
const [validation, training] = [await rowsOf(shuffled.slice(0, held)), await rowsOf(shuffled.slice(held))];

// ## 2. The model
//
// A tower a modality, a projection each into one space, and an objective. A fourth modality would be one more entry.

const model = alignment({
  modalities: {
    image: { tower: convolutionalEncoder({ size, widths: [16, 32, 64] }) },
    dna: { tower: barcodeCnn({ widths: [16, 16, 16], dimension: 64, normalisation: 'group' }) },
  },
  objective: [contrast({ pairs: 'all' })],
  width: 64,
});

// ## 3. The run
//
// Specimens with one barcode never meet in a batch, where they would pass for negatives. The folder resumes to the byte.

const runtime = openRuntime();
const score = retrievalScore({ query: 'image', key: 'image', label: 'species' });
const result = await trainAlignment(
  {
    model,
    data: training,
    validation: { data: validation, every: Math.ceil(Number(options.steps) / 4), score },
    sampler: { kind: 'one-per', label: 'barcode' },
    budget: { steps: Number(options.steps), batchSize: Number(options.batch), peakLearningRate: 2e-3 },
    seed: 1,
  },
  {
    runtime,
    store: nodeStore(join(options.out, 'run')),
    onPlan: ({ step, warnings }) => {
      for (const warning of warnings) console.log(warning);
      console.log(`memory: about ${showMemory(planMemory(step))}`);
    },
    onProgress: ({ done, total, measures, latest, remainingSeconds }) => {
      if (done % 20 !== 0 && done !== total) return;
      const judged = latest === undefined ? '' : `, validation ${latest.score.toFixed(3)}`;
      console.log(
        `step ${done}: loss ${measures['loss']?.toFixed(3) ?? '?'}${judged}, ${remainingSeconds.toFixed(0)} s left`,
      );
    },
  },
);

// ## 4. What became of it
//
// The same score for the parameters at the start and for the best: by photo alone, and from photo to barcode.

const untrained = { step: 0, tensors: model.step({ batchSize: 2, seed: 1 }).initial.tensors };
const rows: [string, string, string][] = [];
for (const [name, state] of [
  ['untrained', untrained],
  [`aligned, ${result.best.step} steps`, result.best],
] as const) {
  const vectors = {
    image: await embedModality(model, state, 'image', validation, runtime),
    dna: await embedModality(model, state, 'dna', validation, runtime),
  };
  const scored = async (key: 'image' | 'dna'): Promise<string> =>
    (await retrievalScore({ query: 'image', key, label: 'species' }).score(vectors, validation)).toFixed(3);
  rows.push([name, await scored('image'), await scored('dna')]);
}
await runtime.close();
console.log(
  tableText({
    title: `Nearest other specimen of ${validation.ids.length}: macro top-1 species (SIMULATED)`,
    columns: ['parameters', 'photo to photo', 'photo to barcode'],
    rows,
  }),
);
console.log(`run folder: ${join(options.out, 'run')}`);

/** Records as rows: a small photo, the barcode, and labels that only samplers and scores see. */
async function rowsOf(specimens: readonly SpecimenRow[]): Promise<AlignmentData> {
  const photos = await Promise.all(specimens.map((specimen) => smallPhoto(specimen)));
  return {
    ids: specimens.map(({ processId }) => processId),
    modalities: { image: inMemory(photos), dna: inMemory(specimens.map(({ barcode }) => barcode)) },
    labels: {
      species: specimens.map(({ lineage }) => lineage.species),
      barcode: specimens.map(({ barcode }) => (barcode === undefined ? undefined : barcodeHash(barcode))),
    },
    hash: sha256(JSON.stringify([summary.hash, size, specimens.map(({ processId }) => processId)])),
  };
}

async function smallPhoto({ processId, split }: SpecimenRow): Promise<Picture> {
  const path = imagePath(processId, split as SplitName, { imageType: 'original_256' });
  return resizePicture(await decodePicture(join(folder, path)), { width: size, height: size });
}
