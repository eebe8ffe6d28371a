import { boxSize } from '@bioscan/core';
import { expect, it } from 'vitest';

it.each([
  [339, 208, 533, 493, 0.0703, 0.7578],
  [520, 364, 667, 438, 0.0138, 0.2891],
  [304, 0, 932, 742, 0.5925, 2.4531],
  [730, 67, 837, 206, 0.0189, 0.418],
])('gives the published size fields of box %i, %i, %i, %i', (x0, y0, x1, y1, areaFraction, scaleFactor) => {
  const size = boxSize({ x0, y0, x1, y1 }, { width: 1024, height: 768 });
  expect(Math.abs(size.areaFraction - areaFraction)).toBeLessThan(1e-4);
  expect(Math.abs(size.scaleFactor - scaleFactor)).toBeLessThan(1e-4);
});
