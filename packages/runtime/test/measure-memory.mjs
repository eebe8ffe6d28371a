/** Trains a small BERT in this process and prints the plan, the peak above the baseline, and how much JavaScript allocated in steps. */
import { rng, tensor } from '@bioscan/core';
import {
  adamw,
  attentionBias,
  crossEntropy,
  embedding,
  encoderLayer,
  initialState,
  linear,
  planMemory,
  recompute,
  trainingGraph,
  trainingStep,
} from '@bioscan/graph';
import { openRuntime } from '@bioscan/runtime/node';

const { layers, batch, recomputed } = JSON.parse(process.argv[2]);
const [tokens, width, vocabulary, heads] = [82, 256, 500, 4];
const runtime = openRuntime({ threads: 1 });

function planned(rows, depth) {
  const graph = trainingGraph();
  const ids = graph.input('ids', 'int64', [rows, tokens]);
  const bias = attentionBias(graph.input('attended', 'int64', [rows, tokens]));
  let hidden = embedding(ids, 'embeddings', { rows: vocabulary, width });
  for (let i = 0; i < depth; i++) {
    const layer = (x) => encoderLayer(x, `layer.${i}`, { heads, bias });
    hidden = recomputed ? recompute(hidden, layer) : layer(hidden);
  }
  const loss = crossEntropy(linear(hidden, 'head', vocabulary), ids);
  return { step: trainingStep(graph, { loss, optimizer: adamw(), seed: 1 }), initial: initialState(graph, rng(1)) };
}

function feeds(rows) {
  return {
    ids: tensor(
      'int64',
      [rows, tokens],
      new BigInt64Array(rows * tokens).map((_, i) => BigInt(i % vocabulary)),
    ),
    attended: tensor('int64', [rows, tokens], new BigInt64Array(rows * tokens).fill(1n)),
  };
}

async function train(rows, depth, steps, each = () => {}) {
  const { step, initial } = planned(rows, depth);
  const session = await runtime.train(step, initial, { transfer: true });
  for (let i = 0; i < steps; i++) {
    await session.step(feeds(rows), { learningRate: 1e-3, beta1: 0.9 });
    each(i);
  }
  await session.close();
  return planMemory(step);
}

await train(1, 1, 2);
const before = process.memoryUsage().rss;
const external = [];
const plan = await train(batch, layers, 4, () => external.push(process.memoryUsage().rss));
const peak = process.resourceUsage().maxRSS * 1024 - before;
console.log(JSON.stringify({ plan, peak, rss: external.map((value) => value - before) }));
await runtime.close();
