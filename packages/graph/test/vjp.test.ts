import { elementCount, rng, tensor, type Rng, type Tensor } from '@bioscan/core';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OperatorName } from '../src/attributes.js';
import { encodeModel } from '../src/encode-model.js';
import type { Graph, Value } from '../src/graph.js';
import * as f from '../src/index.js';
import { isFloating } from '../src/operators/inputs.js';
import { operators } from '../src/operators/table.js';
import { cases } from './cases/index.js';
import { compared, type Case, type Sizes } from './cases/case.js';
import { interpret, type Dense } from './interpreter/interpret.js';
import { runModel } from './session.js';

const table = Object.entries(cases).flatMap(([name, list]) =>
  list.map((item, i) => [`${name} ${i + 1}`, name as OperatorName, item] as const),
);

describe('every operator', () => {
  it('has a case, and only operators do', () => {
    expect([...Object.keys(cases), ...compared].sort()).toEqual(Object.keys(operators).sort());
    expect(Object.entries(cases).filter(([, list]) => list.length === 0)).toEqual([]);
  });

  it.each(table)(
    '%s: slopes equal central differences in float64; ONNX Runtime agrees on 1, 2 and 4 threads',
    async (_title, name, item) => {
      const count = { elements: 0, slopes: 0, nodes: 0 };
      const size = fc.integer({ min: 1, max: 4 });
      const property = fc.asyncProperty(fc.record({ a: size, b: size, c: size }), fc.nat(1e6), async (sizes, seed) => {
        // Opening sessions is what takes the time: all thread counts once, then one.
        const threads = count.elements === 0 ? [1, 2, 4] : [2];
        await check(name, item, sizes, rng(seed), threads, count);
      });
      await fc.assert(property, { numRuns: 2, seed: 7 });
      expect(count.elements).toBeGreaterThan(0);
      expect(count.nodes).toBeGreaterThan(0);
      if (operators[name].vjp !== 'none' && item.forwardOnly !== true) expect(count.slopes).toBeGreaterThanOrEqual(2);
    },
  );
});

/** Compares slopes of Σ w·y, w random, with difference quotients, and every value with the engine. */
async function check(
  name: OperatorName,
  item: Case,
  sizes: Sizes,
  random: Rng,
  threads: readonly number[],
  compared: { elements: number; slopes: number; nodes: number },
): Promise<void> {
  const graph = f.trainingGraph();
  const inputs = item.shapes(sizes).map((shape, i) => graph.input(`x${i}`, 'float32', shape));
  const built = item.build(inputs, graph, sizes);
  const outputs: readonly Value[] = 'name' in built ? [built] : built;
  compared.nodes += graph.nodes.filter((node) => node.operator === name).length;
  const draw = item.draw ?? ((source: Rng) => source.normal());
  const feeds = new Map(inputs.map((value) => [value, dense(value, draw, random)]));
  const differentiable = outputs.filter(isFloating);
  const slopes: Value[] = [];
  if (operators[name].vjp !== 'none' && differentiable.length === 1) {
    const [output] = differentiable as [Value];
    const weights = graph.input('weights', 'float32', output.shape);
    feeds.set(
      weights,
      dense(weights, (source) => source.normal(), random),
    );
    const loss = f.sum(f.mul(output, weights));
    const found = f.gradients(loss, inputs);
    slopes.push(...inputs.flatMap((input) => found.get(input) ?? []));
    compared.slopes += checkSlopes(graph, feeds, inputs, found, loss);
  }
  compared.elements += await checkEngine(graph, feeds, [...outputs, ...slopes], threads);
}

function checkSlopes(
  graph: Graph,
  feeds: ReadonlyMap<Value, Dense>,
  inputs: readonly Value[],
  slopes: ReadonlyMap<Value, Value>,
  loss: Value,
): number {
  let compared = 0;
  for (const input of inputs) {
    const numeric = differences(graph, feeds, input, loss);
    const slope = slopes.get(input);
    const [result] = slope === undefined ? [] : interpret(graph, feeds, [slope]);
    if (result !== undefined) expect(result.shape).toEqual(input.shape);
    numeric.forEach((expected, k) => {
      expect(Math.abs((result?.data[k] ?? 0) - expected)).toBeLessThanOrEqual(1e-6 * (1 + Math.abs(expected)));
      compared++;
    });
  }
  return compared;
}

function differences(graph: Graph, feeds: ReadonlyMap<Value, Dense>, input: Value, loss: Value): readonly number[] {
  const before = feeds.get(input)!;
  const step = 1e-5;
  return Array.from(before.data, (_, k) => {
    const [up, down] = [step, -step].map((shift) => {
      const data = before.data.slice();
      data[k] = data[k]! + shift;
      return interpret(graph, new Map([...feeds, [input, { shape: before.shape, data }]]), [loss])[0]!.data[0]!;
    });
    return (up! - down!) / (2 * step);
  });
}

async function checkEngine(
  graph: Graph,
  feeds: ReadonlyMap<Value, Dense>,
  values: readonly Value[],
  threads: readonly number[],
): Promise<number> {
  const outputs = new Map(values.map((value, i) => [`y${i}`, value]));
  const inputs = Object.fromEntries(
    [...feeds].map(([value, { shape, data }]) => [
      value.name,
      tensor('float32', shape, Float32Array.from(data)) as Tensor,
    ]),
  );
  const rounded = new Map(
    [...feeds].map(([value, { shape, data }]) => [value, { shape, data: Float64Array.from(Float32Array.from(data)) }]),
  );
  const model = encodeModel(graph, { outputs });
  const expected = interpret(graph, rounded, values);
  let compared = 0;
  for (const count of threads) {
    const actual = await runModel(model, inputs, count);
    expected.forEach((wanted, i) => {
      const result = actual[`y${i}`]!;
      expect(result.shape).toEqual(wanted.shape);
      const scale = 1 + Math.max(0, ...wanted.data.map(Math.abs));
      wanted.data.forEach((value, k) => {
        expect(Math.abs(Number(result.data[k]) - value)).toBeLessThanOrEqual(2e-5 * scale);
        compared++;
      });
    });
  }
  return compared;
}

function dense(value: Value, draw: (random: Rng) => number, random: Rng): Dense {
  const shape = value.shape as readonly number[];
  return { shape, data: Float64Array.from({ length: elementCount(shape) }, () => draw(random)) };
}
