import { BioscanError } from '@bioscan/core';
import { mul } from '../functions/elementwise.js';
import { reshape, sizeOf } from '../functions/layout.js';
import { matmul } from '../functions/matmul.js';
import type { OperatorAttributes } from '../attributes.js';
import type { Value } from '../graph.js';
import type { Operators } from '../operator.js';
import { broadcastShapes, showShape, type Dimension, type Shape } from '../shape.js';
import { required, sameType } from './inputs.js';
import { unbroadcast } from './unbroadcast.js';

type Attributes = OperatorAttributes['FusedMatMul'];
const plain: Attributes = { alpha: 1, transA: 0, transB: 0 };
const kinds = { alpha: 'float', transA: 'int', transB: 'int' } as const;

export const matmulOperators: Operators<'MatMul' | 'FusedMatMul' | 'Gemm'> = {
  MatMul: {
    domain: '',
    attributes: {},
    shape: (inputs) => [productType('matmul', inputs, plain)],
    vjp: ({ inputs, cotangents }) => slopes(inputs, cotangents[0] as Value, plain),
  },
  FusedMatMul: {
    domain: 'com.microsoft',
    attributes: kinds,
    defaults: plain,
    shape: (inputs, attributes) => [productType('matmul', inputs, attributes)],
    vjp: ({ inputs, cotangents, attributes }) => slopes(inputs, cotangents[0] as Value, attributes),
  },
  Gemm: {
    domain: '',
    attributes: { ...kinds, beta: 'float' },
    defaults: { ...plain, beta: 1 },
    shape: (inputs, attributes) => {
      const type = productType('gemm', inputs, attributes);
      const bias = inputs[2];
      if (type.shape.length !== 2) {
        throw new BioscanError('mismatch', `graph: gemm, got ${type.shape.length} axes, expected matrices`);
      }
      if (bias !== undefined) broadcastShapes('gemm bias', type.shape, bias.shape);
      return [type];
    },
    vjp: ({ inputs, cotangents, attributes }) => {
      const g = cotangents[0] as Value;
      const bias = inputs[2];
      const scaled = attributes.beta === 1 ? g : mul(g, attributes.beta);
      return [...slopes(inputs, g, attributes), bias === undefined ? undefined : unbroadcast(scaled, bias)];
    },
  },
};

function productType(
  operator: string,
  inputs: readonly (Value | undefined)[],
  attributes: Attributes,
): { dtype: Value['dtype']; shape: Shape } {
  const [x, y] = required(operator, inputs, 2) as [Value, Value];
  sameType(operator, x, y);
  if (x.shape.length < 2 || y.shape.length < 2) {
    throw new BioscanError(
      'mismatch',
      `graph: ${operator}, got ${showShape(x.shape)} x ${showShape(y.shape)}, expected at least 2 axes each; reshape() vectors to matrices`,
    );
  }
  const [n, inner] = lastTwo(x.shape, attributes.transA);
  const [agreed, m] = lastTwo(y.shape, attributes.transB);
  if (inner !== agreed) {
    const marks = [attributes.transA, attributes.transB].map((flag) => (flag === 1 ? 'ᵀ' : ''));
    throw new BioscanError(
      'mismatch',
      `graph: ${operator}, got ${showShape(x.shape)}${marks[0] ?? ''} x ${showShape(y.shape)}${marks[1] ?? ''}, expected inner dimensions to agree`,
    );
  }
  const batch = broadcastShapes(operator, x.shape.slice(0, -2), y.shape.slice(0, -2));
  return { dtype: x.dtype, shape: [...batch, n, m] };
}

function lastTwo(shape: Shape, transposed: 0 | 1): readonly [Dimension, Dimension] {
  const [rows, columns] = shape.slice(-2) as [Dimension, Dimension];
  return transposed === 1 ? [columns, rows] : [rows, columns];
}

/** Slopes of alpha · op(x) op(y), with transposes folded into the products. */
function slopes(inputs: readonly (Value | undefined)[], g: Value, attributes: Attributes): readonly [Value, Value] {
  const [x, y] = inputs as [Value, Value];
  if (x.shape.length > 2 && y.shape.length === 2 && attributes.transA === 0) {
    // One large product for the weight instead of one a batch and their sum.
    const rows = reshape(x, [-1, sizeOf(x, -1)]);
    const right = slopeOfRight(rows, y, reshape(g, [-1, sizeOf(g, -1)]), attributes);
    return [slopeOfLeft(x, y, g, attributes), right];
  }
  return [slopeOfLeft(x, y, g, attributes), slopeOfRight(x, y, g, attributes)];
}

function slopeOfLeft(x: Value, y: Value, g: Value, { alpha: scale, transA, transB }: Attributes): Value {
  const slope =
    transA === 1
      ? matmul(y, g, { transposeX: transB === 1, transposeY: true, scale })
      : matmul(g, y, { transposeY: transB === 0, scale });
  return unbroadcast(slope, x);
}

function slopeOfRight(x: Value, y: Value, g: Value, { alpha: scale, transA, transB }: Attributes): Value {
  const slope =
    transB === 1
      ? matmul(g, x, { transposeX: true, transposeY: transA === 1, scale })
      : matmul(x, g, { transposeX: transA === 0, scale });
  return unbroadcast(slope, y);
}
