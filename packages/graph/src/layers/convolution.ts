import { conv, type ConvOptions } from '../functions/window.js';
import { sizeOf } from '../functions/layout.js';
import type { Initial, Value } from '../graph.js';
import { concreteShape } from '../shape.js';

export interface ConvolutionOptions extends ConvOptions {
  readonly kernel: readonly number[];
  /** Default true. */
  readonly bias?: boolean;
  /** Start of weight and bias. Default: uniform within ±1/√(inputs / groups · kernel), as torch (He et al. 2015, a = √5). */
  readonly initial?: Initial;
}

/** Convolution of x (n, c, …) to (n, outputs, …). Parameters `name.weight` (outputs, c / groups, …kernel) and `name.bias` (outputs). */
export function convolution(x: Value, name: string, outputs: number, options: ConvolutionOptions): Value {
  const { kernel, bias = true, groups = 1 } = options;
  const [channels] = concreteShape(`convolution '${name}'`, [sizeOf(x, 1)]) as [number];
  if (channels % groups !== 0 || outputs % groups !== 0) {
    throw new RangeError(`graph: convolution '${name}', got ${channels} to ${outputs} channels in ${groups} groups`);
  }
  const depth = channels / groups;
  const reach = kernel.reduce((a, b) => a * b, depth);
  const { initial = { uniform: 1 / Math.sqrt(reach) } } = options;
  const weight = x.graph.parameter(`${name}.weight`, [outputs, depth, ...kernel], { initial });
  const shift = bias ? x.graph.parameter(`${name}.bias`, [outputs], { initial }) : undefined;
  return conv(x, weight, shift, options);
}
