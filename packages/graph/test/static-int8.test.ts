import { rng, tensor, type Runtime, type Tensor, type Tensors, type TrainingState } from '@bioscan/core';
import { expect, it } from 'vitest';
import {
  add,
  batchSymbol,
  calibrate,
  conv,
  exportEncoder,
  globalAveragePool,
  initialStateOf,
  linear,
  relu,
  reshape,
  staticInt8,
  tower,
  type Tower,
} from '../src/index.js';
import { decodeGraph } from './decode-graph.js';
import { openSession, runModel, runSession } from './session.js';
import { runOnWeb } from './web-session.js';

const size = 12;
const channels = 16;

/** A residual convolutional network with a linear head, as small as one can be. */
function network(): Tower<readonly number[]> {
  return tower<readonly number[]>({
    dimension: 8,
    inputs: [{ name: 'pixels', dtype: 'float32', shape: [batchSymbol, 3, size, size] }],
    collate: (batch) => ({
      pixels: tensor('float32', [batch.length, 3, size, size], Float32Array.from(batch.flat())),
    }),
    build: (graph, { pixels }) => {
      if (pixels === undefined) throw new Error('no pixels');
      const weight = (name: string, shape: readonly number[]): ReturnType<typeof graph.parameter> =>
        graph.parameter(name, shape, { initial: { normal: 0.25 } });
      const bias = graph.parameter('stem.bias', [channels], { initial: { normal: 0.2 } });
      const stem = relu(conv(pixels, weight('stem.weight', [channels, 3, 3, 3]), bias, { padding: 1, strides: 2 }));
      const block = conv(stem, weight('block.weight', [channels, channels, 3, 3]), undefined, { padding: 1 });
      const pooled = reshape(globalAveragePool(relu(add(block, stem))), [-1, channels]);
      return linear(pooled, 'head', 8);
    },
  });
}

const model = network();
const state: TrainingState = initialStateOf(model.parameters, rng(3));
const runtime: Runtime = {
  async open(source) {
    const session = await openSession(source as Uint8Array, 1);
    return { inputs: [], outputs: [], run: (feeds) => runSession(session, feeds), close: () => session.release() };
  },
  train: () => Promise.reject(new Error('not here')),
};

function pictures(seed: number, count: number): Tensors {
  const random = rng(seed);
  return model.collate(
    Array.from({ length: count }, () => Array.from({ length: 3 * size * size }, () => random.normal())),
  );
}

it('puts convolutions and linear layers into integer kernels and keeps the direction of the vectors', async () => {
  const ranges = await calibrate(model, state, runtime, [pictures(1, 32), pictures(2, 32)]);
  expect(Object.keys(ranges)).toHaveLength(4);
  const small = exportEncoder(model, state, { passes: [staticInt8(ranges)] });
  expect(decodeGraph(small).operators).toMatchObject({ Conv: 2, MatMul: 1, QuantizeLinear: 4 });
  const feeds = pictures(3, 64);
  const exact = (await runModel(exportEncoder(model, state), feeds))['embedding'] as Tensor<'float32'>;
  for (const run of [runModel, runOnWeb]) {
    const { data } = (await run(small, feeds))['embedding'] as Tensor<'float32'>;
    const cosine = dot(data, exact.data) / Math.sqrt(dot(data, data) * dot(exact.data, exact.data));
    expect(cosine).toBeGreaterThan(0.999);
    expect(cosine).toBeLessThan(1 - 1e-8);
  }
});

it('refuses ranges of another network and calibration without data', async () => {
  expect(() => exportEncoder(model, state, { passes: [staticInt8({})] })).toThrow(
    /staticInt8, got no range of 'pixels'/,
  );
  await expect(calibrate(model, state, runtime, [])).rejects.toThrow('calibrate, got no batch');
  const broken = {
    ...state,
    tensors: { ...state.tensors, 'stem.bias': tensor('float32', [channels], new Float32Array(channels).fill(NaN)) },
  };
  await expect(calibrate(model, broken, runtime, [pictures(1, 4)])).rejects.toThrow(/expected finite values/);
});

function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] as number), 0);
}
