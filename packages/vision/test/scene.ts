import { createHash } from 'node:crypto';
import type { Picture } from '@bioscan/core';

/** The picture of fixtures/oracle/vision_pixels.py: ramps that wrap around, so with hard edges. */
export function scene(width: number, height: number): Picture {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < 3; c++) data[at++] = (x * 7 + y * 13 + c * 50 + ((x * y) >> 4)) & 255;
    }
  }
  return { width, height, data };
}

/** How many levels differ by 0, by 1, and by more, and the largest difference. */
export function compareLevels(
  got: Uint8Array,
  expected: Uint8Array,
): { readonly equal: number; readonly beyondOne: number; readonly largest: number } {
  let [equal, beyondOne, largest] = [0, 0, got.length === expected.length ? 0 : Infinity];
  for (const [i, level] of expected.entries()) {
    const difference = Math.abs((got[i] ?? NaN) - level);
    if (difference === 0) equal++;
    if (difference > 1) beyondOne++;
    largest = Math.max(largest, difference);
  }
  return { equal: equal / expected.length, beyondOne, largest };
}

export function levels(base64: string): Uint8Array {
  return new Uint8Array(Buffer.from(base64, 'base64'));
}

/** Equality of long arrays, quickly. */
export function hash(values: Float32Array): string {
  return createHash('sha256')
    .update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
    .digest('hex');
}
