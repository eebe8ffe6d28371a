import { BioscanError } from '@bioscan/core';
import { gatherElements, scatter, scatterAdd } from '../functions/indexing.js';
import { mul } from '../functions/elementwise.js';
import { expand, reshape, transpose, zeros } from '../functions/layout.js';
import type { Value } from '../graph.js';
import type { Operators } from '../operator.js';
import { concreteShape, normalAxis, sameShape, showShape } from '../shape.js';
import { required, sameType } from './inputs.js';

export const indexingOperators: Operators<'Gather' | 'GatherElements' | 'ScatterElements'> = {
  Gather: {
    domain: '',
    attributes: { axis: 'int' },
    defaults: { axis: 0 },
    shape: (inputs, { axis }) => {
      const [x, indices] = required('gather', inputs, 2) as [Value, Value];
      checkIndices('gather', indices);
      const at = normalAxis('gather', axis, x.shape.length);
      return [{ dtype: x.dtype, shape: [...x.shape.slice(0, at), ...indices.shape, ...x.shape.slice(at + 1)] }];
    },
    vjp: ({ inputs, attributes, cotangents }) => {
      const [x, indices] = inputs as [Value, Value];
      return [gatherSlope(x, indices, attributes.axis, cotangents[0] as Value), undefined];
    },
  },
  GatherElements: {
    domain: '',
    attributes: { axis: 'int' },
    defaults: { axis: 0 },
    shape: (inputs, { axis }) => {
      const [x, indices] = required('gatherElements', inputs, 2) as [Value, Value];
      checkIndices('gatherElements', indices);
      checkRanks('gatherElements', x, indices, normalAxis('gatherElements', axis, x.shape.length));
      return [{ dtype: x.dtype, shape: indices.shape }];
    },
    vjp: ({ inputs, attributes, cotangents }) => {
      const [x, indices] = inputs as [Value, Value];
      const empty = zeros(x, concreteShape('gatherElements', x.shape));
      return [scatterAdd(empty, indices, cotangents[0] as Value, attributes.axis), undefined];
    },
  },
  ScatterElements: {
    domain: '',
    attributes: { axis: 'int', reduction: 'string' },
    defaults: { axis: 0, reduction: 'none' },
    shape: (inputs, { axis }) => {
      const [x, indices, updates] = required('scatter', inputs, 3) as [Value, Value, Value];
      checkIndices('scatter', indices);
      sameType('scatter', x, updates);
      checkRanks('scatter', x, indices, normalAxis('scatter', axis, x.shape.length));
      if (!sameShape(indices.shape, updates.shape)) {
        throw new BioscanError(
          'mismatch',
          `graph: scatter, got indices ${showShape(indices.shape)} and updates ${showShape(updates.shape)}, expected equal shapes`,
        );
      }
      return [{ dtype: x.dtype, shape: x.shape }];
    },
    vjp: ({ inputs, attributes: { axis, reduction }, cotangents }) => {
      const [, indices, updates] = inputs as [Value, Value, Value];
      const g = cotangents[0] as Value;
      const kept = reduction === 'add' ? g : scatter(g, indices, mul(updates, 0), axis);
      return [kept, undefined, gatherElements(g, indices, axis)];
    },
  },
};

/**
 * Rows of the slope added up by index. ScatterElements, since ScatterND with reduction=add loses updates
 * on duplicate indices when ONNX Runtime has more than one thread (onnxruntime#18048).
 */
function gatherSlope(x: Value, indices: Value, axis: number, g: Value): Value {
  const shape = concreteShape('gather', x.shape);
  const at = normalAxis('gather', axis, shape.length);
  const rest = shape.filter((_, i) => i !== at);
  const width = rest.reduce((a, b) => a * b, 1);
  const count = concreteShape('gather', indices.shape).reduce((a, b) => a * b, 1);
  // (before, …indices, after) becomes (indices, before · after).
  const flat = reshape(g, [...shape.slice(0, at), count, ...shape.slice(at + 1)]);
  const front = [at, ...shape.map((_, i) => i).filter((i) => i !== at)];
  const rows = reshape(at === 0 ? flat : transpose(flat, front), [count, width]);
  const places = expand(reshape(indices, [count, 1]), [count, width]);
  const summed = scatterAdd(zeros(x, [shape[at] as number, width]), places, rows, 0);
  const shaped = reshape(summed, [shape[at] as number, ...rest]);
  return at === 0
    ? shaped
    : transpose(
        shaped,
        shape.map((_, i) => front.indexOf(i)),
      );
}

function checkIndices(operator: string, indices: Value): void {
  if (indices.dtype === 'int64' || indices.dtype === 'int32') return;
  throw new BioscanError('mismatch', `graph: ${operator}, got indices of ${indices.dtype}, expected int64`);
}

function checkRanks(operator: string, x: Value, indices: Value, axis: number): void {
  const fits = x.shape.length === indices.shape.length;
  const within = x.shape.every((size, i) => i === axis || typeof size === 'string' || size >= Number(indices.shape[i]));
  if (fits && within) return;
  throw new BioscanError(
    'mismatch',
    `graph: ${operator} on axis ${axis}, got ${showShape(x.shape)} and indices ${showShape(indices.shape)}, expected shapes equal but for that axis`,
  );
}
