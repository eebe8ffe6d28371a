import { add, mul, sigmoid, tanh } from '../functions/elementwise.js';
import type { Value } from '../graph.js';
import type { Operators } from '../operator.js';
import { required } from './inputs.js';

/** Approximations of GELU that ONNX Runtime has kernels for. */
export const geluOperators: Operators<'FastGelu' | 'QuickGelu'> = {
  FastGelu: {
    domain: 'com.microsoft',
    attributes: {},
    shape: (inputs) => sameAs(required('fastGelu', inputs, 1)),
    vjp: ({ inputs, through }) => {
      const [x, bias] = inputs as [Value, Value | undefined];
      return through(() => {
        const shifted = bias === undefined ? x : add(x, bias);
        const inner = mul(add(mul(mul(shifted, shifted), 0.044715), 1), mul(shifted, Math.sqrt(2 / Math.PI)));
        return [mul(mul(shifted, 0.5), add(tanh(inner), 1))];
      });
    },
  },
  QuickGelu: {
    domain: 'com.microsoft',
    attributes: { alpha: 'float' },
    shape: (inputs) => sameAs(required('quickGelu', inputs, 1)),
    vjp: ({ inputs, attributes: { alpha = 1.702 }, through }) => {
      const [x] = inputs as [Value];
      return through(() => [mul(x, sigmoid(mul(x, alpha)))]);
    },
  },
};

function sameAs(inputs: readonly Value[]): readonly [Pick<Value, 'dtype' | 'shape'>] {
  const [x] = inputs as readonly [Value];
  return [{ dtype: x.dtype, shape: x.shape }];
}
