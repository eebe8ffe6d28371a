import { alignment, contrast, inMemory, trainAlignment, embedModality, type AlignmentData } from '@bioscan/align';
import {
  quickStudy,
  studyModalities,
  alignedNeighbours,
  type AlignedNeighbours,
  type AlignedSpace,
} from '@bioscan/cli';
import { memoryStore, rng, sha256, type Picture, type Runtime, type Store } from '@bioscan/core';
import { kmerEncoder } from '@bioscan/dna/baselines';
import { crossFitFolds, type Library } from '@bioscan/qc';
import { photograph, photographer, simulatorVersion, type Simulation } from '@bioscan/sim';
import { cropSpecimen, resizePicture } from '@bioscan/vision';

/** The small aligned model of the protocol: labels teach it nothing. */
export const alignedSettings = {
  size: 32,
  widths: [16, 32, 64],
  groups: 2,
  k: 5,
  steps: 240,
  batchSize: 96,
  folds: 2,
} as const;

/** Photos of all records, swapped ones as they were swapped; the same specimen has the same photo in every world of a seed. */
export async function smallPhotos(simulation: Simulation, cache: Store): Promise<Map<string, Picture>> {
  const { size } = alignedSettings;
  const { seed, world } = simulation.settings;
  const subjects = simulation.truth.map(({ processId, looks, berth }) => [processId, looks, berth]);
  const key = sha256(JSON.stringify([1, simulatorVersion, seed, size, world.image, subjects]));
  const file = `photos-${seed}-${key.slice(0, 16)}.bin`;
  const stored = (await cache.list(file)).includes(file);
  const bytes = stored ? await cache.read(file) : takePhotos(simulation);
  if (!stored) await cache.write(file, bytes);
  const length = 3 * size * size;
  const own = new Map(
    simulation.truth.map(({ processId }, i) => [processId, bytes.subarray(i * length, (i + 1) * length)]),
  );
  return new Map(
    simulation.truth.map(({ processId }) => {
      const shown = simulation.photoOf.get(processId) ?? processId;
      return [processId, { width: size, height: size, data: own.get(shown) ?? bytes.subarray(0, length) }];
    }),
  );
}

function takePhotos(simulation: Simulation): Uint8Array {
  const { size } = alignedSettings;
  // Without swaps: the photo of each specimen itself.
  const camera = photographer({ ...simulation, photoOf: new Map() }, rng(simulation.settings.seed));
  const bytes = new Uint8Array(simulation.truth.length * 3 * size * size);
  simulation.truth.forEach(({ processId }, i) => {
    const { morphology, individual, scene } = camera.job(processId, []);
    const { picture, box } = photograph(morphology, individual, scene, { width: 128, height: 96 });
    const side = Math.max(8, Math.round(1.1 * Math.max(box.x1 - box.x0, box.y1 - box.y0)));
    const x0 = Math.round((box.x0 + box.x1 - side) / 2);
    const y0 = Math.round((box.y0 + box.y1 - side) / 2);
    const cut = cropSpecimen(picture, { x0, y0, x1: x0 + side, y1: y0 + side });
    bytes.set(resizePicture(cut, { width: size, height: size }).data, i * 3 * size * size);
  });
  return bytes;
}

interface AlignedHost {
  readonly cache: Store;
  readonly runtime: Runtime;
  readonly steps?: number;
}

/** Photos against barcodes, cross-fitted: one model a fold, trained on pairs as the table has them, errors and all. */
export async function alignedWorld(
  library: Library,
  simulation: Simulation,
  { cache, runtime, steps = alignedSettings.steps }: AlignedHost,
): Promise<AlignedNeighbours> {
  const photos = await smallPhotos(simulation, cache);
  const data = await rowsOf(library, photos);
  const { seed } = simulation.settings;
  const folds = crossFitFolds(library.records, { rng: rng(seed).split('folds'), folds: alignedSettings.folds });
  const spaces: AlignedSpace[] = [];
  for (const { training } of folds) spaces.push(await alignedSpace(data, training, seed, { runtime, steps }));
  return alignedNeighbours(library, spaces, runtime);
}

async function alignedSpace(
  data: AlignmentData,
  training: readonly number[],
  seed: number,
  { runtime, steps }: Required<Pick<AlignedHost, 'runtime' | 'steps'>>,
): Promise<AlignedSpace> {
  const { size, widths, groups, k, batchSize } = alignedSettings;
  const modalities = studyModalities({ ...quickStudy, size, widths, groups, k, views: 0 });
  const [image, dna] = [modalities['image'], modalities['dna']];
  if (image === undefined || dna === undefined) throw new RangeError('bench: no towers of photos and barcodes');
  const model = alignment({ modalities: { image, dna }, objective: [contrast()], width: 64 });
  const rows = training.filter((at) => data.modalities['dna']?.has(at) === true);
  const { last } = await trainAlignment(
    {
      ...{ model, data: partOf(data, rows), seed },
      sampler: { kind: 'one-per', label: 'barcode' },
      budget: { steps, batchSize, peakLearningRate: 4e-3, checkpointEvery: steps },
    },
    { runtime, store: memoryStore() },
  );
  return {
    photos: await embedModality(model, last, 'image', data, runtime, { batchSize: 256 }),
    barcodes: await embedModality(model, last, 'dna', data, runtime, { batchSize: 256 }),
    seen: new Set(rows.map((at) => data.ids[at] as string)),
  };
}

/** Photos, and centred square roots of k-mer frequencies. */
async function rowsOf({ records, haplotypes }: Library, photos: ReadonlyMap<string, Picture>): Promise<AlignmentData> {
  const encoder = kmerEncoder({ k: alignedSettings.k, weighting: 'frequency' });
  const roots = (await encoder.encode(haplotypes.barcodes)).data.map(Math.sqrt);
  const d = encoder.dimension;
  const n = haplotypes.barcodes.length;
  const mean = new Float64Array(d);
  roots.forEach((value, i) => {
    mean[i % d] = (mean[i % d] as number) + value / n;
  });
  const scale = Math.sqrt(d);
  const vectors = haplotypes.barcodes.map((_, h) => [
    roots.subarray(h * d, (h + 1) * d).map((value, i) => scale * (value - (mean[i] as number))),
  ]);
  const of = records.map((_, i) => haplotypes.of[i] as number);
  return {
    ids: records.map(({ processId }) => processId),
    modalities: {
      image: inMemory(
        records.map(({ processId }) => {
          const plain = photos.get(processId);
          return plain === undefined ? undefined : { plain, views: [] };
        }),
      ),
      dna: inMemory(of.map((h) => vectors[h])),
    },
    labels: { barcode: of.map((h) => (h < 0 ? undefined : `${h}`)) },
    hash: sha256(records.map(({ processId }) => processId).join()),
  };
}

function partOf(data: AlignmentData, rows: readonly number[]): AlignmentData {
  const at = (i: number): number => rows[i] as number;
  return {
    ids: rows.map((i) => data.ids[i] as string),
    modalities: Object.fromEntries(
      Object.entries(data.modalities).map(([name, column]) => [
        name,
        {
          has: (i: number) => i < rows.length && column.has(at(i)),
          read: (wanted: readonly number[]) => column.read(wanted.map(at)),
        },
      ]),
    ),
    labels: Object.fromEntries(Object.entries(data.labels).map(([name, column]) => [name, rows.map((i) => column[i])])),
    hash: `${data.hash} ${rows.length}`,
  };
}
