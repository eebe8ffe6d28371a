import { single } from '../functions/elementwise.js';
import { concat, pad, reshape, slices, transpose } from '../functions/layout.js';
import { matmul } from '../functions/matmul.js';
import type { Value } from '../graph.js';
import { concreteShape } from '../shape.js';
import { reach, windowAttributes, type Window } from './window.js';

/**
 * Slope of a convolution by its input. With stride 1 it is a convolution by flipped kernels, which ONNX Runtime
 * runs faster than ConvTranspose (docs/adr/0004-convolution-gradients.md).
 */
export function inputSlope(g: Value, weight: Value, window: Window, group: number): Value {
  const { kernel, strides, dilations, begins, sizes, results } = window;
  const opened = kernel.map((_, axis) => reach(kernel, dilations, axis) - 1 - (begins[axis] as number));
  if (strides.every((stride) => stride === 1) && opened.every((size) => size >= 0)) {
    const ends = sizes.map(
      (size, i) => size - (results[i] as number) + reach(kernel, dilations, i) - 1 - (opened[i] as number),
    );
    if (ends.every((size) => size >= 0)) {
      const attributes = { ...windowAttributes({ kernel, strides, dilations, begins: opened, ends }), group };
      return single(g.graph.apply('Conv', [g, flipped(weight, group)], attributes));
    }
  }
  const output_padding = sizes.map((size, axis) => {
    const full = (strides[axis] as number) * ((results[axis] as number) - 1) + reach(kernel, dilations, axis);
    return size - full + (begins[axis] as number) + (window.ends[axis] as number);
  });
  return single(g.graph.apply('ConvTranspose', [g, weight], { ...windowAttributes(window), group, output_padding }));
}

/** (outputs, inputs / group, …kernel) as (inputs, outputs / group, …kernel), each kernel turned around. */
function flipped(weight: Value, group: number): Value {
  const [outputs, depth, ...kernel] = concreteShape('conv', weight.shape) as [number, number, ...number[]];
  const axes = kernel.flatMap((size, i) => (size === 1 ? [] : [i + 2]));
  const turned =
    axes.length === 0
      ? weight
      : slices(
          weight,
          axes.map((axis) => ({ axis, start: -1, end: -1e9, step: -1 })),
        );
  const split = reshape(turned, [group, outputs / group, depth, ...kernel]);
  const swapped = transpose(split, [0, 2, 1, ...kernel.map((_, i) => i + 3)]);
  return reshape(swapped, [group * depth, outputs / group, ...kernel]);
}

/** Slope of a convolution by its weight, in the form that was the fastest for its shape (docs/adr/0004-convolution-gradients.md). */
export function weightSlope(x: Value, g: Value, window: Window, group: number): Value {
  const { kernel, results } = window;
  const [, channels] = concreteShape('conv', x.shape) as [number, number];
  const taps = kernel.reduce((a, b) => a * b, 1);
  const shallow = channels <= 4 && taps > 9;
  const small = results.reduce((a, b) => a * b, 1) <= 256 && window.strides.every((stride) => stride === 1);
  return group === 1 && taps > 1 && (shallow || small) ? swappedSlope(x, g, window) : placedSlope(x, g, window, group);
}

/** A convolution of the input by the output's slope, with samples and channels swapped and strides as dilations. */
function swappedSlope(x: Value, g: Value, window: Window): Value {
  const { kernel, strides: dilations, dilations: strides, begins, ends, results } = window;
  const order = [1, 0, ...kernel.map((_, i) => i + 2)];
  const attributes = windowAttributes({ kernel: results, strides, dilations, begins, ends });
  const whole = single(g.graph.apply('Conv', [transpose(x, order), transpose(g, order)], attributes));
  // Rows that the stride left over would make the kernel longer than it was.
  const cut = slices(
    whole,
    kernel.map((end, i) => ({ axis: i + 2, start: 0, end, step: 1 })),
  );
  return transpose(cut, order);
}

/** For each place of the kernel one matrix product of the output's slope with the input seen through that place. */
function placedSlope(x: Value, g: Value, window: Window, group: number): Value {
  const { kernel, strides, dilations, begins, ends, results } = window;
  const [n, channels] = concreteShape('conv', x.shape) as [number, number];
  const [, outputs] = concreteShape('conv', g.shape) as [number, number];
  const length = n * results.reduce((a, b) => a * b, 1);
  const order = [1, 0, ...kernel.map((_, i) => i + 2)];
  const spatial = kernel.map((_, i) => i + 2);
  const padded = [...begins, ...ends].some((size) => size > 0)
    ? pad(x, { begins: [0, 0, ...begins], ends: [0, 0, ...ends] })
    : x;
  const rows = transpose(padded, order); // (channels, n, …)
  const slope = reshape(transpose(g, order), [group, outputs / group, length]);
  const parts = places(kernel).map((place) => {
    const cuts = spatial.map((axis, i) => {
      const start = (place[i] as number) * (dilations[i] as number);
      const step = strides[i] as number;
      return { axis, start, end: start + ((results[i] as number) - 1) * step + 1, step };
    });
    const seen = reshape(slices(rows, cuts), [group, channels / group, length]);
    return reshape(matmul(slope, seen, { transposeY: true }), [1, outputs, channels / group]);
  });
  const stacked = parts.length === 1 ? (parts[0] as Value) : concat(parts, 0); // (places, outputs, channels / group)
  return reshape(transpose(stacked, [1, 2, 0]), [outputs, channels / group, ...kernel]);
}

/** Coordinates of a kernel's elements, last axis fastest. */
function places(kernel: readonly number[]): readonly (readonly number[])[] {
  return kernel.reduce<readonly (readonly number[])[]>(
    (before, size) => before.flatMap((place) => Array.from({ length: size }, (_, i) => [...place, i])),
    [[]],
  );
}
