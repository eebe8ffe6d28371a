import { tensor } from '@bioscan/core';
import type { Graph, Value } from '../../src/graph.js';
import { applied, testCase, type CaseTable } from './case.js';

const attributes = { num_heads: 2, scale: 0.6, mask_filter_value: -1e4 } as const;

/** The last token of each row is hidden. */
function mask(graph: Graph, rows: number, tokens: number): Value {
  const data = Int32Array.from({ length: rows * tokens }, (_, i) => (tokens > 1 && i % tokens === tokens - 1 ? 0 : 1));
  return graph.constant(tensor('int32', [rows, tokens], data));
}

export const fusedCases = {
  SkipLayerNormalization: [
    applied('SkipLayerNormalization', { epsilon: 0.1 }, ({ a, b }) => [[2, a, b], [2, a, b], [b], [b]]),
    applied('SkipLayerNormalization', { epsilon: 0.1 }, ({ a, b }) => [[a, 1, b], [a, 1, b], [b], [b], [b]]),
  ],
  MultiHeadAttention: [
    applied('MultiHeadAttention', attributes, ({ a, b, c }) => [
      [a, b, 4],
      [a, c, 4],
      [a, c, 4],
    ]),
    testCase(
      ({ a, b, c }) => [[a, b, 4], [a, c, 4], [a, c, 4], [12], [1, 2, b, c]],
      ([query, key, value, bias, added], graph, { a, c }) =>
        graph.apply('MultiHeadAttention', [query, key, value, bias, mask(graph, a, c), added], attributes)[0]!,
    ),
  ],
} satisfies Partial<CaseTable>;
