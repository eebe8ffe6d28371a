export {
  abs,
  add,
  and,
  cast,
  detach,
  div,
  equal,
  erf,
  exp,
  gelu,
  greater,
  identity,
  less,
  log,
  mul,
  neg,
  not,
  or,
  pow,
  reciprocal,
  relu,
  sigmoid,
  sqrt,
  sub,
  tanh,
  where,
  type Operand,
} from './elementwise.js';
export { gemm, matmul, type MatmulOptions } from './matmul.js';
export { concat, expand, reshape, slice, split, squeeze, transpose, unsqueeze } from './layout.js';
export { argmax, max, mean, sum, type ReduceOptions } from './reduce.js';
export { gather, gatherElements, scatter, scatterAdd } from './indexing.js';
export { layerNorm, logSoftmax, normalizeRows, softmax } from './normalize.js';
