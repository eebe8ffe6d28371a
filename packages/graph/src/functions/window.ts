import type { PoolAttributes, WindowAttributes } from '../attributes.js';
import type { Value } from '../graph.js';
import { single } from './elementwise.js';

/** One number for every spatial axis, or one an axis. */
export type PerAxis = number | readonly number[];

export interface ConvOptions {
  /** Default 1. */
  readonly strides?: PerAxis;
  /** Default 1. */
  readonly dilations?: PerAxis;
  /** Zeros added on both sides. Default 0. */
  readonly padding?: PerAxis;
  /** Channels are split into this many groups that do not see each other. Default 1. */
  readonly groups?: number;
}

export interface PoolOptions {
  /** Default: the kernel, windows side by side. */
  readonly strides?: PerAxis;
  /** Default 0. Averages count real elements only. */
  readonly padding?: PerAxis;
  /** Keep a last window that does not fill. Default false. */
  readonly ceil?: boolean;
}

/** Convolution over the spatial axes: x (n, c, …) and weight (o, c / groups, …kernel) is (n, o, …). */
export function conv(x: Value, weight: Value, bias?: Value, options: ConvOptions = {}): Value {
  const { groups: group = 1 } = options;
  const attributes = { ...windowOptions(weight.shape.length - 2, options), group };
  return single(x.graph.apply('Conv', bias === undefined ? [x, weight] : [x, weight, bias], attributes));
}

export interface ConvTransposeOptions extends ConvOptions {
  /** Elements by which the result is longer at its ends. Default 0. */
  readonly outputPadding?: PerAxis;
}

/** Transposed convolution: x (n, c, …) and weight (c, o / groups, …kernel) is (n, o, …), larger by the strides. */
export function convTranspose(x: Value, weight: Value, bias?: Value, options: ConvTransposeOptions = {}): Value {
  const { groups: group = 1, outputPadding = 0 } = options;
  const rank = weight.shape.length - 2;
  const attributes = { ...windowOptions(rank, options), group, output_padding: each(outputPadding, rank) };
  return single(x.graph.apply('ConvTranspose', bias === undefined ? [x, weight] : [x, weight, bias], attributes));
}

/** Largest element of each window; the first of equals gets the gradient. */
export function maxPool(x: Value, kernel: PerAxis, options: PoolOptions = {}): Value {
  return single(x.graph.apply('MaxPool', [x], poolOptions(x, kernel, options)));
}

/** Mean of each window. */
export function averagePool(x: Value, kernel: PerAxis, options: PoolOptions = {}): Value {
  return single(x.graph.apply('AveragePool', [x], poolOptions(x, kernel, options)));
}

/** Mean over the spatial axes, kept with size 1: (n, c, …) is (n, c, 1, …). */
export function globalAveragePool(x: Value): Value {
  return single(x.graph.apply('GlobalAveragePool', [x], {}));
}

function poolOptions(x: Value, kernel: PerAxis, options: PoolOptions): PoolAttributes {
  const rank = x.shape.length - 2;
  const { strides = kernel, ceil = false } = options;
  const kernel_shape = each(kernel, rank);
  return { ...windowOptions(rank, { ...options, strides }), kernel_shape, ceil_mode: ceil ? 1 : 0 };
}

function windowOptions(rank: number, options: ConvOptions): WindowAttributes {
  const { strides = 1, dilations = 1, padding = 0 } = options;
  const pads = each(padding, rank);
  return { strides: each(strides, rank), dilations: each(dilations, rank), pads: [...pads, ...pads] };
}

function each(numbers: PerAxis, rank: number): readonly number[] {
  return typeof numbers === 'number' ? Array.from({ length: rank }, () => numbers) : numbers;
}
