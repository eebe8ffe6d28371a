import { readFileSync, writeFileSync } from 'node:fs';
import { rng, tensor, type Tensor, type Tensors, type TrainingState } from '@bioscan/core';
import { describe, expect, it } from 'vitest';
import {
  add,
  attentionBias,
  batchSymbol,
  dynamicInt8,
  embedding,
  encoderLayer,
  exportEncoder,
  float16,
  fuse,
  initialStateOf,
  layerNormalization,
  mean,
  tower,
  type ExportPass,
  type Tower,
} from '../src/index.js';
import { decodeGraph } from './decode-graph.js';
import { runModel } from './session.js';
import { runOnWeb } from './web-session.js';

const tokens = 12;
const width = 32;

/** A small post-norm transformer, as BarcodeBERT is built. */
function transformer(): Tower<readonly number[]> {
  const shape = [batchSymbol, tokens];
  return tower<readonly number[]>({
    dimension: width,
    inputs: [
      { name: 'ids', dtype: 'int64', shape },
      { name: 'mask', dtype: 'int64', shape },
    ],
    collate: (batch) => ({
      ids: integers(batch, (ids, i) => ids[i] ?? 0),
      mask: integers(batch, (ids, i) => (i < ids.length ? 1 : 0)),
    }),
    build: (_graph, { ids, mask }) => {
      if (ids === undefined || mask === undefined) throw new Error('no inputs');
      const options = { heads: 4, bias: attentionBias(mask), initial: { normal: 0.2 } };
      let hidden = layerNormalization(embedding(ids, 'table', { rows: 40, width, deviation: 1 }), 'norm', 1e-12);
      for (const layer of ['first', 'second']) hidden = encoderLayer(hidden, layer, options);
      return mean(hidden, { axes: [1] });
    },
  });
}

function integers(batch: readonly (readonly number[])[], at: (ids: readonly number[], i: number) => number): Tensor {
  const flat = batch.flatMap((ids) => Array.from({ length: tokens }, (_, i) => BigInt(at(ids, i))));
  return tensor('int64', [batch.length, tokens], BigInt64Array.from(flat));
}

const model = transformer();
const state: TrainingState = initialStateOf(model.parameters, rng(5));
const random = rng(6);
const batch = Array.from({ length: 16 }, () => Array.from({ length: 5 + random.integer(8) }, () => random.integer(40)));
const feeds = model.collate(batch);

async function embedWith(passes: readonly ExportPass[], run = runModel): Promise<Float32Array> {
  const { embedding: vectors } = await run(exportEncoder(model, state, { passes }), feeds);
  expect(vectors?.shape).toEqual([16, width]);
  return vectors?.data as Float32Array;
}

describe('fuse', () => {
  it('finds every attention, norm and activation of a transformer', () => {
    const { operators } = decodeGraph(exportEncoder(model, state, { passes: [fuse()] }));
    expect(operators).toMatchObject({ MultiHeadAttention: 2, SkipLayerNormalization: 4, BiasGelu: 2, MatMul: 12 });
    expect(operators).not.toHaveProperty('Softmax');
    expect(operators).not.toHaveProperty('Transpose');
  });

  it('gives the vectors of the plain graph', async () => {
    expect(relativeError(await embedWith([fuse()]), await embedWith([]))).toBeLessThan(1e-5);
  });

  it('keeps a sum that is read twice, as pre-norm networks do', async () => {
    const preNorm = tower<readonly number[]>({
      ...model,
      build: (graph, inputs) => {
        const hidden = model.build(graph, inputs);
        const sum = add(hidden, layerNormalization(hidden, 'a', 1e-6));
        return add(sum, layerNormalization(sum, 'b', 1e-6));
      },
    });
    const start = initialStateOf(preNorm.parameters, rng(5));
    const [plain, fused] = [[], [fuse()]].map((passes) => runModel(exportEncoder(preNorm, start, { passes }), feeds));
    const vectors = await Promise.all(
      [fused, plain].map(async (run) => (await run)?.['embedding']?.data as Float32Array),
    );
    expect(relativeError(vectors[0] as Float32Array, vectors[1] as Float32Array)).toBeLessThan(1e-5);
  });
});

describe('dynamicInt8', () => {
  it('stores weights in bytes and stays near in direction', async () => {
    const small = exportEncoder(model, state, { passes: [fuse(), dynamicInt8()] });
    const { operators, floats } = decodeGraph(small);
    expect(operators).toMatchObject({ DynamicQuantizeMatMul: 12 });
    expect(floats).toBeLessThan(0.1 * decodeGraph(exportEncoder(model, state)).floats);
    const cosines = rowCosines(await embedWith([fuse(), dynamicInt8()]), await embedWith([]));
    expect(Math.min(...cosines)).toBeGreaterThan(0.995);
    expect(Math.min(...cosines)).toBeLessThan(1 - 1e-7);
  });

  it('quantises what a pattern names and refuses one that names nothing', () => {
    const one = exportEncoder(model, state, { passes: [dynamicInt8({ pattern: /^first\.attention\.self\.query/ })] });
    expect(decodeGraph(one).operators).toMatchObject({ DynamicQuantizeMatMul: 1 });
    expect(() => exportEncoder(model, state, { passes: [dynamicInt8({ pattern: /third/ })] })).toThrow(
      'graph: dynamicInt8, got no weight that matches /third/',
    );
  });
});

describe('float16', () => {
  it('halves the file and keeps three digits', async () => {
    const full = exportEncoder(model, state).length;
    const half = exportEncoder(model, state, { passes: [float16()] });
    expect(half.length).toBeLessThan(0.6 * full);
    expect(decodeGraph(half).floats).toBe(0);
    expect(relativeError(await embedWith([float16()]), await embedWith([]))).toBeLessThan(5e-3);
    expect(relativeError(await embedWith([fuse(), float16()]), await embedWith([]))).toBeLessThan(5e-3);
  });
});

describe('an exported encoder in onnxruntime-web', () => {
  it.each([
    ['plain', [], 1e-5],
    ['fused', [fuse()], 1e-5],
    ['int8', [fuse(), dynamicInt8()], 0.02],
  ] as const)('runs %s as in Node', async (_name, passes, bound) => {
    expect(relativeError(await embedWith(passes, runOnWeb), await embedWith(passes))).toBeLessThan(bound);
  });
});

describe('an exported encoder in Python', () => {
  const folder = new URL('../../../fixtures/graph/exported/', import.meta.url);
  const golden = JSON.parse(readFileSync(new URL('outputs.json', folder), 'utf8')) as {
    readonly onnxruntime: string;
    readonly embedding: Readonly<Record<string, readonly number[]>>;
  };

  it.each([
    ['plain', [], 1e-5],
    ['fused', [fuse()], 1e-5],
    ['int8', [fuse(), dynamicInt8()], 0.02],
    ['float16', [fuse(), float16()], 2e-3],
  ] as const)('gives what onnxruntime made of the same %s file', async (name, passes, bound) => {
    const bytes = exportEncoder(model, state, { passes });
    const file = new URL(`${name}.onnx`, folder);
    // Python reads the committed file: BIOSCAN_WRITE_FIXTURES=1 writes it anew, then run fixtures/oracle/exported_models.py.
    if (process.env['BIOSCAN_WRITE_FIXTURES'] === '1') {
      writeFileSync(file, bytes);
      writeFileSync(new URL('feeds.json', folder), JSON.stringify(rowsOf(feeds)));
    }
    expect(Buffer.compare(readFileSync(file), bytes)).toBe(0);
    const expected = Float32Array.from(golden.embedding[name] ?? []);
    expect(expected).toHaveLength(16 * width);
    expect(relativeError(await embedWith(passes), expected)).toBeLessThan(bound);
  });
});

function rowsOf(tensors: Tensors): Record<string, number[][]> {
  const rows = Object.entries(tensors).map(([name, { data }]) => {
    const flat = Array.from(data as BigInt64Array, Number);
    return [name, batch.map((_, i) => flat.slice(i * tokens, (i + 1) * tokens))] as const;
  });
  return Object.fromEntries(rows);
}

function relativeError(got: Float32Array, expected: Float32Array): number {
  const difference = got.map((value, i) => value - (expected[i] as number));
  return norm(difference) / norm(expected);
}

function norm(values: Float32Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
}

function rowCosines(a: Float32Array, b: Float32Array): number[] {
  return batch.map((_, i) => {
    const [x, y] = [a, b].map((values) => values.subarray(i * width, (i + 1) * width)) as [Float32Array, Float32Array];
    return x.reduce((sum, value, j) => sum + value * (y[j] as number), 0) / norm(x) / norm(y);
  });
}
