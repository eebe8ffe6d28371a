import type { Picture } from '@bioscan/core';
import { resampleKernelBase64 } from '../generated/resample-kernel.js';
import type { ResampleWeights } from './resample-weights.js';

/** What assembly/ exports; addresses are bytes. */
interface KernelExports {
  resampleRows(
    source: number,
    sourceStride: number,
    target: number,
    targetStride: number,
    rows: number,
    columns: number,
    starts: number,
    counts: number,
    weights: number,
    taps: number,
  ): void;
  resampleColumns(
    source: number,
    target: number,
    stride: number,
    rows: number,
    starts: number,
    counts: number,
    weights: number,
    taps: number,
  ): void;
}

/** Source rows copied into the kernel's memory at a time: large photos do not make it grow. */
const bandBytes = 1 << 20;
/** Addresses below belong to the compiled module; reads and writes may overshoot a row by 16 bytes. */
const firstAddress = 1024;
const slack = 16;
const pageBytes = 65_536;

let shared: { readonly call: KernelExports; readonly memory: WebAssembly.Memory } | undefined;

/** Part of a picture whose upper left pixel is (left, top), `rows` high and as wide as the columns' weights reach. */
export interface ResampleSource {
  readonly picture: Picture;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Both passes: first the columns of each row, then the rows, each rounded to 8 bits. */
export function resample(source: ResampleSource, columns: ResampleWeights, rows: ResampleWeights): Picture {
  const width = columns.start.length;
  const height = rows.start.length;
  const stride = roundUp(width * 3);
  const band = Math.max(1, Math.min(source.height, Math.floor(bandBytes / (source.width * 3))));
  const layout = addresses([
    band * source.width * 3,
    source.height * stride,
    height * stride,
    4 * width,
    4 * width,
    4 * columns.weight.length,
    4 * height,
    4 * height,
    4 * rows.weight.length,
  ]);
  const [from, narrow, out, starts, counts, weights, rowStarts, rowCounts, rowWeights] = layout.at as FixedAddresses;
  const { call, memory } = reserve(layout.end);
  const words = new Int32Array(memory.buffer);
  words.set(columns.start, starts >> 2);
  words.set(columns.count, counts >> 2);
  words.set(columns.weight, weights >> 2);
  words.set(rows.start, rowStarts >> 2);
  words.set(rows.count, rowCounts >> 2);
  words.set(rows.weight, rowWeights >> 2);
  const bytes = new Uint8Array(memory.buffer);
  for (let y = 0; y < source.height; y += band) {
    const taken = Math.min(band, source.height - y);
    copyRows(bytes, from, source, y, taken);
    const target = narrow + y * stride;
    call.resampleRows(from, source.width * 3, target, stride, taken, width, starts, counts, weights, columns.width);
  }
  call.resampleColumns(narrow, out, stride, height, rowStarts, rowCounts, rowWeights, rows.width);
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    data.set(bytes.subarray(out + y * stride, out + y * stride + width * 3), y * width * 3);
  }
  return { width, height, data };
}

type FixedAddresses = readonly [number, number, number, number, number, number, number, number, number];

function addresses(sizes: readonly number[]): { readonly at: readonly number[]; readonly end: number } {
  const at: number[] = [];
  let end = firstAddress;
  for (const size of sizes) {
    at.push(end);
    end = roundUp(end + size + slack);
  }
  return { at, end };
}

function roundUp(bytes: number): number {
  return Math.ceil(bytes / 16) * 16;
}

function copyRows(bytes: Uint8Array, address: number, source: ResampleSource, first: number, count: number): void {
  const { picture, left, top, width } = source;
  if (width === picture.width) {
    const start = (top + first) * width * 3;
    bytes.set(picture.data.subarray(start, start + count * width * 3), address);
    return;
  }
  for (let y = 0; y < count; y++) {
    const start = ((top + first + y) * picture.width + left) * 3;
    bytes.set(picture.data.subarray(start, start + width * 3), address + y * width * 3);
  }
}

/** Compiles the kernel (1 kB) on first use and makes room. */
function reserve(end: number): { readonly call: KernelExports; readonly memory: WebAssembly.Memory } {
  if (shared === undefined) {
    const memory = new WebAssembly.Memory({ initial: 64 });
    const binary = Uint8Array.from(atob(resampleKernelBase64), (letter) => letter.charCodeAt(0));
    const instance = new WebAssembly.Instance(new WebAssembly.Module(binary), { env: { memory } });
    shared = { call: instance.exports as unknown as KernelExports, memory };
  }
  const missing = end - shared.memory.buffer.byteLength;
  if (missing > 0) shared.memory.grow(Math.ceil(missing / pageBytes));
  return shared;
}
