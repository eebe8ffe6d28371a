import { BioscanError, tensor, type Tensor } from '@bioscan/core';
import type { OperatorAttributes } from '../attributes.js';

type Attributes = OperatorAttributes['Resize'];

/** Weights (to, from) with which each element of a resized axis sums those of the original (ONNX Resize 18). */
export function resizeMatrix(
  { from, to, scale }: { readonly from: number; readonly to: number; readonly scale: number },
  attributes: Attributes,
): Tensor<'float32'> {
  if (attributes.antialias === 1) {
    throw new BioscanError('unsupported', 'graph: the gradient of resize with antialias, expected antialias 0');
  }
  const data = new Float64Array(to * from);
  for (let i = 0; i < to; i++) {
    const at = coordinate(i, from, to, scale, attributes.coordinate_transformation_mode ?? 'half_pixel');
    const taps = tapsOf(at, attributes).filter((tap) => attributes.exclude_outside !== 1 || inside(tap.index, from));
    const total = attributes.exclude_outside === 1 ? taps.reduce((sum, tap) => sum + tap.weight, 0) : 1;
    for (const { index, weight } of taps) {
      const clamped = Math.min(Math.max(index, 0), from - 1);
      data[i * from + clamped] = (data[i * from + clamped] as number) + weight / total;
    }
  }
  return tensor('float32', [to, from], Float32Array.from(data));
}

/** Where an element of the result lies on the original axis. */
function coordinate(i: number, from: number, to: number, scale: number, mode: string): number {
  switch (mode) {
    case 'half_pixel':
      return (i + 0.5) / scale - 0.5;
    case 'pytorch_half_pixel':
      return to > 1 ? (i + 0.5) / scale - 0.5 : 0;
    case 'half_pixel_symmetric': {
      const adjustment = to / (scale * from);
      return (from / 2) * (1 - adjustment) + (i + 0.5) / scale - 0.5;
    }
    case 'align_corners':
      return to > 1 ? (i * (from - 1)) / (to - 1) : 0;
    case 'asymmetric':
      return i / scale;
    default:
      throw new BioscanError('unsupported', `graph: resize, got coordinate_transformation_mode '${mode}'`);
  }
}

function tapsOf(at: number, attributes: Attributes): readonly { readonly index: number; readonly weight: number }[] {
  const { mode = 'nearest', cubic_coeff_a: a = -0.75, nearest_mode: rounding = 'round_prefer_floor' } = attributes;
  const low = Math.floor(at);
  const t = at - low;
  switch (mode) {
    case 'nearest':
      return [{ index: nearest(at, rounding), weight: 1 }];
    case 'linear':
      return [
        { index: low, weight: 1 - t },
        { index: low + 1, weight: t },
      ];
    case 'cubic':
      return [-1, 0, 1, 2].map((step) => ({ index: low + step, weight: cubic(Math.abs(t - step), a) }));
    default:
      throw new BioscanError('unsupported', `graph: resize, got mode '${mode}', expected nearest, linear or cubic`);
  }
}

/** Cubic convolution (Keys 1981). */
function cubic(d: number, a: number): number {
  if (d <= 1) return ((a + 2) * d - (a + 3)) * d * d + 1;
  return d < 2 ? ((a * d - 5 * a) * d + 8 * a) * d - 4 * a : 0;
}

function nearest(at: number, rounding: string): number {
  switch (rounding) {
    case 'round_prefer_floor':
      return Math.ceil(at - 0.5);
    case 'round_prefer_ceil':
      return Math.floor(at + 0.5);
    case 'floor':
      return Math.floor(at);
    case 'ceil':
      return Math.ceil(at);
    default:
      throw new BioscanError('unsupported', `graph: resize, got nearest_mode '${rounding}'`);
  }
}

function inside(index: number, size: number): boolean {
  return index >= 0 && index < size;
}
