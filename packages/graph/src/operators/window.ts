import { BioscanError } from '@bioscan/core';
import type { WindowAttributes } from '../attributes.js';
import { concreteShape, showShape, type Shape } from '../shape.js';

/** A window over spatial axes, resolved: one entry an axis. */
export interface Window {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly begins: readonly number[];
  readonly ends: readonly number[];
  /** Sizes of the padded input's axes without the padding, and of the result. */
  readonly sizes: readonly number[];
  readonly results: readonly number[];
}

/** How a kernel slides over x (n, channels, …spatial). @throws BioscanError `mismatch` when it does not fit. */
export function windowOf(
  operator: string,
  shape: Shape,
  kernel: readonly number[],
  attributes: WindowAttributes & { readonly ceil_mode?: number },
): Window {
  const sizes = concreteShape(operator, shape.slice(2));
  if (shape.length < 3 || kernel.length !== sizes.length) {
    throw new BioscanError(
      'mismatch',
      `graph: ${operator}, got ${showShape(shape)} and a kernel ${showShape(kernel)}, expected (n, channels, …) and one size a spatial axis`,
    );
  }
  const { strides, dilations } = stepsOf(operator, kernel, attributes);
  const { begins, ends } = padsOf(operator, sizes, kernel, attributes);
  const results = sizes.map((size, axis) => {
    const room = size + (begins[axis] as number) + (ends[axis] as number) - reach(kernel, dilations, axis);
    const stride = strides[axis] as number;
    const count = (attributes.ceil_mode === 1 ? Math.ceil(room / stride) : Math.floor(room / stride)) + 1;
    // A window that would start in the padding after the input is left out, as torch does.
    return attributes.ceil_mode === 1 && (count - 1) * stride >= size + (begins[axis] as number) ? count - 1 : count;
  });
  if (results.some((size) => size < 1)) {
    throw new BioscanError(
      'mismatch',
      `graph: ${operator}, got ${showShape(shape)} and a kernel ${showShape(kernel)} with pads ${showShape([...begins, ...ends])}, expected the kernel to fit`,
    );
  }
  return { kernel, strides, dilations, begins, ends, sizes, results };
}

/** Elements that a kernel spans on an axis. */
export function reach(kernel: readonly number[], dilations: readonly number[], axis: number): number {
  return (dilations[axis] as number) * ((kernel[axis] as number) - 1) + 1;
}

/** Strides and dilations with their defaults. */
export function stepsOf(
  operator: string,
  kernel: readonly number[],
  attributes: WindowAttributes,
): Pick<Window, 'strides' | 'dilations'> {
  const { strides = kernel.map(() => 1), dilations = kernel.map(() => 1) } = attributes;
  for (const [name, list] of Object.entries({ strides, dilations, kernel_shape: attributes.kernel_shape ?? kernel })) {
    if (list.length === kernel.length && list.every((step) => Number.isInteger(step) && step > 0)) continue;
    throw new BioscanError(
      'mismatch',
      `graph: ${operator}, got ${name} ${showShape(list)}, expected ${kernel.length} positive numbers`,
    );
  }
  return { strides, dilations };
}

function padsOf(
  operator: string,
  sizes: readonly number[],
  kernel: readonly number[],
  attributes: WindowAttributes,
): Pick<Window, 'begins' | 'ends'> {
  const { auto_pad: auto = 'NOTSET', pads = kernel.flatMap(() => [0, 0]) } = attributes;
  if (auto === 'SAME_UPPER' || auto === 'SAME_LOWER') {
    const { strides, dilations } = stepsOf(operator, kernel, attributes);
    const totals = sizes.map((size, axis) => {
      const stride = strides[axis] as number;
      return Math.max(0, (Math.ceil(size / stride) - 1) * stride + reach(kernel, dilations, axis) - size);
    });
    return halves(totals, auto === 'SAME_UPPER');
  }
  if (auto !== 'NOTSET' && auto !== 'VALID') {
    throw new BioscanError('unsupported', `graph: ${operator}, got auto_pad '${auto}', expected one of ONNX`);
  }
  const given = auto === 'VALID' ? kernel.flatMap(() => [0, 0]) : pads;
  if (given.length !== 2 * kernel.length || given.some((pad) => pad < 0)) {
    throw new BioscanError(
      'mismatch',
      `graph: ${operator}, got pads ${showShape(given)}, expected ${2 * kernel.length} numbers of at least 0`,
    );
  }
  return { begins: given.slice(0, kernel.length), ends: given.slice(kernel.length) };
}

/** Shares padding between begins and ends; of an odd number the larger half goes last, or first. */
export function halves(totals: readonly number[], last: boolean): Pick<Window, 'begins' | 'ends'> {
  const small = totals.map((total) => Math.floor(total / 2));
  const large = totals.map((total) => Math.ceil(total / 2));
  return last ? { begins: small, ends: large } : { begins: large, ends: small };
}

/** The attributes that say a window to ONNX, pads resolved. */
export function windowAttributes(
  window: Omit<Window, 'sizes' | 'results'>,
): Required<Omit<WindowAttributes, 'auto_pad'>> {
  const { kernel, strides, dilations, begins, ends } = window;
  return { kernel_shape: kernel, strides, dilations, pads: [...begins, ...ends] };
}
