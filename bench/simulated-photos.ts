import { ranks, rng, type BoundingBox, type LabelRank, type Lineage, type Picture, type Rng } from '@bioscan/core';
import {
  photograph,
  planIndividual,
  planMorphology,
  planScene,
  planSession,
  simulate,
  worlds,
  type Morphology,
} from '@bioscan/sim';
import sharp from 'sharp';

export interface SimulatedPhoto {
  readonly picture: Picture;
  readonly lineage: Lineage;
  readonly box: BoundingBox;
  readonly maskPixels: number;
  readonly archetype: string;
}

export interface PhotoSample {
  readonly seed: number;
  readonly specimens: number;
  readonly species: number;
  readonly speciesSignal?: number;
}

/** Photos of 341 x 256 pixels, through JPEG and back, of the specimens of a simulated collection; plates of 95 share their session. */
export async function simulatedPhotos({
  seed,
  specimens,
  species,
  speciesSignal = 0.15,
}: PhotoSample): Promise<SimulatedPhoto[]> {
  const { specimens: records } = simulate({ seed, specimens, species, orders: 14, world: worlds.complete });
  const random = rng(seed).split('photos');
  const looks = looksOf(
    records.map(({ lineage }) => lineage),
    speciesSignal,
    random,
  );
  const photos: SimulatedPhoto[] = [];
  for (const [i, { lineage }] of records.entries()) {
    const look = looks.get(lineage.species ?? '') as Morphology;
    const own = random.split(i);
    const scene = planScene(planSession(random.split(`plate ${Math.floor(i / 95)}`)), own.split('scene'));
    const { picture, box, maskPixels } = photograph(look, planIndividual(look, own.split('individual')), scene, {
      width: 341,
      height: 256,
    });
    photos.push({
      picture: await throughJpeg(picture, scene.session.jpegQuality),
      lineage,
      box,
      maskPixels,
      archetype: look.archetype,
    });
  }
  return photos;
}

function looksOf(lineages: readonly Lineage[], speciesSignal: number, random: Rng): Map<string, Morphology> {
  const bySpecies = new Map(lineages.map((lineage) => [lineage.species ?? '', lineage]));
  const names = [...bySpecies.keys()].sort();
  const paths = names.map((name) => ({
    nodes: ranks.flatMap((rank) => {
      const label = (bySpecies.get(name) as Lineage)[rank];
      return label === undefined ? [] : [{ rank, name: label, length: 1 }];
    }),
  }));
  const planned = planMorphology(paths, { speciesSignal }, random.split('looks'));
  return new Map(names.map((name, i) => [name, planned[i] as Morphology]));
}

async function throughJpeg({ data, width, height }: Picture, quality: number): Promise<Picture> {
  return readPicture(
    await sharp(data, { raw: { width, height, channels: 3 } })
      .jpeg({ quality })
      .toBuffer(),
  );
}

/** An image file or its bytes as 8-bit RGB. */
export async function readPicture(source: string | Uint8Array): Promise<Picture> {
  const { data, info } = await sharp(source)
    .removeAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data: new Uint8Array(data) };
}

export function labelsAt(photos: readonly SimulatedPhoto[], rank: LabelRank): string[] {
  return photos.map(({ lineage }) => (rank === 'bin' ? '' : (lineage[rank] ?? '')));
}

/** A square about the specimen's box, a fifth larger than its longer side; beyond the photo its edge pixels go on. */
export function cropped({ picture: { width, height, data }, box }: SimulatedPhoto): Picture {
  const side = Math.max(16, Math.round(1.2 * Math.max(box.x1 - box.x0, box.y1 - box.y0)));
  const [left, top] = [Math.round((box.x0 + box.x1 - side) / 2), Math.round((box.y0 + box.y1 - side) / 2)];
  const out = new Uint8Array(3 * side * side);
  for (let y = 0; y < side; y++) {
    const row = Math.min(height - 1, Math.max(0, top + y)) * width;
    for (let x = 0; x < side; x++) {
      const from = 3 * (row + Math.min(width - 1, Math.max(0, left + x)));
      out.set(data.subarray(from, from + 3), 3 * (y * side + x));
    }
  }
  return { width: side, height: side, data: out };
}

/** The first photos of each order, at most `most`: else one order is three quarters of all. */
export function evenOrders(photos: readonly SimulatedPhoto[], most: number): SimulatedPhoto[] {
  const taken = new Map<string, number>();
  return photos.filter(({ lineage }) => {
    const count = taken.get(lineage.order ?? '') ?? 0;
    taken.set(lineage.order ?? '', count + 1);
    return count < most;
  });
}
