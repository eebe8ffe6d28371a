import { tensor } from '@bioscan/core';
import { cast, equal, unsqueeze, type Graph, type Value } from '@bioscan/graph';

/** Targets (n, n) from one number a row (n): 1 where two rows have an equal one. */
export function sameNumber(numbers: Value): Value {
  return cast(equal(unsqueeze(numbers, [1]), unsqueeze(numbers, [0])), 'float32');
}

/** The identity matrix, computed: a batch of thousands needs no constant of its square. */
export function sameRow(graph: Graph, size: number): Value {
  const numbers = Int32Array.from({ length: size }, (_, row) => row);
  return sameNumber(graph.constant(tensor('int32', [size], numbers)));
}
