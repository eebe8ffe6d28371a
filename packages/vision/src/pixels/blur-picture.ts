import type { Picture } from '@bioscan/core';

export interface BlurOptions {
  /** Side of the kernel in pixels, odd. */
  readonly size: number;
  /** Standard deviation in pixels. */
  readonly sigma: number;
}

/**
 * Gaussian blur with a kernel cut at `size` pixels and mirrored borders, as torchvision's `gaussian_blur`.
 * @throws RangeError when the kernel is even or reaches beyond the mirrored picture
 */
export function blurPicture(picture: Picture, { size, sigma }: BlurOptions): Picture {
  const reach = (size - 1) / 2;
  if (!Number.isInteger(reach) || reach < 0 || !(sigma > 0)) {
    throw new RangeError(`vision: blur of size ${size} and sigma ${sigma}, expected an odd size and a sigma above 0`);
  }
  if (reach >= Math.min(picture.width, picture.height)) {
    throw new RangeError(
      `vision: blur of size ${size}, got a picture of ${picture.width} x ${picture.height}, expected one wider than half of it`,
    );
  }
  const kernel = gaussian(reach, sigma);
  const blurred = blurColumns(blurRows(picture, kernel), picture, kernel);
  const data = new Uint8Array(blurred.length);
  for (let i = 0; i < data.length; i++) data[i] = Math.round(blurred[i] as number);
  return { ...picture, data };
}

/** Weights of offsets -reach to reach; tails that cannot change a level are left out. */
function gaussian(reach: number, sigma: number): Float32Array {
  const taken = Math.min(reach, Math.ceil(5 * sigma));
  const weights = Float32Array.from({ length: 2 * taken + 1 }, (_, i) => Math.exp(-0.5 * ((i - taken) / sigma) ** 2));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

function blurRows({ width, height, data }: Picture, kernel: Float32Array): Float32Array {
  const reach = (kernel.length - 1) / 2;
  const out = new Float32Array(data.length);
  const padded = new Float32Array((width + 2 * reach) * 3);
  for (let y = 0; y < height; y++) {
    const row = y * width * 3;
    for (let x = -reach; x < width + reach; x++) {
      const from = row + mirrored(x, width) * 3;
      for (let c = 0; c < 3; c++) padded[(x + reach) * 3 + c] = data[from + c] as number;
    }
    for (let k = 0; k < kernel.length; k++) addScaled(out, row, padded, k * 3, width * 3, kernel[k] as number);
  }
  return out;
}

function blurColumns(rows: Float32Array, { width, height }: Picture, kernel: Float32Array): Float32Array {
  const reach = (kernel.length - 1) / 2;
  const stride = width * 3;
  const out = new Float32Array(rows.length);
  for (let y = 0; y < height; y++) {
    for (let k = 0; k < kernel.length; k++) {
      addScaled(out, y * stride, rows, mirrored(y + k - reach, height) * stride, stride, kernel[k] as number);
    }
  }
  return out;
}

function addScaled(out: Float32Array, to: number, values: Float32Array, from: number, count: number, by: number): void {
  for (let i = 0; i < count; i++) out[to + i] = (out[to + i] as number) + by * (values[from + i] as number);
}

/** Mirrored at the border pixel, which is not repeated. */
function mirrored(i: number, length: number): number {
  if (i < 0) return -i;
  return i < length ? i : 2 * length - 2 - i;
}
