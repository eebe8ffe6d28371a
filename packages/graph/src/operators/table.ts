import type { Operators } from '../operator.js';
import { elementwiseOperators } from './elementwise.js';
import { fusedOperators } from './fused.js';
import { indexingOperators } from './indexing.js';
import { layoutOperators } from './layout.js';
import { logicOperators } from './logic.js';
import { matmulOperators } from './matmul.js';
import { normalizeOperators } from './normalize.js';
import { quantisedOperators } from './quantised.js';
import { reduceOperators } from './reduce.js';
import { sliceOperators } from './slice.js';

/** One entry an operator: adding a name to OperatorAttributes without a rule here does not compile. */
export const operators: Operators = {
  ...elementwiseOperators,
  ...matmulOperators,
  ...layoutOperators,
  ...sliceOperators,
  ...reduceOperators,
  ...normalizeOperators,
  ...indexingOperators,
  ...logicOperators,
  ...fusedOperators,
  ...quantisedOperators,
};
