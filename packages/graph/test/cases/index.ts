import type { CaseTable } from './case.js';
import { elementwiseCases } from './elementwise.js';
import { fusedCases } from './fused.js';
import { layoutCases } from './layout.js';
import { matrixCases } from './matrix.js';
import { reduceCases } from './reduce.js';
import { windowCases } from './window.js';

/** Cases of every operator: one without does not compile. */
export const cases: CaseTable = {
  ...elementwiseCases,
  ...matrixCases,
  ...layoutCases,
  ...windowCases,
  ...reduceCases,
  ...fusedCases,
};
