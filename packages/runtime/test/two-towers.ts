import {
  rng,
  tensor,
  type CachedFeeds,
  type Tensor,
  type Tensors,
  type TrainingState,
  type TrainingStep,
} from '@bioscan/core';
import {
  add,
  cachedTrainingStep,
  crossEntropy,
  dropout,
  exp,
  gelu,
  initialState,
  layerNormalization,
  linear,
  matmul,
  mul,
  scoped,
  sgd,
  tower,
  trainingGraph,
  trainingStep,
  transpose,
  type BatchLoss,
  type CachedTrainingStep,
  type CachedTrainingStepOptions,
  type Graph,
  type Value,
  type Values,
} from '@bioscan/graph';
import { part } from './networks.js';

export const [features, hidden, width] = [6, 12, 8];

/** What becomes of the hidden values of a tower. */
export type Drop = (x: Value, tower: string) => Value;

/** Two towers with equal names over the inputs `image` and `dna`: (rows, features) each. */
export function towers(graph: Graph, rows: number, drop: Drop = (x) => x): Values {
  const vectors = ['image', 'dna'].map((name) => {
    const own = tower({
      dimension: width,
      inputs: [{ name: 'x', dtype: 'float32', shape: ['batch', features] }],
      collate: () => ({}),
      build: ({ mode }, { x }) => {
        const inner = gelu(linear(x as Value, 'hidden', hidden));
        return layerNormalization(linear(mode === 'training' ? drop(inner, name) : inner, 'output', width), 'norm');
      },
    });
    return [name, scoped(name, own).build(graph, { x: graph.input(name, 'float32', [rows, features]) })] as const;
  });
  return Object.fromEntries(vectors);
}

export function dropping(rate: number): Drop {
  return (x) => dropout(x, rate);
}

/** CLIP's loss in both directions, with a learnable scale and shift, against targets that are fed. */
export function clipLoss(graph: Graph, { image, dna }: Values): BatchLoss {
  const rows = image?.shape[0] as number;
  const scale = exp(graph.parameter('logit.scale', [], { initial: { uniform: 0.5 } }));
  const shift = graph.parameter('logit.shift', [rows], { initial: { normal: 1 } });
  const logits = add(mul(matmul(image as Value, dna as Value, { transposeY: true }), scale), shift);
  const forth = crossEntropy(logits, graph.input('targets', 'int64', [rows]));
  const back = crossEntropy(transpose(logits, [1, 0]), graph.input('back', 'int64', [rows]));
  return { loss: mul(add(forth, back), 0.5), metrics: { logits } };
}

export type Rules = Partial<Omit<CachedTrainingStepOptions, 'chunks' | 'embed'>> & { readonly drop?: Drop };

export function chunked(rows: number, chunks: number, { drop, ...rules }: Rules = {}): CachedTrainingStep {
  return cachedTrainingStep({
    chunks,
    embed: (graph) => towers(graph, rows / chunks, drop),
    loss: clipLoss,
    optimizer: sgd(),
    seed: 5,
    ...rules,
  });
}

/** The same step with all rows in one backward pass. */
export function whole(
  rows: number,
  { drop, loss: build = clipLoss, ...rules }: Rules = {},
): { readonly step: TrainingStep; readonly initial: TrainingState } {
  const graph = trainingGraph();
  const vectors = towers(graph, rows, drop);
  const options = { optimizer: sgd(), seed: 5, ...rules, ...build(graph, vectors) };
  return { step: trainingStep(graph, options), initial: initialState(graph, rng(1)) };
}

/** Feeds of a batch; row i of the images belongs to row i + 3 of the barcodes. */
export function batchOf(rows: number, seed: number): Tensors {
  const stream = rng(seed);
  const values = (): Tensor =>
    tensor(
      'float32',
      [rows, features],
      Float32Array.from({ length: rows * features }, () => stream.normal()),
    );
  const targets = (step: number): Tensor =>
    tensor(
      'int64',
      [rows],
      BigInt64Array.from({ length: rows }, (_, i) => BigInt((i + step) % rows)),
    );
  return { image: values(), dna: values(), targets: targets(3), back: targets(rows - (3 % rows)) };
}

/** Targets go to the loss, the rest to the chunks. */
export function inChunks({ targets, back, ...rest }: Tensors, chunks: number): CachedFeeds {
  return {
    chunks: Array.from({ length: chunks }, (_, i) => part(rest, i, chunks)),
    batch: targets === undefined || back === undefined ? {} : { targets, back },
  };
}
