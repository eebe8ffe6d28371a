import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { OperatorAttributes, OperatorName } from '../src/attributes.js';
import type { Graph, Value } from '../src/graph.js';
import * as f from '../src/index.js';
import { readGolden, type Described } from './golden.js';
import { interpret, type Dense } from './interpreter/interpret.js';

interface Golden {
  readonly operator: OperatorName;
  readonly attributes: OperatorAttributes[OperatorName];
  readonly inputs: readonly Described[];
  readonly constants: Readonly<Record<string, Described & { readonly dtype?: string }>>;
  readonly outputs: readonly Described[];
  readonly weights: Described;
  readonly gradients: readonly Described[];
}

const names = readdirSync(new URL('../../../fixtures/graph/operators', import.meta.url))
  .map((file) => file.replace('.json', ''))
  .filter((name) => name !== 'running-statistics');

describe('the interpreter and the rules, against torch in float64', () => {
  it('has the cases', () => {
    expect(names.length).toBeGreaterThanOrEqual(38);
  });

  it.each(names)('%s', (name) => {
    const golden = readGolden(`operators/${name}.json`) as Golden;
    const graph = f.trainingGraph();
    const feeds = new Map<Value, Dense>();
    const feed = (at: string, { shape, data }: Described): Value => {
      const value = graph.input(at, 'float32', shape);
      feeds.set(value, { shape, data: Float64Array.from(data) });
      return value;
    };
    const inputs = golden.inputs.map((described, i) => feed(`x${i}`, described));
    const operands: (Value | undefined)[] = [...inputs];
    for (const [place, constant] of Object.entries(golden.constants)) {
      const { dtype, shape, data } = constant;
      operands[Number(place)] = dtype === 'int64' ? whole(graph, shape, data) : feed(`constant${place}`, constant);
    }
    const outputs = graph.apply(golden.operator, Array.from(operands), golden.attributes);
    const weights = feed('weights', golden.weights);
    const slopes = f.gradients(f.sum(f.mul(outputs[0]!, weights)), inputs);
    let compared = 0;
    golden.outputs.forEach((expected, i) => {
      compared += compare(interpret(graph, feeds, [outputs[i]!])[0]!, expected, 1e-10);
    });
    golden.gradients.forEach((expected, i) => {
      const slope = slopes.get(inputs[i]!);
      // No gradient and a gradient of zeros are the same to torch.
      const zeros = { shape: expected.shape, data: new Float64Array(expected.data.length) };
      // Numbers inside rules are float32 constants.
      const tolerance = 1e-6;
      compared += compare(slope === undefined ? zeros : interpret(graph, feeds, [slope])[0]!, expected, tolerance);
    });
    expect(compared).toBeGreaterThan(10);
  });
});

function compare(actual: Dense, expected: Described, tolerance: number): number {
  expect(actual.shape).toEqual(expected.shape);
  expected.data.forEach((value, i) => {
    expect(Math.abs(actual.data[i]! - value)).toBeLessThanOrEqual(tolerance * (1 + Math.abs(value)));
  });
  return expected.data.length;
}

function whole(graph: Graph, shape: readonly number[], data: readonly number[]): Value {
  return shape.length === 0 ? graph.scalar(data[0]!, 'int64') : graph.integers(data);
}
