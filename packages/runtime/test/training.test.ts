import { afterAll, describe, expect, it } from 'vitest';
import { isNotFinite, rng, tensor, type Tensor, type Tensors, type TrainingState } from '@bioscan/core';
import { fillDropoutMask } from '@bioscan/runtime';
import { openRuntime } from '@bioscan/runtime/node';
import { adamw, gradientStep, regressionStep, shapes, stateHash } from './fixtures.js';

const runtime = openRuntime({ threads: 1 });
afterAll(() => runtime.close());

function random(seed: number, shape: readonly number[]): Tensor<'float32'> {
  const stream = rng(seed);
  const size = shape.reduce((product, side) => product * side, 1);
  return tensor(
    'float32',
    shape,
    Float32Array.from({ length: size }, () => stream.normal()),
  );
}

const initial: TrainingState = { step: 0, tensors: { weight: random(1, [5, 3]), bias: random(2, [3]) } };
const gradientState: TrainingState = {
  step: 0,
  tensors: { a: random(1, [7, 5]), b: random(2, [5]), c: random(3, [3, 4, 2]), d: random(4, []) },
};
const batch = (seed: number): Tensors => ({ x: random(seed, [8, 5]), target: random(seed + 1000, [8, 3]) });
const controls = { learningRate: 0.01, beta1: 0.9 };

describe('a training session', () => {
  it('learns, and masks by the written rule at every step', async () => {
    const session = await runtime.train(regressionStep(adamw), initial);
    const losses: number[] = [];
    for (let step = 0; step < 60; step++) {
      const { loss, mask_seen: mask } = await session.step(batch(5), { ...controls, learningRate: 0.05 });
      losses.push(Number(loss!.data[0]));
      expect(mask!.data).toEqual(fillDropoutMask(7, step, 0, 0.25, 40));
    }
    expect(losses.at(-1)).toBeLessThan(losses[0]! / 2);
    expect((await session.read()).step).toBe(60);
  });

  it.each([0, 1, 4])('goes on bit for bit after read and write at step %d', async (pause) => {
    const whole = await runtime.train(regressionStep(adamw), initial);
    for (let step = 0; step < 9; step++) await whole.step(batch(step), controls);

    const first = await runtime.train(regressionStep(adamw), initial);
    for (let step = 0; step < pause; step++) await first.step(batch(step), controls);
    const saved = await first.read();
    const resumed = await runtime.train(regressionStep(adamw), pause === 4 ? saved : initial);
    await resumed.step(batch(99), controls);
    await resumed.write(saved);
    for (let step = pause; step < 9; step++) await resumed.step(batch(step), controls);
    expect(stateHash(await resumed.read())).toBe(stateHash(await whole.read()));
  });

  it('gives the same bytes on 1, 2 and 4 threads', async () => {
    const hashes: string[] = [];
    for (const threads of [1, 2, 4]) {
      const engine = openRuntime({ threads });
      const session = await engine.train(regressionStep({ ...adamw, clipNorm: 0.5 }), initial);
      for (let step = 0; step < 12; step++) await session.step(batch(step), controls);
      hashes.push(stateHash(await session.read()));
      await engine.close();
    }
    expect(new Set(hashes).size).toBe(1);
  });

  it('reads a copy: a later step leaves it alone', async () => {
    const session = await runtime.train(regressionStep(adamw), initial);
    const before = await session.read();
    expect(before.tensors.weight).toEqual(initial.tensors.weight);
    expect(before.tensors['weight#first']!.data).toEqual(new Float32Array(15));
    const hash = stateHash(before);
    await session.step(batch(1), controls);
    expect(stateHash(before)).toBe(hash);
    expect(stateHash(await session.read())).not.toBe(hash);
  });

  it('takes feeds over when they are given up', async () => {
    const session = await runtime.train(regressionStep(adamw), initial);
    const [kept, given] = [batch(3), batch(3)];
    await session.step(kept, controls);
    expect(kept.x!.data).toHaveLength(40);
    await session.step(given, controls, { transfer: true });
    expect(given.x!.data).toHaveLength(0);
  });

  it.each([Infinity, NaN])(
    'refuses a loss that is not finite (%d), names the step and keeps its state',
    async (value) => {
      const session = await runtime.train(regressionStep(adamw), initial);
      await session.step(batch(1), controls);
      const hash = stateHash(await session.read());
      const poisoned = { ...batch(2), target: tensor('float32', [8, 3], new Float32Array(24).fill(value)) };
      await expect(session.step(poisoned, controls)).rejects.toMatchObject({
        code: 'engine',
        details: { step: 2, reason: 'not-finite' },
      });
      await expect(session.step([batch(1), poisoned], controls)).rejects.toThrow(/step 2, got a loss of/);
      expect(stateHash(await session.read())).toBe(hash);
      await session.step(batch(2), controls);
      expect((await session.read()).step).toBe(2);
    },
  );

  it('refuses a gradient norm that is not finite and keeps its state', async () => {
    const session = await runtime.train(gradientStep({ ...adamw, clipNorm: 1 }), gradientState);
    const feeds = (value: number): Tensors =>
      Object.fromEntries(
        Object.entries(shapes).map(([name, shape]) => {
          const { data } = random(9, shape);
          return [`${name}_given`, tensor('float32', shape, name === 'b' ? data : data.map((x) => x * value))];
        }),
      );
    await session.step(feeds(1), controls);
    const hash = stateHash(await session.read());
    const refused: unknown = await session.step(feeds(Infinity), controls).catch((error: unknown) => error);
    expect(isNotFinite(refused) && refused.message).toMatch(/step 2.*from a, c, d;/);
    expect(stateHash(await session.read())).toBe(hash);
  });
});

describe('a training session refuses', () => {
  const step = regressionStep(adamw);

  it.each([
    ['a missing parameter', { ...initial, tensors: { weight: initial.tensors.weight! } }, /no parameter 'bias'/],
    [
      'a parameter of another shape',
      { ...initial, tensors: { ...initial.tensors, bias: random(1, [4]) } },
      /'bias'.*\[4\].*\[3\]/,
    ],
    ['a later state without moments', { ...initial, step: 5 }, /step 5, tensor 'weight#first', got nothing/],
    ['a step that is no count', { ...initial, step: -1 }, /state step, got -1/],
  ])('%s', async (_, state, message) => {
    const opening = runtime.train(step, state);
    await expect(opening).rejects.toMatchObject({ code: 'mismatch' });
    await expect(opening).rejects.toThrow(message);
  });

  it.each([
    [
      'a mask that the model lacks',
      { ...step, masks: [...step.masks, { name: 'm2', shape: [1], rate: 0.5 }] },
      /no input 'm2'/,
    ],
    ['an input without a source', { ...step, masks: [] }, /model input 'mask' is no parameter, mask or feed/],
    ['a metric that the model lacks', { ...step, metrics: ['accuracy'] }, /no output 'accuracy'/],
    ['an output named twice', { ...step, metrics: ['bias_gradient'] }, /'bias_gradient' is named twice/],
    [
      'a feed of another shape',
      { ...step, feeds: [step.feeds[0]!, { ...step.feeds[1]!, shape: [8, 4] }] },
      /'target'.*\[8, 4\].*\[8, 3\]/,
    ],
    ['one name twice', { ...step, feeds: [...step.feeds, step.feeds[0]!] }, /input 'x' twice/],
  ])('%s', async (_, other, message) => {
    const opening = runtime.train(other, initial);
    await expect(opening).rejects.toMatchObject({ code: 'mismatch' });
    await expect(opening).rejects.toThrow(message);
  });

  it('a dropout rate, coefficients and controls out of bounds', async () => {
    const masks = [{ ...step.masks[0]!, rate: 1 }];
    await expect(runtime.train({ ...step, masks }, initial)).rejects.toThrow(RangeError);
    await expect(runtime.train({ ...step, optimizer: { ...adamw, clipNorm: 0 } }, initial)).rejects.toThrow(RangeError);
    const session = await runtime.train(step, initial);
    await expect(session.step(batch(1), { learningRate: -1, beta1: 0.9 })).rejects.toThrow(RangeError);
    await expect(session.step(batch(1), { learningRate: 1, beta1: 1 })).rejects.toThrow(RangeError);
  });

  it('feeds and states that do not fit', async () => {
    const session = await runtime.train(gradientStep(adamw), gradientState);
    await expect(session.step({}, controls)).rejects.toThrow(/needs the input 'a_given'/);
    const state = await session.read();
    const rest = Object.fromEntries(Object.entries(state.tensors).filter(([name]) => name !== 'c#second'));
    await expect(session.write({ ...state, tensors: rest })).rejects.toThrow(/'c#second', got nothing/);
    await expect(session.write({ ...state, step: 1.5 })).rejects.toMatchObject({ code: 'mismatch' });
    expect(stateHash(await session.read())).toBe(stateHash(state));
  });
});
