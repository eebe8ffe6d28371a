/**
 * `pnpm bench [name…]`: ratios against named peers, alternating in one run. Without a name: all of them.
 * Peers in Python are found through BIOSCAN_PYTHON (default python3).
 */
import { alignmentBench, alignmentMemory, alignmentSizes } from './alignment.js';
import { detectorBench } from './detector.js';
import { damerauAgreement, damerauBench } from './damerau.js';
import { distanceBench } from './dna-distance.js';
import { embeddingBench, embeddingSizes } from './embedding.js';
import { loaderBench } from './loader.js';
import { neighboursBench, neighboursSize } from './neighbours.js';
import { identifierInt8Bench } from './identifier-int8.js';
import { trainedIdentifier, trainedSizes } from './identifier-int8-trained.js';
import { int8Bench } from './int8.js';
import { realismBench } from './realism.js';
import { datasetBench } from './simulated-dataset.js';
import { benchTokenizer } from './tokenizer.js';
import { realismPhotosBench } from './realism-photos.js';
import { trainingCases } from './training-cases.js';
import { ourVersions } from './torch-peer.js';
import { trainingMemory, trainingStepBench } from './training-step.js';
import { umapBench, umapSize } from './umap.js';
import { wardBench, wardSize } from './ward.js';

const benches: Readonly<Record<string, () => Promise<void>>> = {
  alignment: async () => {
    const { batch, large } = alignmentSizes;
    const { peer, timings, peerBytes } = await alignmentBench(5);
    const whole = await alignmentMemory(batch, 1, 3);
    console.log(
      `\nViT-Tiny at 224 and BarcodeBERT 4-4-4 x 768 aligned, batch ${batch}: one training step, medians of 5`,
    );
    console.log(`${ourVersions()} | ${peer}`);
    console.log(`peak memory: ours ${gigabytes(whole.bytes)}, PyTorch ${gigabytes(peerBytes)}`);
    const ours = timings[0]?.medianSeconds ?? Number.NaN;
    console.table(
      timings.map(({ name, medianSeconds }) => ({
        name,
        'specimens a second': (batch / medianSeconds).toFixed(1),
        'our speed / its': (medianSeconds / ours).toFixed(2),
      })),
    );
    const { bytes, secondsPerStep } = await alignmentMemory(large.batch, large.chunks, 2);
    const needed = (peerBytes / batch) * large.batch;
    console.log(
      `batch ${large.batch} in ${large.chunks} chunks: peak ${gigabytes(bytes)}, ${secondsPerStep.toFixed(0)} s a step; PyTorch without a cache would need about ${gigabytes(needed)}`,
    );
  },
  tokenizer: () => {
    console.log('\nk-mer tokenizer against the Python rules (microseconds a barcode, medians)');
    console.table(benchTokenizer());
    return Promise.resolve();
  },
  distance: async () => {
    console.log('\nRestricted Damerau distance against fastest-levenshtein (658 letters)');
    console.table(await distanceBench());
  },
  damerau: async () => {
    const { version, rows } = await damerauBench();
    console.log('\nRestricted Damerau, all pairs of 658 letters on one core (pairs a second, medians)');
    console.log(`rapidfuzz ${version} (OSA through process.cdist, one worker), Node ${process.versions.node}`);
    console.table(rows);
  },
  'damerau-agreement': async () => {
    console.log(`\n${await damerauAgreement()} pairs of 0 to 2,000 letters: all distances equal rapidfuzz's`);
  },
  detector: async () => {
    const root = process.env['BIOSCAN_REAL_DATA'];
    if (root === undefined) {
      console.log('\ndetector: skipped, BIOSCAN_REAL_DATA names no folder with images/figures and images/dish');
      return;
    }
    const { boxes, masks } = await detectorBench(root);
    console.log('\nClassical detector against drawn boxes and true masks (95 % bootstrap intervals over photos)');
    console.table(boxes);
    console.table(masks);
  },
  loader: async () => {
    const data = process.env['BIOSCAN_REAL_DATA'];
    if (data === undefined) {
      console.log('\nloader: skipped, BIOSCAN_REAL_DATA names no folder of photos');
      return;
    }
    const { peer, photos, timings } = await loaderBench(`${data}/images/dish`, 3);
    console.log(
      `\nPhotos as batches of (32, 3, 224, 224): ${photos} JPEG dish photos of 1024 x 768, medians of 3 passes`,
    );
    console.log(`Node ${process.versions.node} | ${peer}`);
    const ours = timings[0]?.medianSeconds ?? Number.NaN;
    console.table(
      timings.map(({ name, medianSeconds }) => ({
        name,
        'ms a photo': ((1000 * medianSeconds) / photos).toFixed(2),
        'times ours': (medianSeconds / ours).toFixed(2),
      })),
    );
  },
  neighbours: async () => {
    const { n, keys = 0, d } = neighboursSize;
    console.log(`\nExact nearest of ${n} queries among ${keys} keys of ${d} dimensions, 2 threads each, medians of 3`);
    console.table(await neighboursBench());
  },
  ward: async () => {
    console.log(`\nWard's tree of ${wardSize.n} points of ${wardSize.d} dimensions, medians of 3`);
    console.table(await wardBench());
  },
  umap: async () => {
    console.log(`\nUMAP of ${umapSize.n} points of ${umapSize.d} dimensions to 50, medians of 3`);
    console.table(await umapBench());
  },
  int8: async () => {
    console.log('\nBarcodeBERT 5-2-4 x 128 in 8 bits: nearest neighbours among distinct barcodes of insects');
    console.table(await int8Bench(requireRealData()));
  },
  'identifier-int8': async () => {
    const out = 'out/identifier-int8';
    // Trained where none is named: about two minutes, kept in `out`.
    const folder = process.env['BIOSCAN_IDENTIFIER'] ?? (await trainedIdentifier(out, trainedSizes));
    console.log(`\n${folder} in 8 bits against float32, paired over simulated photos (SIMULATED)`);
    const { rows, verdict } = await identifierInt8Bench(folder, out);
    console.table(rows);
    console.log(verdict);
  },
  realism: () => realismBench(),
  'simulated-dataset': async () => {
    console.log('\nA simulated data set with photos of 341 x 256 (goal: two minutes on two cores)');
    console.table(await datasetBench());
  },
  embedding: async () => {
    for (const size of embeddingSizes) {
      const { peer, timings } = await embeddingBench(size, 9);
      console.log(`\nBarcodeBERT ${size.k}-4-4 x 768, batch ${size.batch}: embedding, medians of 9`);
      console.log(`${ourVersions()} | ${peer}`);
      const theirs = timings.at(-1)?.medianSeconds ?? Number.NaN;
      console.table(
        timings.map(({ name, medianSeconds }) => ({
          name,
          'barcodes a second': (size.batch / medianSeconds).toFixed(1),
          "times PyTorch's speed": (theirs / medianSeconds).toFixed(2),
        })),
      );
    }
  },
  'realism-photos': () => realismPhotosBench(),
  'training-step': async () => {
    for (const [name, training] of Object.entries(trainingCases)) {
      const { peer, timings, gemmPeak, peerBytes } = await trainingStepBench(training, 9);
      const ourBytes = await trainingMemory(name);
      console.log(`\n${training.title}: one training step, medians of 9`);
      console.log(`${ourVersions()} | ${peer}`);
      console.log(`products of 1024 x 1024 in this run: up to ${gemmPeak.toFixed(0)} GFLOP/s`);
      console.log(
        `peak memory: ours ${gigabytes(ourBytes)}, PyTorch ${gigabytes(peerBytes)}, ratio ${(ourBytes / peerBytes).toFixed(2)}`,
      );
      const ours = timings[0]?.medianSeconds ?? Number.NaN;
      console.table(
        timings.map(({ name: side, medianSeconds, fastestSeconds }) => ({
          name: side,
          'median s': medianSeconds.toFixed(3),
          'fastest s': fastestSeconds.toFixed(3),
          'ours / theirs': (ours / medianSeconds).toFixed(2),
          'of the GEMM peak %': ((100 * training.gigaflop) / medianSeconds / gemmPeak).toFixed(0),
        })),
      );
    }
  },
};

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(2)} GB`;
}

function requireRealData(): string {
  const folder = process.env['BIOSCAN_REAL_DATA'];
  if (folder === undefined) throw new Error('bench: BIOSCAN_REAL_DATA must name the folder of the real data');
  return folder;
}

const names = process.argv.slice(2);
for (const name of names.length === 0 ? Object.keys(benches) : names) {
  const bench = benches[name];
  if (bench === undefined) throw new Error(`bench: no '${name}', expected one of ${Object.keys(benches).join(', ')}`);
  await bench();
}
