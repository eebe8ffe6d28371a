import {
  add,
  argmax,
  div,
  gatherElements,
  greater,
  cast,
  mul,
  reshape,
  sum,
  unsqueeze,
  type Value,
} from '@bioscan/graph';
import { countOf, outOfReach, type Scores } from '../losses/present.js';

/** Share of rows whose most similar column is a positive: retrieval inside the batch. No gradient. */
export function matchAccuracy({ similarity, targets, rows, columns }: Scores): Value {
  const size = similarity.shape[0] as number;
  const reachable = columns === undefined ? similarity : add(similarity, unsqueeze(outOfReach(columns), [0]));
  const nearest = unsqueeze(argmax(reachable, -1), [-1]);
  const hits = cast(greater(reshape(gatherElements(targets, nearest, 1), [-1]), 0), 'float32');
  return div(sum(rows === undefined ? hits : mul(hits, rows)), countOf(rows, size, similarity));
}
