import { BioscanError, tensor } from '@bioscan/core';
import { add, less, mul, single, where } from '../functions/elementwise.js';
import { gather } from '../functions/indexing.js';
import { reshape } from '../functions/layout.js';
import { sum } from '../functions/reduce.js';
import type { Value } from '../graph.js';
import type { Backward, Operators } from '../operator.js';
import { concreteShape, sameShape, showShape } from '../shape.js';
import { required, sameType } from './inputs.js';

export const gatherNdOperators: Operators<'GatherND' | 'ScatterND'> = {
  GatherND: {
    domain: '',
    attributes: { batch_dims: 'int' },
    shape: (inputs, { batch_dims: batch = 0 }) => {
      const [x, indices] = required('GatherND', inputs, 2) as [Value, Value];
      const [depth] = concreteShape('GatherND', [indices.shape.at(-1) ?? 0]) as [number];
      if (depth < 1 || depth + batch > x.shape.length) throw unfit('GatherND', x, indices);
      return [{ dtype: x.dtype, shape: [...indices.shape.slice(0, -1), ...x.shape.slice(batch + depth)] }];
    },
    vjp: gatherNdSlopes,
  },
  ScatterND: {
    domain: '',
    attributes: { reduction: 'string' },
    shape: (inputs, { reduction = 'none' }) => {
      if (reduction !== 'none') {
        throw new BioscanError(
          'unsupported',
          `graph: ScatterND with reduction ${reduction}, of which ONNX Runtime loses updates (onnxruntime#18048); use ScatterElements`,
        );
      }
      const [x, indices, updates] = required('ScatterND', inputs, 3) as [Value, Value, Value];
      sameType('ScatterND', x, updates);
      const [depth] = concreteShape('ScatterND', [indices.shape.at(-1) ?? 0]) as [number];
      if (!sameShape(updates.shape, [...indices.shape.slice(0, -1), ...x.shape.slice(depth)])) {
        throw unfit('ScatterND', x, indices);
      }
      return [{ dtype: x.dtype, shape: x.shape }];
    },
    vjp: ({ inputs, cotangents }) => {
      const [, indices, updates] = inputs as [Value, Value, Value];
      const g = cotangents[0] as Value;
      const kept = single(g.graph.apply('ScatterND', [g, indices, mul(updates, 0)], {}));
      return [kept, undefined, single(g.graph.apply('GatherND', [g, indices], { batch_dims: 0 }))];
    },
  },
};

/** Coordinates become places in the flattened leading axes, and the slope that of a plain gather, whose sums are exact. */
function gatherNdSlopes({ inputs, attributes, through }: Backward<'GatherND'>): readonly (Value | undefined)[] {
  const { batch_dims: batch = 0 } = attributes;
  const [x, indices] = inputs as [Value, Value];
  const shape = concreteShape('GatherND', x.shape);
  const places = concreteShape('GatherND', indices.shape);
  const depth = places.at(-1) as number;
  const { graph } = x;
  const inner = shape.slice(batch, batch + depth);
  const sizes = graph.integers(inner);
  const strides = graph.integers(inner.map((_, i) => product(inner.slice(i + 1))));
  const wrapped = where(less(indices, 0), add(indices, sizes), indices);
  const flat = sum(mul(wrapped, strides), { axes: [-1] }); // (…batch, …)
  const count = product(shape.slice(0, batch));
  const starts = BigInt64Array.from({ length: count }, (_, i) => BigInt(i * product(inner)));
  const offsets = graph.constant(
    tensor('int64', [...shape.slice(0, batch), ...places.slice(batch, -1).map(() => 1)], starts),
  );
  return through(() => {
    const rows = reshape(x, [count * product(inner), ...shape.slice(batch + depth)]);
    return [gather(rows, batch === 0 ? flat : add(flat, offsets))];
  });
}

function product(sizes: readonly number[]): number {
  return sizes.reduce((a, b) => a * b, 1);
}

function unfit(operator: string, x: Value, indices: Value): BioscanError {
  return new BioscanError(
    'mismatch',
    `graph: ${operator}, got ${showShape(x.shape)} and indices ${showShape(indices.shape)}, expected coordinates of it`,
  );
}
