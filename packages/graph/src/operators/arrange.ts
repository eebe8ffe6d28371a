import { BioscanError } from '@bioscan/core';
import { gather } from '../functions/indexing.js';
import { concat, reshape, slices, transpose, zeros } from '../functions/layout.js';
import { sum } from '../functions/reduce.js';
import { single } from '../functions/elementwise.js';
import type { Value } from '../graph.js';
import type { Backward, Operators } from '../operator.js';
import { concreteShape, normalAxis, productOf, showShape, type Dimension } from '../shape.js';
import { known, required } from './inputs.js';

type Arrangement = 'Flatten' | 'Pad' | 'Tile' | 'DepthToSpace' | 'SpaceToDepth' | 'Trilu';

export const arrangeOperators: Operators<Arrangement> = {
  Flatten: {
    domain: '',
    attributes: { axis: 'int' },
    shape: (inputs, { axis = 1 }) => {
      const [x] = required('flatten', inputs, 1) as [Value];
      const at = axis === x.shape.length ? axis : normalAxis('flatten', axis, x.shape.length);
      return [{ dtype: x.dtype, shape: [productOf(x.shape.slice(0, at)), productOf(x.shape.slice(at))] }];
    },
    vjp: ({ inputs, cotangents }) => [reshape(cotangents[0] as Value, (inputs[0] as Value).shape)],
  },
  Pad: {
    domain: '',
    attributes: { mode: 'string' },
    shape: (inputs) => {
      const [x] = required('pad', inputs, 1) as [Value];
      const { begins, ends } = padsOf(inputs);
      const shape = x.shape.map((size, axis) => longer(size, (begins[axis] as number) + (ends[axis] as number)));
      return [{ dtype: x.dtype, shape }];
    },
    vjp: padSlopes,
  },
  Tile: {
    domain: '',
    attributes: {},
    shape: (inputs) => {
      const [x] = required('tile', inputs, 1) as [Value];
      const repeats = known('tile', 'repeats', inputs[1]);
      return [{ dtype: x.dtype, shape: x.shape.map((size, axis) => productOf([size, repeats[axis] as number])) }];
    },
    vjp: ({ inputs, cotangents }) => {
      const repeats = known('tile', 'repeats', inputs[1]);
      const shape = concreteShape('tile', (inputs[0] as Value).shape);
      const copies = reshape(
        cotangents[0] as Value,
        shape.flatMap((size, axis) => [repeats[axis] as number, size]),
      );
      return [sum(copies, { axes: shape.map((_, axis) => 2 * axis) })];
    },
  },
  DepthToSpace: {
    domain: '',
    attributes: { blocksize: 'int', mode: 'string' },
    shape: (inputs, { blocksize: block }) => {
      const [x] = required('depthToSpace', inputs, 1) as [Value];
      const [channels, height, width] = imageOf('depthToSpace', x);
      if (channels % (block * block) !== 0) throw indivisible('depthToSpace', x, block);
      return [
        { dtype: x.dtype, shape: [x.shape[0] as Dimension, channels / block / block, height * block, width * block] },
      ];
    },
    vjp: ({ inputs, attributes: { blocksize: block, mode = 'DCR' }, cotangents }) => {
      const [n, channels, height, width] = concreteShape('depthToSpace', (inputs[0] as Value).shape) as Four;
      const blocks = reshape(cotangents[0] as Value, [n, channels / block / block, height, block, width, block]);
      const order = mode === 'CRD' ? [0, 1, 3, 5, 2, 4] : [0, 3, 5, 1, 2, 4];
      return [reshape(transpose(blocks, order), [n, channels, height, width])];
    },
  },
  SpaceToDepth: {
    domain: '',
    attributes: { blocksize: 'int' },
    shape: (inputs, { blocksize: block }) => {
      const [x] = required('spaceToDepth', inputs, 1) as [Value];
      const [channels, height, width] = imageOf('spaceToDepth', x);
      if (height % block !== 0 || width % block !== 0) throw indivisible('spaceToDepth', x, block);
      return [
        { dtype: x.dtype, shape: [x.shape[0] as Dimension, channels * block * block, height / block, width / block] },
      ];
    },
    vjp: ({ attributes: { blocksize }, cotangents }) => {
      const g = cotangents[0] as Value;
      return [single(g.graph.apply('DepthToSpace', [g], { blocksize, mode: 'DCR' }))];
    },
  },
  Trilu: {
    domain: '',
    attributes: { upper: 'int' },
    shape: (inputs) => {
      const [x] = required('trilu', inputs, 1) as [Value];
      if (x.shape.length < 2) {
        throw new BioscanError('mismatch', `graph: trilu, got ${showShape(x.shape)}, expected at least 2 axes`);
      }
      return [{ dtype: x.dtype, shape: x.shape }];
    },
    vjp: ({ inputs, attributes, cotangents }) => {
      const g = cotangents[0] as Value;
      return [single(g.graph.apply('Trilu', [g, inputs[1]], attributes))];
    },
  },
};

type Four = readonly [number, number, number, number];

function padSlopes({ inputs, attributes, cotangents, through }: Backward<'Pad'>): readonly (Value | undefined)[] {
  const [x] = inputs as [Value];
  const shape = concreteShape('pad', x.shape);
  const { begins, ends } = padsOf(inputs);
  const g = cotangents[0] as Value;
  if (attributes.mode === undefined || attributes.mode === 'constant') {
    return [uncovered(g, shape, begins)];
  }
  return through(() => {
    const moved = shape.reduce((y, size, axis) => {
      const [before, after] = [begins[axis] as number, ends[axis] as number];
      if (before === 0 && after === 0) return y;
      const sources = Array.from({ length: before + size + after }, (_, i) =>
        source(i - before, size, attributes.mode),
      );
      return gather(y, x.graph.integers(sources), axis);
    }, x);
    return [moved];
  });
}

/** The part of a padded slope that the input has; where padding cut elements off they get zero. */
function uncovered(g: Value, shape: readonly number[], begins: readonly number[]): Value {
  return shape.reduce((y, size, axis) => {
    const begin = begins[axis] as number;
    const length = y.shape[axis] as number;
    const cut = { axis, start: Math.max(begin, 0), end: Math.min(begin + size, length), step: 1 };
    const kept = slices(y, [cut]);
    const sized = (count: number): Value =>
      zeros(
        y,
        concreteShape('pad', kept.shape).map((old, i) => (i === axis ? count : old)),
      );
    const after = size - Math.max(-begin, 0) - (kept.shape[axis] as number);
    const parts = [...(begin < 0 ? [sized(-begin)] : []), kept, ...(after > 0 ? [sized(after)] : [])];
    return parts.length === 1 ? kept : concat(parts, axis);
  }, g);
}

/** Which element of an axis a padded one repeats. */
function source(at: number, size: number, mode: string | undefined): number {
  if (mode === 'edge') return Math.min(Math.max(at, 0), size - 1);
  if (at < 0) return -at;
  return at < size ? at : 2 * (size - 1) - at;
}

function padsOf(inputs: readonly (Value | undefined)[]): { begins: readonly number[]; ends: readonly number[] } {
  const [x] = required('pad', inputs, 1) as [Value];
  const pads = known('pad', 'pads', inputs[1]);
  const rank = x.shape.length;
  const axes = inputs[3] === undefined ? x.shape.map((_, axis) => axis) : known('pad', 'axes', inputs[3]);
  if (pads.length !== 2 * axes.length) {
    throw new BioscanError('mismatch', `graph: pad, got ${pads.length} pads, expected ${2 * axes.length}`);
  }
  const begins = x.shape.map(() => 0);
  const ends = x.shape.map(() => 0);
  axes.forEach((axis, i) => {
    begins[normalAxis('pad', axis, rank)] = pads[i] as number;
    ends[normalAxis('pad', axis, rank)] = pads[i + axes.length] as number;
  });
  return { begins, ends };
}

function longer(size: Dimension, by: number): Dimension {
  if (by === 0) return size;
  return (concreteShape('pad', [size])[0] as number) + by;
}

function imageOf(operator: string, x: Value): readonly [number, number, number] {
  if (x.shape.length !== 4) {
    throw new BioscanError(
      'mismatch',
      `graph: ${operator}, got ${showShape(x.shape)}, expected (n, channels, height, width)`,
    );
  }
  return concreteShape(operator, x.shape.slice(1)) as unknown as readonly [number, number, number];
}

function indivisible(operator: string, x: Value, block: number): BioscanError {
  return new BioscanError(
    'mismatch',
    `graph: ${operator}, got ${showShape(x.shape)}, expected sizes that ${block} divides`,
  );
}
