import { BioscanError, tensor } from '@bioscan/core';
import { concat, zeros } from '../functions/layout.js';
import { scatter } from '../functions/indexing.js';
import type { Value } from '../graph.js';
import type { Operators } from '../operator.js';
import { concreteShape, normalAxis } from '../shape.js';
import { known, required } from './inputs.js';

/** One sliced axis, resolved: `length` elements from `start`, `step` apart. */
interface Cut {
  readonly axis: number;
  readonly start: number;
  readonly step: number;
  readonly length: number;
}

export const sliceOperators: Operators<'Slice'> = {
  Slice: {
    domain: '',
    attributes: {},
    shape: (inputs) => {
      const [x] = required('slice', inputs, 1) as [Value];
      const cuts = cutsOf(inputs);
      const shape = x.shape.map((size, axis) => cuts.find((cut) => cut.axis === axis)?.length ?? size);
      return [{ dtype: x.dtype, shape }];
    },
    vjp: ({ inputs, cotangents }) => {
      const [x] = inputs as [Value];
      const shape = concreteShape('slice', x.shape);
      // Each axis on its own: a cut of several axes is a cut of one after the other.
      return [cutsOf(inputs).reduce((g, cut) => uncut(g, cut, shape[cut.axis] as number), cotangents[0] as Value)];
    },
  },
};

function cutsOf(inputs: readonly (Value | undefined)[]): readonly Cut[] {
  const [x] = required('slice', inputs, 1) as [Value];
  const starts = known('slice', 'starts', inputs[1]);
  const ends = known('slice', 'ends', inputs[2]);
  const axes = inputs[3] === undefined ? starts.map((_, i) => i) : known('slice', 'axes', inputs[3]);
  const steps = inputs[4] === undefined ? starts.map(() => 1) : known('slice', 'steps', inputs[4]);
  return starts.map((start, i) => {
    const axis = normalAxis('slice', axes[i] as number, x.shape.length);
    const [size] = concreteShape('slice', [x.shape[axis] as number]) as [number];
    return cutOf(axis, size, start, ends[i] as number, steps[i] as number);
  });
}

function cutOf(axis: number, size: number, start: number, end: number, step: number): Cut {
  if (step === 0) throw new BioscanError('mismatch', 'graph: slice, got step 0, expected another');
  const low = step > 0 ? 0 : -1;
  const high = step > 0 ? size : size - 1;
  const clamp = (at: number): number => Math.min(Math.max(at < 0 ? at + size : at, low), high);
  const first = clamp(start);
  return { axis, start: first, step, length: Math.max(0, Math.ceil((clamp(end) - first) / step)) };
}

function uncut(g: Value, cut: Cut, size: number): Value {
  const shape = concreteShape('slice', g.shape);
  const sized = (length: number): readonly number[] => shape.map((old, axis) => (axis === cut.axis ? length : old));
  if (cut.step === 1) {
    const after = size - cut.start - cut.length;
    const parts = [
      ...(cut.start > 0 ? [zeros(g, sized(cut.start))] : []),
      g,
      ...(after > 0 ? [zeros(g, sized(after))] : []),
    ];
    return parts.length === 1 ? g : concat(parts, cut.axis);
  }
  const inner = shape.slice(cut.axis + 1).reduce((a, b) => a * b, 1);
  const places = BigInt64Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) =>
    BigInt(cut.start + cut.step * (Math.floor(i / inner) % cut.length)),
  );
  return scatter(zeros(g, sized(size)), g.graph.constant(tensor('int64', shape, places)), g, cut.axis);
}
