import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256, type BoundingBox, type Picture } from '@bioscan/core';
import { decodePicture } from '@bioscan/vision/node';
import { figureBoxes } from './figure-boxes.js';

/** A real photo with its truth. */
export interface LabelledPhoto {
  readonly name: string;
  readonly set: 'figures' | 'dish';
  readonly half: 'tuning' | 'reporting';
  readonly box: BoundingBox;
  /** Picture, and the true mask where there is one: (height, width), 0 or 1. */
  open(): Promise<{ readonly picture: Picture; readonly mask?: Uint8Array }>;
}

/** Which half a photo is in: by its file name alone, so that it can never move. */
export function halfOf(file: string): 'tuning' | 'reporting' {
  return Number.parseInt(sha256(new TextEncoder().encode(file)).slice(0, 1), 16) % 2 === 0 ? 'tuning' : 'reporting';
}

/** The photos of `images/figures` and `images/dish` with their boxes: drawn, or tight around a true mask without its specks. */
export async function labelledPhotos(root: string): Promise<LabelledPhoto[]> {
  const figures = join(root, 'images', 'figures');
  const dish = join(root, 'images', 'dish');
  const photos: LabelledPhoto[] = [];
  for (const file of (await readdir(figures)).sort()) {
    if (!file.endsWith('.png') || file.endsWith('_mask.png')) continue;
    const drawn = figureBoxes[/^[a-z_]+_\d+/u.exec(file)?.[0] ?? ''];
    const open = async (): ReturnType<LabelledPhoto['open']> => {
      const picture = await decodePicture(join(figures, file));
      if (drawn !== undefined) return { picture };
      return { picture, mask: maskOf(await decodePicture(join(figures, file.replace('_img', '_mask'))), picture) };
    };
    const box = drawn === undefined ? await maskBox(open) : { x0: drawn[0], y0: drawn[1], x1: drawn[2], y1: drawn[3] };
    photos.push({ name: file, set: 'figures', half: halfOf(file), box, open });
  }
  for (const line of (await readFile(join(dish, 'boxes.csv'), 'utf8')).trim().split(/\r?\n/u).slice(1)) {
    const [name = '', , , , ...numbers] = line.split(',');
    const [x = 0, y = 0, w = 0, h = 0] = numbers.map(Number);
    const open = async (): ReturnType<LabelledPhoto['open']> => ({ picture: await decodePicture(join(dish, name)) });
    photos.push({ name, set: 'dish', half: halfOf(name), box: { x0: x, y0: y, x1: x + w, y1: y + h }, open });
  }
  return photos;
}

/** Panel and mask were cut a few pixels apart: the mask is stretched onto the panel. */
function maskOf(mask: Picture, { width, height }: Picture): Uint8Array {
  const out = new Uint8Array(width * height);
  for (let i = 0; i < out.length; i++) {
    const x = Math.floor((((i % width) + 0.5) * mask.width) / width);
    const y = Math.floor(((Math.floor(i / width) + 0.5) * mask.height) / height);
    out[i] = (mask.data[3 * (y * mask.width + x)] ?? 0) > 127 ? 1 : 0;
  }
  return out;
}

async function maskBox(open: LabelledPhoto['open']): Promise<BoundingBox> {
  const { picture, mask = new Uint8Array() } = await open();
  const columns = occupied(mask, picture.width, picture.height, 1, picture.width);
  const rows = occupied(mask, picture.height, picture.width, picture.width, 1);
  return { x0: columns[0], y0: rows[0], x1: columns[1], y1: rows[1] };
}

/** First and last line of a mask that belong to a part of at least 0.2 % of it: specks are smaller. */
function occupied(mask: Uint8Array, lines: number, across: number, stride: number, step: number): [number, number] {
  const kept = withoutSpecks(mask, stride === 1 ? lines : across);
  let [first, last] = [lines, 0];
  for (let line = 0; line < lines; line++) {
    for (let i = 0; i < across; i++) {
      if (kept[line * stride + i * step] !== 1) continue;
      first = Math.min(first, line);
      last = line + 1;
    }
  }
  return [first, last];
}

function withoutSpecks(mask: Uint8Array, width: number): Uint8Array {
  const least = 0.002 * mask.reduce((sum, value) => sum + value, 0);
  const seen = new Uint8Array(mask.length);
  const kept = new Uint8Array(mask.length);
  for (let seed = 0; seed < mask.length; seed++) {
    if (mask[seed] === 0 || seen[seed] === 1) continue;
    const part = [seed];
    seen[seed] = 1;
    for (let i = 0; i < part.length; i++) {
      const at = part[i] ?? 0;
      for (const next of [
        at - width - 1,
        at - width,
        at - width + 1,
        at - 1,
        at + 1,
        at + width - 1,
        at + width,
        at + width + 1,
      ]) {
        if (mask[next] !== 1 || seen[next] === 1 || Math.abs((next % width) - (at % width)) > 1) continue;
        seen[next] = 1;
        part.push(next);
      }
    }
    if (part.length >= least) for (const at of part) kept[at] = 1;
  }
  return kept;
}
