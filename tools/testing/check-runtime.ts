import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { tensor, type DType, type Runtime, type Tensors, type TrainingStep, type Values } from '@bioscan/core';

/** A runtime that can be closed. */
export type ClosableRuntime = Runtime & { close(): Promise<void> };

const affineWeights = [
  [0, 1],
  [2, 3],
  [4, 5],
] as const;

/**
 * The contract of a {@link Runtime} and its sessions, on the models of fixtures/runtime. Run it against every engine and provider;
 * `tolerance` is relative.
 */
export function checkRuntime(name: string, open: () => ClosableRuntime, { tolerance = 1e-6 } = {}): void {
  describe(`${name} keeps the contract of a runtime`, () => {
    const runtime = open();
    afterAll(() => runtime.close());

    it('tells inputs and outputs with types and shapes, symbolic ones by name', async () => {
      const session = await runtime.open(model('affine'));
      expect(session.inputs).toEqual([{ name: 'x', dtype: 'float32', shape: ['batch', 3] }]);
      expect(session.outputs).toEqual([{ name: 'y', dtype: 'float32', shape: ['batch', 2] }]);
    });

    it('computes, leaves the feeds alone, and keeps call order', async () => {
      const session = await runtime.open(model('affine'));
      const runs = Array.from({ length: 20 }, (_, i) => affineFeed(1 + (i % 3), i));
      const ends: number[] = [];
      const results = await Promise.all(
        runs.map(async (x, i) => {
          const result = await session.run({ x });
          ends.push(i);
          return result;
        }),
      );
      expect(ends).toEqual(runs.map((_, i) => i));
      runs.forEach((x, i) => {
        expect(results[i]?.y?.shape).toEqual([x.shape[0], 2]);
        expectClose(results[i]?.y?.data as Float32Array, affineOf(x.data), tolerance);
        expect(x.data).toEqual(affineFeed(1 + (i % 3), i).data);
      });
    });

    it('reads a view of part of a buffer', async () => {
      const session = await runtime.open(model('affine'));
      const { data } = affineFeed(4, 0);
      const { y } = await session.run({ x: tensor('float32', [2, 3], data.subarray(3, 9)) });
      expectClose(y?.data as Float32Array, affineOf(data.slice(3, 9)), tolerance);
    });

    it('takes and gives every element type, also empty', async () => {
      const session = await runtime.open(model('dtypes'));
      for (const length of [5, 0]) {
        const feeds = everyType(length);
        const results = await session.run(feeds);
        expect(Object.keys(results)).toHaveLength(8);
        for (const [type, feed] of Object.entries(feeds)) {
          const { dtype, shape, data } = results[`${type}_out`]!;
          expect({ dtype, shape, data }).toEqual(feed);
        }
      }
    });

    it.each([
      ['a missing feed', {}, /'x'/],
      ['an unexpected feed', { x: affineFeed(1, 0), extra: affineFeed(1, 0) }, /'extra'/],
      ['a wrong element type', { x: tensor('float64', [1, 3], new Float64Array(3)) }, /'x'.*float64.*float32/],
      ['a wrong shape', { x: tensor('float32', [1, 4], new Float32Array(4)) }, /'x'.*\[1, 4\].*\[batch, 3\]/],
      ['a wrong rank', { x: tensor('float32', [3], new Float32Array(3)) }, /'x'.*\[3\].*\[batch, 3\]/],
      [
        'a wrong array',
        { x: { dtype: 'float32', shape: [1, 3], data: new Float64Array(3) } },
        /'x'.*Float64Array.*Float32Array/,
      ],
      ['too few elements', { x: { dtype: 'float32', shape: [2, 3], data: new Float32Array(3) } }, /'x'.*3 elements/],
    ] as [string, Tensors, RegExp][])('refuses %s and names it, and goes on', async (_, feeds, message) => {
      const session = await runtime.open(model('affine'));
      await expect(session.run(feeds)).rejects.toMatchObject({ code: 'mismatch' });
      await expect(session.run(feeds)).rejects.toThrow(message);
      expect((await session.run({ x: affineFeed(1, 0) })).y?.shape).toEqual([1, 2]);
    });

    it('says engine for bytes and paths that are no model', async () => {
      await expect(runtime.open(Uint8Array.of(1, 2, 3))).rejects.toMatchObject({ code: 'engine' });
      await expect(runtime.open({ path: 'no/such/model.onnx' })).rejects.toThrow(/no\/such\/model\.onnx/);
    });

    it('rejects runs of a closed session and keeps the others', async () => {
      const [one, two] = [await runtime.open(model('affine')), await runtime.open(model('affine'))];
      const last = one.run({ x: affineFeed(1, 0) });
      await one.close();
      await one.close();
      expect((await last).y?.shape).toEqual([1, 2]);
      await expect(one.run({ x: affineFeed(1, 0) })).rejects.toThrow(/not open|closed/);
      expect((await two.run({ x: affineFeed(2, 0) })).y?.shape).toEqual([2, 2]);
    });

    it('trains: the state advances with each step and can be read, written and gone on from', async () => {
      const session = await runtime.train(sgdStep, { step: 0, tensors: sgdState() });
      const controls = { learningRate: 0.5, beta1: 0 };
      const feeds = Object.fromEntries(sgdStep.feeds.map(({ name, shape }) => [name, ones(shape)]));
      const { b_sum: sum } = await session.step(feeds, controls);
      expect(sum?.shape).toEqual([]);
      expect(Number(sum?.data[0])).toBe(0);
      const state = await session.read();
      expect(state.step).toBe(1);
      expect([...state.tensors.b!.data]).toEqual([-0.5, -0.5, -0.5, -0.5, -0.5]);
      await session.step(feeds, controls);
      await session.write(state);
      expect(await session.read()).toEqual(state);
      await session.close();
    });

    it('rejects everything as cancelled after it was closed', async () => {
      const closed = open();
      const session = await closed.open(model('affine'));
      await closed.close();
      await closed.close();
      await session.close();
      await expect(session.run({ x: affineFeed(1, 0) })).rejects.toMatchObject({ code: 'cancelled' });
      await expect(closed.open(model('affine'))).rejects.toMatchObject({ code: 'cancelled' });
    });
  });
}

function model(name: string): Uint8Array {
  return new Uint8Array(readFileSync(`fixtures/runtime/${name}.onnx`));
}

function affineFeed(rows: number, seed: number) {
  return tensor(
    'float32',
    [rows, 3],
    Float32Array.from({ length: rows * 3 }, (_, i) => ((i + seed) % 5) - 2),
  );
}

/** y = x W + b by the definition. */
function affineOf(x: Float32Array): number[] {
  return Array.from({ length: (x.length / 3) * 2 }, (_, i) => {
    const [row, column] = [Math.floor(i / 2), i % 2];
    const products = affineWeights.map((weights, j) => x[row * 3 + j]! * weights[column]!);
    return products.reduce((sum, product) => sum + product, column === 0 ? 10 : 20);
  });
}

function expectClose(got: Float32Array, expected: readonly number[], tolerance: number): void {
  expect(got).toHaveLength(expected.length);
  got.forEach((value, i) => {
    expect(Math.abs(value - expected[i]!)).toBeLessThanOrEqual(tolerance * Math.abs(expected[i]!));
  });
}

function everyType(length: number): Tensors {
  const values: { readonly [D in DType]: Values<D> } = {
    float32: Float32Array.from([1.5, -0, Infinity, 1e-40, 3]),
    float64: Float64Array.from([0.1, -1e300, NaN, 5e-324, 0]),
    float16: Uint16Array.from([0x3c00, 0xc000, 0x7bff, 1, 0]),
    int32: Int32Array.from([2 ** 31 - 1, -(2 ** 31), 0, 1, 2]),
    int64: BigInt64Array.from([2n ** 63n - 1n, -(2n ** 63n), 0n, 1n, 2n]),
    uint8: Uint8Array.from([0, 255, 1, 2, 3]),
    int8: Int8Array.from([-128, 127, 0, 1, 2]),
    bool: Uint8Array.from([0, 1, 1, 0, 1]),
  };
  const types = Object.keys(values) as DType[];
  return Object.fromEntries(
    types.map((dtype) => [dtype, { dtype, shape: [length], data: values[dtype].slice(0, length) }]),
  );
}

const shapes: Readonly<Record<string, readonly number[]>> = { a: [7, 5], b: [5], c: [3, 4, 2], d: [] };

const sgdStep: TrainingStep = {
  model: model('gradients'),
  parameters: Object.entries(shapes).map(([name, shape]) => ({
    name,
    shape,
    gradient: `${name}_gradient`,
    decay: true,
  })),
  masks: [],
  feeds: Object.entries(shapes).map(([name, shape]) => ({ name: `${name}_given`, dtype: 'float32', shape })),
  metrics: ['b_sum'],
  optimizer: { kind: 'sgd', weightDecay: 0 },
  seed: 1,
};

function sgdState(): Tensors {
  return Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, filled(shape, 0)]));
}

function ones(shape: readonly (number | string)[]) {
  return filled(shape.map(Number), 1);
}

function filled(shape: readonly number[], value: number) {
  const length = shape.reduce((product, size) => product * size, 1);
  return tensor('float32', shape, new Float32Array(length).fill(value));
}
