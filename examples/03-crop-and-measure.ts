/**
 * # Crop and measure
 *
 * A folder of dish photos becomes crops of the specimens, their sizes in millimetres, and a list of photos to look at.
 *
 *     pnpm tsx examples/03-crop-and-measure.ts --photos my-photos        your own, named by process id
 *     pnpm tsx examples/03-crop-and-measure.ts                           three pictures that it draws itself
 *
 * Options: --photos <folder>, --out <folder>. The command `bioscan crop` does the same for many photos, and goes on after a stop.
 */
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { boxSize, isBioscanError, rng, type Picture } from '@bioscan/core';
import { writeBoundingBoxes, type BoundingBoxRecord } from '@bioscan/data';
import { tableText } from '@bioscan/report';
import { classicalDetector, cropPresets, cropSpecimen, measureSpecimen } from '@bioscan/vision';
import { decodePicture, encodePicture } from '@bioscan/vision/node';

const { values: options } = parseArgs({
  options: { photos: { type: 'string' }, out: { type: 'string', default: 'out/crop-and-measure' } },
});
await mkdir(join(options.out, 'crops'), { recursive: true });

// ## 1. Photos
//
// Named by process id: what stands before the first dot. Without a folder of your own, three drawn dishes: one specimen, two, and none.

const folder = options.photos ?? (await drawPhotos(join(options.out, 'drawn')));
const photos = (await readdir(folder)).filter((name) => /\.(?:jpe?g|png|webp|tiff?)$/iu.test(name)).sort();
print(`${photos.length} photos in ${folder}`);

// ## 2. Find, crop, measure
//
// The detector needs no model. It says how sure it is and what a person should look at; an empty dish gets no crop.

const detector = classicalDetector();
const boxes: BoundingBoxRecord[] = [];
const rows: (string | number)[][] = [];
for (const name of photos) {
  const processId = basename(name).split('.', 1)[0] ?? name;
  const picture = await open(join(folder, name));
  if (picture === undefined) continue;
  const detection = detector.detect(picture);
  const { box, confidence, flags } = detection;
  const measures = measureSpecimen(detection, picture);
  const found = !flags.includes('empty') && !flags.includes('low-confidence');
  rows.push([
    processId,
    confidence.toFixed(2),
    found ? measures.widthMillimetres.toFixed(2) : '',
    found ? measures.heightMillimetres.toFixed(2) : '',
    found ? (measures.areaSquareMillimetres?.toFixed(3) ?? '') : '',
    flags.join(', '),
  ]);
  if (!found) continue;
  boxes.push({ processId, width: picture.width, height: picture.height, box, ...boxSize(box, picture) });

  // ## 3. The crop
  //
  // A little room on all sides and 256 pixels on the shorter one, as BIOSCAN-1M's crops have; the dish's own colour beyond the photo.

  const crop = cropSpecimen(picture, box, { preset: cropPresets.bioscan1m, fill: 'background', size: 256 });
  await writeFile(join(options.out, 'crops', `${processId}.jpg`), await encodePicture(crop));
}

// ## 4. What came out

const columns = ['process id', 'confidence', 'width mm', 'height mm', 'area mm2', 'look at'];
print(tableText({ title: 'Specimens', columns, rows }));
await writeBoundingBoxes(join(options.out, 'boxes.tsv'), boxes);
print(`${boxes.length} crops and ${join(options.out, 'boxes.tsv')}`);

/** A damaged file costs itself only. */
async function open(file: string): Promise<Picture | undefined> {
  try {
    return await decodePicture(file);
  } catch (error) {
    if (!isBioscanError(error)) throw error;
    print(`set aside: ${error.message}`);
    return undefined;
  }
}

async function drawPhotos(target: string): Promise<string> {
  await mkdir(target, { recursive: true });
  const beetle = { x: 480, y: 350, length: 120, width: 55 };
  const fly = { x: 720, y: 480, length: 70, width: 40 };
  const dishes = { 'DRAWN1-26': [beetle], 'DRAWN2-26': [beetle, fly], 'DRAWN3-26': [] };
  for (const [processId, specimens] of Object.entries(dishes)) {
    await writeFile(join(target, `${processId}.jpg`), await encodePicture(drawDish(specimens)));
  }
  return target;
}

/** A pale dish with ellipses on it. */
function drawDish(specimens: readonly { x: number; y: number; length: number; width: number }[]): Picture {
  const [width, height] = [1024, 768];
  const random = rng(3).split('dish');
  const data = new Uint8Array(3 * width * height);
  for (let i = 0; i < width * height; i++) {
    const x = i % width;
    const y = Math.floor(i / width);
    const shade = 205 - 12 * Math.hypot((x - 512) / 512, (y - 384) / 384) + 4 * random.uniform();
    const body = specimens.some((one) => ((x - one.x) / one.length) ** 2 + ((y - one.y) / one.width) ** 2 < 1);
    data.set(body ? [80, 55, 35] : [shade - 2, shade, shade + 2], 3 * i);
  }
  return { width, height, data };
}

function print(...values: unknown[]): void {
  console.log(...values);
}
