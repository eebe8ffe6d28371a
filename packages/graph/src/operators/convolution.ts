import { BioscanError } from '@bioscan/core';
import type { OperatorAttributes } from '../attributes.js';
import { sum } from '../functions/reduce.js';
import type { Value } from '../graph.js';
import type { Backward, Operators } from '../operator.js';
import { concreteShape, sameShape, showShape } from '../shape.js';
import { inputSlope, weightSlope } from './convolution-slopes.js';
import { required, sameType } from './inputs.js';
import { halves, reach, stepsOf, windowOf, windowAttributes, type Window } from './window.js';
import { single } from '../functions/elementwise.js';

export const convolutionOperators: Operators<'Conv' | 'ConvTranspose'> = {
  Conv: {
    domain: '',
    attributes: {
      auto_pad: 'string',
      dilations: 'ints',
      group: 'int',
      kernel_shape: 'ints',
      pads: 'ints',
      strides: 'ints',
    },
    shape: (inputs, attributes) => {
      const [x, weight] = required('conv', inputs, 2) as [Value, Value];
      sameType('conv', x, weight);
      const [outputs, depth, ...kernel] = concreteShape('conv weight', weight.shape) as [number, number, ...number[]];
      const { group = 1 } = attributes;
      if (x.shape[1] !== depth * group || outputs % group !== 0) throw unfit('conv', x, weight, group);
      checkBias('conv', inputs[2], outputs);
      const { results } = windowOf('conv', x.shape, kernel, attributes);
      return [{ dtype: x.dtype, shape: [x.shape[0] as number, outputs, ...results] }];
    },
    vjp: ({ inputs, attributes, cotangents }) => {
      const [x, weight, bias] = inputs as [Value, Value, Value | undefined];
      const g = cotangents[0] as Value;
      const window = windowOf('conv', x.shape, concreteShape('conv', weight.shape.slice(2)), attributes);
      const { group = 1 } = attributes;
      return [inputSlope(g, weight, window, group), weightSlope(x, g, window, group), biasSlope(bias, g)];
    },
  },
  ConvTranspose: {
    domain: '',
    attributes: {
      auto_pad: 'string',
      dilations: 'ints',
      group: 'int',
      kernel_shape: 'ints',
      output_padding: 'ints',
      output_shape: 'ints',
      pads: 'ints',
      strides: 'ints',
    },
    shape: (inputs, attributes) => {
      const [x, weight] = required('convTranspose', inputs, 2) as [Value, Value];
      sameType('convTranspose', x, weight);
      const { group = 1 } = attributes;
      if (x.shape[1] !== weight.shape[0]) throw unfit('convTranspose', x, weight, group);
      const outputs = (concreteShape('convTranspose weight', weight.shape)[1] as number) * group;
      checkBias('convTranspose', inputs[2], outputs);
      const { sizes } = transposedWindow(x, weight, attributes);
      return [{ dtype: x.dtype, shape: [x.shape[0] as number, outputs, ...sizes] }];
    },
    vjp: transposedSlopes,
  },
};

/** y = Convᵀ(x) is the input gradient of a convolution from y to x, so its slopes are that convolution and its weight gradient. */
function transposedSlopes(node: Backward<'ConvTranspose'>): readonly (Value | undefined)[] {
  const [x, weight, bias] = node.inputs as [Value, Value, Value | undefined];
  const g = node.cotangents[0] as Value;
  const { group = 1 } = node.attributes;
  const window = transposedWindow(x, weight, node.attributes);
  const slope = single(g.graph.apply('Conv', [g, weight], { ...windowAttributes(window), group }));
  return [slope, weightSlope(g, x, window, group), biasSlope(bias, g)];
}

/** The convolution whose input gradient this is: `results` are the sizes of x, `sizes` those of y. */
function transposedWindow(x: Value, weight: Value, attributes: OperatorAttributes['ConvTranspose']): Window {
  const kernel = concreteShape('convTranspose', weight.shape.slice(2));
  const results = concreteShape('convTranspose', x.shape.slice(2));
  if (results.length !== kernel.length) throw unfit('convTranspose', x, weight, attributes.group ?? 1);
  const { strides, dilations } = stepsOf('convTranspose', kernel, attributes);
  const { auto_pad: auto = 'NOTSET', output_padding: extra = kernel.map(() => 0), output_shape: asked } = attributes;
  const full = results.map(
    (size, axis) => (strides[axis] as number) * (size - 1) + (extra[axis] as number) + reach(kernel, dilations, axis),
  );
  const same = auto === 'SAME_UPPER' || auto === 'SAME_LOWER';
  const wanted =
    asked?.slice(-kernel.length) ?? (same ? results.map((size, i) => size * (strides[i] as number)) : undefined);
  const { pads = kernel.flatMap(() => [0, 0]) } = attributes;
  const { begins, ends } =
    wanted === undefined
      ? { begins: pads.slice(0, kernel.length), ends: pads.slice(kernel.length) }
      : halves(
          full.map((size, axis) => Math.max(0, size - (wanted[axis] as number))),
          auto === 'SAME_UPPER',
        );
  const sizes = full.map((size, axis) => size - (begins[axis] as number) - (ends[axis] as number));
  return { kernel, strides, dilations, begins, ends, sizes, results };
}

function biasSlope(bias: Value | undefined, g: Value): Value | undefined {
  return bias === undefined ? undefined : sum(g, { axes: g.shape.flatMap((_, axis) => (axis === 1 ? [] : [axis])) });
}

function checkBias(operator: string, bias: Value | undefined, outputs: number): void {
  if (bias === undefined || sameShape(bias.shape, [outputs])) return;
  throw new BioscanError(
    'mismatch',
    `graph: ${operator}, got a bias ${showShape(bias.shape)}, expected ${showShape([outputs])}`,
  );
}

function unfit(operator: string, x: Value, weight: Value, group: number): BioscanError {
  return new BioscanError(
    'mismatch',
    `graph: ${operator} with ${group} groups, got ${showShape(x.shape)} and a weight ${showShape(weight.shape)}, expected the channels to agree`,
  );
}
