import type { Operators } from '../operator.js';
import { activationOperators } from './activation.js';
import { arrangeOperators } from './arrange.js';
import { batchNormalizationOperators } from './batch-normalization.js';
import { convolutionOperators } from './convolution.js';
import { einsumOperators } from './einsum.js';
import { elementwiseOperators } from './elementwise.js';
import { fusedOperators } from './fused.js';
import { gatherNdOperators } from './gather-nd.js';
import { geluOperators } from './gelu.js';
import { generatorOperators } from './generators.js';
import { indexingOperators } from './indexing.js';
import { instanceNormalizationOperators } from './instance-normalization.js';
import { layoutOperators } from './layout.js';
import { logicOperators } from './logic.js';
import { matmulOperators } from './matmul.js';
import { normalizeOperators } from './normalize.js';
import { quantisedOperators } from './quantised.js';
import { poolingOperators } from './pooling.js';
import { reduceOperators } from './reduce.js';
import { resizeOperators } from './resize.js';
import { scanOperators } from './scan.js';
import { sliceOperators } from './slice.js';
import { variadicOperators } from './variadic.js';

/** One entry an operator: adding a name to OperatorAttributes without a rule here does not compile. */
export const operators: Operators = {
  ...elementwiseOperators,
  ...variadicOperators,
  ...activationOperators,
  ...geluOperators,
  ...matmulOperators,
  ...layoutOperators,
  ...sliceOperators,
  ...reduceOperators,
  ...normalizeOperators,
  ...indexingOperators,
  ...logicOperators,
  ...fusedOperators,
  ...quantisedOperators,
  ...convolutionOperators,
  ...poolingOperators,
  ...batchNormalizationOperators,
  ...instanceNormalizationOperators,
  ...arrangeOperators,
  ...scanOperators,
  ...generatorOperators,
  ...gatherNdOperators,
  ...resizeOperators,
  ...einsumOperators,
};
