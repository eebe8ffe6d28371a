import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { tensor, type Tensor } from '@bioscan/core';
import { openRuntime } from '@bioscan/runtime/node';
import { describe, expect, it } from 'vitest';
import { applyOnnx, crossEntropy, initialState, sgd, trainingGraph, trainingStep, untrainable } from '../src/index.js';
import { readOnnxFile } from '../src/node.js';
import { rng } from '@bioscan/core';

/** Made by fixtures/oracle/efficientnet_lite0.py from real weights and photos; not committed. */
const folder = process.env['BIOSCAN_EFFICIENTNET'];
if (folder === undefined) {
  console.info(
    'SKIPPED: fine-tuning EfficientNet-Lite0 against PyTorch; set BIOSCAN_EFFICIENTNET to the folder of its oracle',
  );
}

interface Curve {
  readonly labels: readonly number[];
  readonly batch: number;
  readonly rate: number;
  readonly momentum: number;
  readonly losses: readonly number[];
}

const [side, channels] = [224, 3] as const;

describe.skipIf(folder === undefined)('fine-tuning EfficientNet-Lite0 on real photos', () => {
  it("has PyTorch's loss within 1e-2 over 20 steps", { timeout: 600_000 }, async () => {
    const from = folder as string;
    const { labels, batch, rate, momentum, losses } = JSON.parse(
      readFileSync(join(from, 'curve.json'), 'utf8'),
    ) as Curve;
    const pixels = readFileSync(join(from, 'photos.u8'));
    const model = await readOnnxFile(join(from, 'model.onnx'));
    expect(untrainable(model)).toEqual([]);

    const graph = trainingGraph();
    const images = graph.input('images', 'float32', [batch, channels, side, side]);
    const { logits } = applyOnnx(model, { images }, { outputs: ['logits'] });
    const loss = crossEntropy(logits, graph.input('labels', 'int64', [batch]));
    const step = trainingStep(graph, { loss, optimizer: sgd(), seed: 0 });
    const runtime = openRuntime();
    const session = await runtime.train(step, initialState(graph, rng(0)));
    const got: number[] = [];
    for (let i = 0; i < losses.length; i++) {
      const rows = Array.from({ length: batch }, (_, k) => (i * batch + k) % labels.length);
      const feeds = { images: batchOf(pixels, rows), labels: labelsOf(rows.map((row) => labels[row] as number)) };
      const metrics = await session.step(feeds, { learningRate: rate, beta1: momentum });
      got.push(Number(metrics['loss']?.data[0]));
    }
    await runtime.close();
    const errors = losses.map((expected, i) => Math.abs((got[i] as number) - expected));
    console.info(
      `EfficientNet-Lite0, ${losses.length} steps: loss ${losses.at(0)} to ${losses.at(-1)}, largest difference ${Math.max(...errors)}`,
    );
    expect(errors).toHaveLength(20);
    expect(Math.max(...errors)).toBeLessThan(1e-2);
  });
});

function batchOf(pixels: Uint8Array, rows: readonly number[]): Tensor {
  const size = channels * side * side;
  const data = Float32Array.from({ length: rows.length * size }, (_, i) => {
    const row = rows[Math.floor(i / size)] as number;
    return ((pixels[row * size + (i % size)] as number) - 127) / 128;
  });
  return tensor('float32', [rows.length, channels, side, side], data);
}

function labelsOf(labels: readonly number[]): Tensor {
  return tensor('int64', [labels.length], BigInt64Array.from(labels, BigInt));
}
