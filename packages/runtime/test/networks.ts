import { rng, tensor, type Tensor, type Tensors, type TrainingState } from '@bioscan/core';
import {
  attentionBias,
  crossEntropy,
  dropout,
  embedding,
  encoderLayer,
  initialState,
  linear,
  recompute,
  trainingGraph,
  type Graph,
  type Value,
} from '@bioscan/graph';

export interface NetworkSize {
  readonly batch: number;
  readonly tokens: number;
  readonly width: number;
  readonly layers: number;
  readonly vocabulary: number;
  readonly dropout?: number;
  /** Recompute each layer in the backward pass. */
  readonly recomputed?: boolean;
}

export interface Network {
  readonly graph: Graph;
  readonly loss: Value;
  readonly initial: TrainingState;
}

/** A small BERT that guesses its own tokens. */
export function network(size: NetworkSize): Network {
  const { batch, tokens, width, layers, vocabulary, dropout: rate = 0, recomputed = false } = size;
  const graph = trainingGraph();
  const ids = graph.input('ids', 'int64', [batch, tokens]);
  const attended = graph.input('attended', 'int64', [batch, tokens]);
  const bias = attentionBias(attended);
  let hidden = dropout(embedding(ids, 'embeddings', { rows: vocabulary, width, deviation: 0.5 }), rate);
  for (let i = 0; i < layers; i++) {
    const layer = (x: Value): Value => encoderLayer(x, `layer.${i}`, { heads: 2, bias, dropout: rate });
    hidden = recomputed ? recompute(hidden, layer) : layer(hidden);
  }
  const loss = crossEntropy(linear(hidden, 'head', vocabulary), ids);
  return { graph, loss, initial: initialState(graph, rng(3)) };
}

/** Feeds of a step: random tokens, all attended. */
export function networkFeeds({ batch, tokens, vocabulary }: NetworkSize, seed: number): Tensors {
  const stream = rng(seed);
  const ids = BigInt64Array.from({ length: batch * tokens }, () => BigInt(stream.integer(vocabulary)));
  return {
    ids: tensor('int64', [batch, tokens], ids),
    attended: tensor('int64', [batch, tokens], new BigInt64Array(batch * tokens).fill(1n)),
  };
}

/** Row `index` of `count` equal parts of every feed, along the first axis. */
export function part(feeds: Tensors, index: number, count: number): Tensors {
  const entries = Object.entries(feeds).map(([name, { dtype, shape, data }]): [string, Tensor] => {
    const size = data.length / count;
    const own = (data as BigInt64Array).slice(index * size, (index + 1) * size);
    return [name, { dtype, shape: [(shape[0] ?? 0) / count, ...shape.slice(1)], data: own }];
  });
  return Object.fromEntries(entries);
}

/** Largest ‖got - expected‖ / ‖expected‖ over the tensors of `expected`. */
export function furthest(got: Tensors, expected: Tensors): number {
  return Math.max(
    ...Object.entries(expected).map(([name, { data }]) => {
      const values = data as Float32Array;
      const other = got[name]?.data as Float32Array;
      const difference = values.reduce((sum, value, i) => sum + (value - (other[i] ?? NaN)) ** 2, 0);
      const size = values.reduce((sum, value) => sum + value ** 2, 0);
      return Math.sqrt(difference) / Math.max(Math.sqrt(size), 1e-6);
    }),
  );
}
