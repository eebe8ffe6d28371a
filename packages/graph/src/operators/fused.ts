import { BioscanError } from '@bioscan/core';
import { add, gelu } from '../functions/elementwise.js';
import type { Value } from '../graph.js';
import type { Operators } from '../operator.js';
import { sameShape, showShape } from '../shape.js';
import { plainAttention } from './plain-attention.js';
import { required } from './inputs.js';

/** com.microsoft's fused kernels. Exports put them in; where an imported model has them, gradients go through their plain parts. */
export const fusedOperators: Operators<'BiasGelu' | 'SkipLayerNormalization' | 'MultiHeadAttention'> = {
  BiasGelu: {
    domain: 'com.microsoft',
    attributes: {},
    shape: (inputs) => {
      const [x, bias] = required('BiasGelu', inputs, 2) as [Value, Value];
      checkVector('BiasGelu', x, bias);
      return [{ dtype: x.dtype, shape: x.shape }];
    },
    vjp: ({ inputs, through }) => {
      const [x, bias] = inputs as [Value, Value];
      return through(() => [gelu(add(x, bias))]);
    },
  },
  SkipLayerNormalization: {
    domain: 'com.microsoft',
    attributes: { epsilon: 'float' },
    shape: (inputs) => {
      const [x, skip, scale] = required('SkipLayerNormalization', inputs, 3) as [Value, Value, Value];
      if (!sameShape(x.shape, skip.shape)) {
        throw new BioscanError(
          'mismatch',
          `graph: SkipLayerNormalization, got ${showShape(x.shape)} and ${showShape(skip.shape)}, expected equal shapes`,
        );
      }
      for (const vector of [scale, inputs[3], inputs[4]]) {
        if (vector !== undefined) checkVector('SkipLayerNormalization', x, vector);
      }
      const statistics = { dtype: 'float32', shape: [...x.shape.slice(0, -1), 1] } as const;
      const same = { dtype: x.dtype, shape: x.shape };
      return [same, statistics, statistics, same];
    },
    optionalOutputs: 3,
    vjp: ({ inputs, attributes: { epsilon }, cotangents, through }) => {
      const [x, skip, scale, shift, bias] = inputs as [Value, Value, Value, Value | undefined, Value | undefined];
      if (cotangents[1] !== undefined || cotangents[2] !== undefined) {
        throw new BioscanError('unsupported', 'graph: gradients through the statistics of SkipLayerNormalization');
      }
      return through(() => {
        const joined = add(x, skip);
        const sum = bias === undefined ? joined : add(joined, bias);
        const [output] = x.graph.apply('LayerNormalization', [sum, scale, shift], { axis: -1, epsilon });
        return [output as Value, sum, sum, sum];
      });
    },
  },
  MultiHeadAttention: {
    domain: 'com.microsoft',
    attributes: { num_heads: 'int', scale: 'float', mask_filter_value: 'float' },
    shape: (inputs, { num_heads: heads }) => {
      const [query, , value] = required('MultiHeadAttention', inputs, 3) as [Value, Value, Value];
      const width = value.shape[2];
      if (query.shape.length === 3 && typeof width === 'number' && width % heads === 0) {
        return [{ dtype: query.dtype, shape: [...query.shape.slice(0, 2), width] }];
      }
      throw new BioscanError(
        'mismatch',
        `graph: MultiHeadAttention, got a query ${showShape(query.shape)} and a value ${showShape(value.shape)} for ${heads} heads, expected (n, tokens, width) with a width that the heads divide`,
      );
    },
    vjp: ({ inputs, attributes, through }) => through(() => [plainAttention(inputs, attributes)]),
  },
};

function checkVector(operator: string, x: Value, vector: Value): void {
  if (vector.shape.length === 1 && vector.shape[0] === x.shape.at(-1)) return;
  throw new BioscanError(
    'mismatch',
    `graph: ${operator} of ${showShape(x.shape)}, got a vector ${showShape(vector.shape)}, expected (${x.shape.at(-1) ?? '?'})`,
  );
}
