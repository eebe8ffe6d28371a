import { add, div, mul, sub, softplus, sum, unsqueeze, type Value } from '@bioscan/graph';
import { countOf, type Scores } from './present.js';

/**
 * SigLIP (Zhai et al. 2023): -(1/n) Σᵢⱼ log σ(zᵢⱼ (similarity + bias)) with z = 1 for positives and -1 for all other cells. Each cell is
 * judged by itself, so no batch size is built in. Targets above 0 are positives.
 */
export function sigmoidLoss({ similarity, targets, rows, columns }: Scores, bias: Value): Value {
  const signs = sub(mul(targets, 2), 1);
  const losses = softplus(mul(mul(signs, -1), add(similarity, bias)));
  const byRow = rows === undefined ? losses : mul(losses, unsqueeze(rows, [1]));
  const present = columns === undefined ? byRow : mul(byRow, unsqueeze(columns, [0]));
  return div(sum(present), countOf(rows, similarity.shape[0] as number, similarity));
}
