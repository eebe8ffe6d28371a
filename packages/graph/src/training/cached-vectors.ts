import { BioscanError, type CachedVectors } from '@bioscan/core';
import type { Graph, Value } from '../graph.js';
import { reachable } from '../prune.js';
import { concreteShape, showShape } from '../shape.js';
import type { Values } from '../tower.js';

/** Inputs of the loss: the vectors of all chunks, one below the other. */
export function stackedInputs(batch: Graph, vectors: Values, chunks: number): Values {
  const entries = Object.entries(vectors).map(([name, { shape }]) => {
    const [rows = 1, ...rest] = concreteShape('cached step', shape);
    return [name, batch.input(vectorName(name), 'float32', [chunks * rows, ...rest])] as const;
  });
  return Object.fromEntries(entries);
}

/**
 * Vectors are float32 (rows, …) of the graph that was handed out, and none depends on statistics of the batch.
 * @throws BioscanError `bad-input`, `mismatch` or `unsupported`
 */
export function checkVectors(towers: Graph, vectors: Values): void {
  if (Object.keys(vectors).length === 0) {
    throw new BioscanError('bad-input', 'graph: cached step, got no vectors from `embed`, expected some');
  }
  for (const [name, { graph, dtype, shape }] of Object.entries(vectors)) {
    if (graph !== towers) throw new TypeError(`graph: cached step, vectors '${name}' are of another graph`);
    if (dtype === 'float32' && shape.length > 0) continue;
    throw new BioscanError(
      'mismatch',
      `graph: cached step, vectors '${name}', got ${dtype} ${showShape(shape)}, expected float32 (rows, …)`,
      { name },
    );
  }
  const { nodes } = reachable(towers, Object.values(vectors));
  const usesBatch = nodes.some(
    ({ operator, attributes }) =>
      operator === 'BatchNormalization' && 'training_mode' in attributes && attributes.training_mode === 1,
  );
  if (!usesBatch) return;
  throw new BioscanError(
    'unsupported',
    'graph: cached step over batch normalisation by statistics of the batch, expected vectors that do not depend on the chunk; use the stored statistics (batchNorm, batchNormalization: frozen)',
  );
}

/** As the engine reads them; `sloped` names those that the loss depends on. */
export function cachedVectors(name: string, { shape }: Value, sloped: ReadonlySet<string>): CachedVectors {
  return {
    name: vectorName(name),
    dtype: 'float32',
    shape: concreteShape('cached step', shape),
    ...(sloped.has(name) ? { slope: slopeName(name) } : {}),
  };
}

/** Inputs of the towers may be called `image` too. */
export function vectorName(name: string): string {
  return `${name}#vector`;
}

export function slopeName(name: string): string {
  return `${name}#slope`;
}
