import type { BoundingBox } from '@bioscan/core';
import type { Layer } from './layer.js';

/** A photo in the making: (height, width, 3) values on 0 … 255. */
export interface Canvas {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
}

/** Pixels of which at least this share of samples is covered belong to the specimen. */
const belongs = 1 / 3;

/** Lays a layer of `fine` x `fine` samples a pixel over the canvas, and marks its pixels in `mask` where one is given. */
export function composite(onto: Canvas, from: Layer, fine: number, mask?: Uint8Array): void {
  const { x0, y0, width, height } = pixelsOf(from, fine);
  const share = 1 / (fine * fine);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let r = 0;
      let g = 0;
      let b = 0;
      let a = 0;
      let covered = 0;
      for (let j = 0; j < fine; j++) {
        let index = (y * fine + j) * from.width + x * fine;
        for (let i = 0; i < fine; i++, index++) {
          r += from.colour[4 * index] as number;
          g += from.colour[4 * index + 1] as number;
          b += from.colour[4 * index + 2] as number;
          a += from.colour[4 * index + 3] as number;
          covered += from.cover[index] as number;
        }
      }
      if (a === 0) continue;
      const pixel = (y0 + y) * onto.width + x0 + x;
      const rest = 1 - a * share;
      onto.data[3 * pixel] = 255 * r * share + rest * (onto.data[3 * pixel] as number);
      onto.data[3 * pixel + 1] = 255 * g * share + rest * (onto.data[3 * pixel + 1] as number);
      onto.data[3 * pixel + 2] = 255 * b * share + rest * (onto.data[3 * pixel + 2] as number);
      if (mask !== undefined && covered * share >= belongs) mask[pixel] = 1;
    }
  }
}

function pixelsOf({ x0, y0, width, height }: Layer, fine: number): Pick<Layer, 'x0' | 'y0' | 'width' | 'height'> {
  return { x0: x0 / fine, y0: y0 / fine, width: width / fine, height: height / fine };
}

/** Darkens the dish around a layer: its cover on a coarse grid, blurred and moved away from the lamp. */
export function castShadow(onto: Canvas, from: Layer, fine: number, strength: number): void {
  const cell = Math.max(2, Math.round(onto.width / 85));
  const columns = Math.ceil(onto.width / cell) + 1;
  const rows = Math.ceil(onto.height / cell) + 1;
  let grid: Float32Array = new Float32Array(columns * rows);
  const unit = cell * fine;
  for (let y = 0; y < from.height; y += fine) {
    for (let x = 0; x < from.width; x += fine) {
      const alpha = from.colour[4 * (y * from.width + x) + 3] as number;
      if (alpha === 0) continue;
      const at = Math.floor((y + from.y0) / unit) * columns + Math.floor((x + from.x0) / unit);
      grid[at] = (grid[at] as number) + (alpha * fine * fine) / (unit * unit);
    }
  }
  for (let pass = 0; pass < 3; pass++) grid = smoothed(grid, columns, rows);
  const [shiftX, shiftY] = [0.8, 1.1];
  const [left, right] = reachOf(from.x0 / fine, from.width / fine, cell, onto.width);
  const [top, bottom] = reachOf(from.y0 / fine, from.height / fine, cell, onto.height);
  for (let y = top; y < bottom; y++) {
    const gy = Math.max(0, y / cell - 0.5 - shiftY);
    const j = Math.min(rows - 2, Math.floor(gy));
    for (let x = left; x < right; x++) {
      const gx = Math.max(0, x / cell - 0.5 - shiftX);
      const i = Math.min(columns - 2, Math.floor(gx));
      const dark = 1 - strength * bilinear(grid, columns, i, j, gx - i, gy - j);
      const at = 3 * (y * onto.width + x);
      for (let c = 0; c < 3; c++) onto.data[at + c] = (onto.data[at + c] as number) * dark;
    }
  }
}

/** First and last + 1 pixel that a blurred shadow may reach. */
function reachOf(start: number, size: number, cell: number, limit: number): [number, number] {
  return [Math.max(0, start - 5 * cell), Math.min(limit, start + size + 7 * cell)];
}

function bilinear(grid: Float32Array, columns: number, i: number, j: number, s: number, t: number): number {
  const at = j * columns + i;
  const low = (grid[at] as number) * (1 - s) + (grid[at + 1] as number) * s;
  const high = (grid[at + columns] as number) * (1 - s) + (grid[at + columns + 1] as number) * s;
  return low * (1 - t) + high * t;
}

function smoothed(grid: Float32Array, columns: number, rows: number): Float32Array {
  const out = new Float32Array(grid.length);
  for (let y = 1; y + 1 < rows; y++) {
    for (let x = 1; x + 1 < columns; x++) {
      let sum = 0;
      for (let j = -1; j <= 1; j++) for (let i = -1; i <= 1; i++) sum += grid[(y + j) * columns + x + i] as number;
      out[y * columns + x] = sum / 9;
    }
  }
  return out;
}

/** The tight box of a mask; undefined where it is empty. */
export function boxOf(
  mask: Uint8Array,
  width: number,
  height: number,
): { readonly box: BoundingBox; readonly pixels: number } | undefined {
  let [x0, y0, x1, y1, pixels] = [width, height, 0, 0, 0];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (mask[y * width + x] === 0) continue;
      pixels++;
      if (x < x0) x0 = x;
      if (x + 1 > x1) x1 = x + 1;
      if (y < y0) y0 = y;
      y1 = y + 1;
    }
  }
  return pixels === 0 ? undefined : { box: { x0, y0, x1, y1 }, pixels };
}
