import type { OperatorAttributes, OperatorName } from '../../src/attributes.js';
import { attention } from './attention.js';
import { axisOf, broadcast, fill, filled, map, type Dense, type Inputs } from './dense.js';
import { binaryFunctions, clip, folded, rectified, unaryFunctions } from './elementwise.js';
import { gather, gatherElements, gatherNd, nonZero, oneHot, scatter, scatterNd, where } from './indexing.js';
import { concat, depthToSpace, pad, slice, spaceToDepth, split, tile, transpose, trilu } from './layout.js';
import { product } from './matmul.js';
import { layerNorm, lpNormalization, softmax } from './normalize.js';
import { einsum, resize } from './product.js';
import { argument, cumSum, reduce, reducers, topK } from './reduce.js';
import { averagePool, batchNorm, convolution, globalPool, groupNorm, maxPool, transposed } from './window.js';

/** Outputs from inputs, attributes and the shapes that the rule says; those of 'shape only' operators are taken as they are. */
export type Evaluate<Name extends OperatorName> = (
  inputs: Inputs,
  attributes: OperatorAttributes[Name],
  shapes: readonly (readonly number[])[],
) => readonly Dense[];

type Evaluators = { readonly [Name in OperatorName]: Evaluate<Name> };
type Unary = keyof typeof unaryFunctions;
type Binary = keyof typeof binaryFunctions;

const unary = Object.fromEntries(
  Object.entries(unaryFunctions).map(([name, apply]) => [name, ([x]: Inputs) => [map(x!, apply)]]),
) as unknown as Pick<Evaluators, Unary>;

const binary = Object.fromEntries(
  Object.entries(binaryFunctions).map(([name, apply]) => [name, ([x, y]: Inputs) => [broadcast(x!, y!, apply)]]),
) as unknown as Pick<Evaluators, Binary>;

const reductions = Object.fromEntries(
  Object.entries(reducers).map(([name, apply]) => [
    name,
    ([x, axes]: Inputs, attributes: OperatorAttributes['ReduceSum'], [shape]: readonly (readonly number[])[]) => [
      reduce(x!, axes, attributes, shape!, apply),
    ],
  ]),
) as unknown as Pick<Evaluators, keyof typeof reducers>;

/** The same elements in the shape that the rule says. */
const reshaped = ([x]: Inputs, _attributes: unknown, shapes: readonly (readonly number[])[]): readonly Dense[] => [
  { shape: shapes[0]!, data: x!.data },
];

/** One evaluator an operator: a new operator without one does not compile. */
export const evaluators: Evaluators = {
  ...unary,
  ...binary,
  Mod: ([x, y], { fmod }) => [broadcast(x!, y!, (a, b) => (fmod === 1 ? a % b : a - b * Math.floor(a / b)))],
  Min: (inputs) => [folded(inputs as Dense[], Math.min)],
  Max: (inputs) => [folded(inputs as Dense[], Math.max)],
  Sum: (inputs) => [folded(inputs as Dense[], (a, b) => a + b)],
  Mean: (inputs) => [
    map(
      folded(inputs as Dense[], (a, b) => a + b),
      (a) => a / inputs.length,
    ),
  ],
  Clip: ([x, low, high]) => [clip(x!, low, high)],
  HardSigmoid: ([x], { alpha = 0.2, beta = 0.5 }) => [map(x!, (a) => Math.min(Math.max(alpha * a + beta, 0), 1))],
  LeakyRelu: ([x], { alpha = 0.01 }) => [
    rectified(
      x!,
      (a) => a,
      (a) => alpha * a,
    ),
  ],
  ThresholdedRelu: ([x], { alpha = 1 }) => [map(x!, (a) => (a > alpha ? a : 0))],
  Elu: ([x], { alpha = 1 }) => [
    rectified(
      x!,
      (a) => a,
      (a) => alpha * Math.expm1(a),
    ),
  ],
  Selu: ([x], { alpha = 1.6732632423543772, gamma = 1.0507009873554805 }) => [
    rectified(
      x!,
      (a) => gamma * a,
      (a) => gamma * alpha * Math.expm1(a),
    ),
  ],
  Celu: ([x], { alpha = 1 }) => [
    rectified(
      x!,
      (a) => a,
      (a) => alpha * Math.expm1(a / alpha),
    ),
  ],
  FastGelu: ([x, bias]) => [
    map(bias === undefined ? x! : broadcast(x!, bias, (a, b) => a + b), (a) => {
      return 0.5 * a * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (a + 0.044715 * a ** 3)));
    }),
  ],
  QuickGelu: ([x], { alpha = 1.702 }) => [map(x!, (a) => a / (1 + Math.exp(-alpha * a)))],
  Where: ([x, y, z]) => [where(x!, y!, z!)],
  MatMul: ([x, y]) => [product(x!, y!, false, false, 1)],
  FusedMatMul: ([x, y], { transA, transB, alpha }) => [product(x!, y!, transA === 1, transB === 1, alpha)],
  Gemm: ([x, y, z], { transA, transB, alpha, beta }) => {
    const base = product(x!, y!, transA === 1, transB === 1, alpha);
    return [z === undefined ? base : broadcast(base, z, (a, b) => a + beta * b)];
  },
  Transpose: ([x], { perm }) => [transpose(x!, perm)],
  Reshape: reshaped,
  Squeeze: reshaped,
  Unsqueeze: reshaped,
  Flatten: reshaped,
  Expand: ([x, y]) => [broadcast(x!, filled([...y!.data], 0), (a) => a)],
  ConstantOfShape: ([x], { value }) => [filled([...x!.data], Number(value.data[0]))],
  Concat: (inputs, { axis }) => [concat(inputs as readonly Dense[], axisOf(inputs[0]!, axis))],
  Split: ([x, y], { axis }) => split(x!, axisOf(x!, axis), [...y!.data]),
  Slice: (inputs) => [slice(inputs[0]!, inputs as readonly Dense[])],
  Pad: ([x, pads, value, axes], { mode = 'constant' }) => [pad(x!, pads!, value, axes, mode)],
  Tile: ([x, repeats]) => [tile(x!, [...repeats!.data])],
  DepthToSpace: ([x], { blocksize, mode = 'DCR' }, [shape]) => [depthToSpace(x!, blocksize, mode, shape!)],
  SpaceToDepth: ([x], { blocksize }, [shape]) => [spaceToDepth(x!, blocksize, shape!)],
  Trilu: ([x, k], { upper = 1 }) => [trilu(x!, k?.data[0] ?? 0, upper === 1)],
  ...reductions,
  ArgMax: ([x], { axis, select_last_index }, [shape]) => [
    argument(x!, axisOf(x!, axis), shape!, select_last_index === 1, 1),
  ],
  ArgMin: ([x], { axis, select_last_index }, [shape]) => [
    argument(x!, axisOf(x!, axis), shape!, select_last_index === 1, -1),
  ],
  CumSum: ([x, axis], { exclusive, reverse }) => [
    cumSum(x!, axisOf(x!, axis!.data[0]), exclusive === 1, reverse === 1),
  ],
  TopK: ([x, k], { axis = -1, largest = 1 }) => topK(x!, k!.data[0]!, axisOf(x!, axis), largest === 1),
  Shape: ([x], { start = 0, end }) => {
    const sizes = x!.shape.slice(start, end);
    return [{ shape: [sizes.length], data: Float64Array.from(sizes) }];
  },
  Size: ([x]) => [{ shape: [], data: Float64Array.of(x!.data.length) }],
  Range: ([start, , delta], _, [shape]) => [fill(shape!, ([i]) => start!.data[0]! + i! * delta!.data[0]!)],
  EyeLike: ([x], { k = 0 }) => [fill(x!.shape, ([row, column]) => Number(column! - row! === k))],
  OneHot: ([indices, depth, values], { axis = -1 }) => [oneHot(indices!, depth!.data[0]!, values!, axis)],
  NonZero: ([x]) => [nonZero(x!)],
  GatherND: ([x, indices], { batch_dims = 0 }, [shape]) => [gatherNd(x!, indices!, batch_dims, shape!)],
  ScatterND: ([x, indices, updates]) => [scatterNd(x!, indices!, updates!)],
  Resize: ([x, , scales], attributes, [shape]) => [resize(x!, scales, attributes, shape!)],
  Einsum: (inputs, { equation }, [shape]) => [einsum(inputs as readonly Dense[], equation, shape!)],
  Softmax: ([x], { axis }) => [softmax(x!, axisOf(x!, axis), false)],
  LogSoftmax: ([x], { axis }) => [softmax(x!, axisOf(x!, axis), true)],
  LayerNormalization: ([x, y, z], { epsilon }) => layerNorm(x!, y!, z, epsilon),
  LpNormalization: ([x], { axis = -1, p = 2 }) => [lpNormalization(x!, axisOf(x!, axis), p)],
  InstanceNormalization: ([x, y, z], { epsilon = 1e-5 }) => [groupNorm(x!, y!, z!, x!.shape[1]!, epsilon)],
  GroupNormalization: ([x, y, z], { epsilon = 1e-5, num_groups }) => [groupNorm(x!, y!, z!, num_groups, epsilon)],
  BatchNormalization: (inputs, attributes) => batchNorm(inputs as readonly Dense[], attributes),
  Gather: ([x, y], { axis }) => [gather(x!, y!, axisOf(x!, axis))],
  GatherElements: ([x, y], { axis }) => [gatherElements(x!, y!, axisOf(x!, axis))],
  ScatterElements: ([x, y, z], { axis, reduction }) => [scatter(x!, y!, z!, axisOf(x!, axis), reduction === 'add')],
  Conv: ([x, y, z], attributes, [shape]) => [convolution(x!, y!, z, attributes, shape!)],
  ConvTranspose: ([x, y, z], attributes, [shape]) => [transposed(x!, y!, z, attributes, shape!)],
  MaxPool: ([x], attributes, [shape]) => maxPool(x!, attributes, shape!),
  AveragePool: ([x], attributes, [shape]) => [averagePool(x!, attributes, shape!)],
  GlobalAveragePool: ([x]) => [globalPool(x!, 'average')],
  GlobalMaxPool: ([x]) => [globalPool(x!, 'max')],
  BiasGelu: ([x, bias]) => [
    map(
      broadcast(x!, bias!, (a, b) => a + b),
      unaryFunctions.Gelu,
    ),
  ],
  SkipLayerNormalization: ([x, skip, scale, shift, bias], { epsilon }) => {
    const joined = broadcast(x!, skip!, (a, b) => a + b);
    const sum = bias === undefined ? joined : broadcast(joined, bias, (a, b) => a + b);
    return [...layerNorm(sum, scale!, shift, epsilon), sum];
  },
  MultiHeadAttention: (inputs, attributes) => [attention(inputs, attributes)],
  DynamicQuantizeMatMul: inexact,
  QuantizeLinear: inexact,
  DequantizeLinear: inexact,
};

function inexact(): never {
  throw new Error('no float64 meaning of this operator: exports are compared with the plain graph');
}
