import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nearestKeys, rng, sha256, tensor, type Neighbours, type Picture } from '@bioscan/core';
import { agreement, labelTable, resampler } from '@bioscan/eval';
import { storedVectors, type EncoderPrecision } from '@bioscan/identify';
import { openIdentifier } from '@bioscan/identify/node';
import { openRuntime } from '@bioscan/runtime/node';
import { photograph, photographer, simulate, simulatorVersion, worlds } from '@bioscan/sim';

export interface IdentifierInt8Sizes {
  readonly queries: number;
  readonly keys: number;
  readonly species: number;
  readonly photo: { readonly width: number; readonly height: number };
  /** Photos that are rendered, encoded and kept together. */
  readonly chunk: number;
}

/** Sizes of the comparison. Pinned by a test: at least 10,000 queries. */
export const identifierInt8Sizes: IdentifierInt8Sizes = {
  queries: 10_000,
  keys: 5_000,
  species: 600,
  photo: { width: 96, height: 72 },
  chunk: 500,
};

/** Of the specimens, the order they come in, and their photos. */
const seeds = { specimens: 61, order: 62, photos: 63 } as const;

const precisions = ['float32', 'int8'] as const satisfies readonly EncoderPrecision[];

export interface IdentifierInt8Result {
  readonly rows: readonly Readonly<Record<string, string | number>>[];
  /** Photos that this run rendered; those of a stopped run are not rendered again. */
  readonly rendered: number;
  readonly verdict: string;
}

/**
 * What 8 bits cost an identifier: 1-NN of simulated photos among simulated references, its float32 against its int8 encoder, paired over the
 * same queries. Keys are those of the float32 encoder, as the folder holds them. Each photo is rendered once; vectors are kept in `out` a
 * chunk at a time.
 */
export async function identifierInt8Bench(
  folder: string,
  out: string,
  sizes: IdentifierInt8Sizes = identifierInt8Sizes,
): Promise<IdentifierInt8Result> {
  const specimens = sizes.queries + sizes.keys;
  const simulation = simulate({ seed: seeds.specimens, specimens, species: sizes.species, world: worlds.complete });
  const order = rng(seeds.order).shuffle([...simulation.specimens]);
  const take = photographer(simulation, rng(seeds.photos));
  const picture = (at: number): Picture => {
    const { morphology, individual, scene } = take.job(order[at]?.processId ?? '', []);
    return photograph(morphology, individual, scene, sizes.photo).picture;
  };
  const ids = order.map(({ processId }) => processId);
  const { vectors, dimension, rendered } = await encoded(folder, out, picture, ids, sizes);
  const keys = storedVectors(
    tensor('float32', [sizes.keys, dimension], vectors.float32.subarray(sizes.queries * dimension)),
    'float32',
  );
  const nearest = (precision: EncoderPrecision): Neighbours => {
    const own = vectors[precision].subarray(0, sizes.queries * dimension);
    const queries = storedVectors(tensor('float32', [sizes.queries, dimension], own), 'float32');
    const found = nearestKeys({ dimension, values: keys.data }, queries, 1);
    return { ...found, queryIds: ids.slice(0, sizes.queries), keyIds: ids.slice(sizes.queries), higherIsNearer: true };
  };
  const [reference, candidate] = [nearest('float32'), nearest('int8')];
  const labels = labelTable(order);
  const found = (['order', 'family', 'genus', 'species'] as const).map((rank) =>
    agreement(reference, candidate, labels, { rank, resampler: resampler({ rng: rng(64) }) }),
  );
  const rows = found.map(({ rank, queries, sameKey, reference: whole, candidate: light, difference }) => ({
    rank,
    queries,
    'same key %': percent(sameKey),
    'float32 %': percent(whole.value),
    'int8 %': percent(light.value),
    'difference, points': `${percent(difference.value)} [${percent(difference.interval?.low)}, ${percent(difference.interval?.high)}]`,
  }));
  const lost = found.filter(({ difference }) => !((difference.interval?.low ?? -1) >= -0.01)).map(({ rank }) => rank);
  const verdict =
    lost.length === 0
      ? `8 bits cost less than 1 point at every rank (lower ends of 95 % intervals over species, ${sizes.queries} queries)`
      : `a cost of 1 point cannot be ruled out at ${lost.join(', ')} (95 % intervals over species, ${sizes.queries} queries)`;
  return { rows, rendered, verdict };
}

/** What vectors on disk rest on: those of another encoder, generator or other photos have another name and are never taken up. */
export function vectorsName(
  sizes: IdentifierInt8Sizes,
  files: unknown,
  ids: readonly string[],
  photos: unknown,
): string {
  return `vectors-${sha256(JSON.stringify([sizes, files, sha256(ids.join('\n')), photos])).slice(0, 12)}`;
}

/** Vectors of all photos by both encoders, queries first. */
async function encoded(
  folder: string,
  out: string,
  picture: (at: number) => Picture,
  ids: readonly string[],
  sizes: IdentifierInt8Sizes,
): Promise<{ vectors: Record<EncoderPrecision, Float32Array>; dimension: number; rendered: number }> {
  const runtime = openRuntime();
  const count = ids.length;
  try {
    const open = precisions.map((precision) => openIdentifier(folder, runtime, { precision }));
    const opened = await Promise.all(open);
    const dimension = opened[0]?.encoder.dimension ?? 0;
    const files = opened.map(({ manifest }) => manifest.files);
    const name = vectorsName(sizes, files, ids, { simulatorVersion, seeds });
    await mkdir(out, { recursive: true });
    const vectors = { float32: new Float32Array(count * dimension), int8: new Float32Array(count * dimension) };
    let rendered = 0;
    for (let first = 0; first < count; first += sizes.chunk) {
      const size = Math.min(sizes.chunk, count - first);
      const file = join(out, `${name}-${first}.bin`);
      const kept = await readFile(file).catch(() => undefined);
      const both = new Float32Array(2 * size * dimension);
      if (kept?.length === both.byteLength) new Uint8Array(both.buffer).set(kept);
      else {
        const photos = Array.from({ length: size }, (_, i) => picture(first + i));
        rendered += size;
        for (const [which, { encoder }] of opened.entries())
          for (let at = 0; at < size; at += encoder.maxBatch) {
            const { data } = await encoder.encode(photos.slice(at, at + encoder.maxBatch));
            both.set(data, (which * size + at) * dimension);
          }
        await writeFile(`${file}.tmp`, new Uint8Array(both.buffer));
        await rename(`${file}.tmp`, file);
        process.stderr.write(`\r${first + size}/${count} photos rendered and encoded`);
      }
      vectors.float32.set(both.subarray(0, size * dimension), first * dimension);
      vectors.int8.set(both.subarray(size * dimension), first * dimension);
    }
    if (rendered > 0) process.stderr.write('\n');
    return { vectors, dimension, rendered };
  } finally {
    await runtime.close();
  }
}

function percent(share: number | undefined): string {
  return share === undefined ? '–' : (100 * share).toFixed(2);
}
