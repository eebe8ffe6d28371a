import { elementCount, rng, tensor, type Rng } from '@bioscan/core';
import type { OperatorAttributes, OperatorName } from '../../src/attributes.js';
import type { Graph, Value } from '../../src/graph.js';

/** Drawn anew at each run, 1 to 4. */
export interface Sizes {
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

/** One operator under test: the shapes of its float inputs, how it is built, and where its numbers come from. */
export interface Case {
  readonly shapes: (sizes: Sizes) => readonly (readonly number[])[];
  readonly build: (values: readonly Value[], graph: Graph, sizes: Sizes) => Value | readonly Value[];
  readonly draw?: (random: Rng) => number;
  /** Outputs that have no gradient though the operator has a rule. */
  readonly forwardOnly?: boolean;
}

type Shapes = Case['shapes'] | readonly (readonly number[])[];

export function testCase(shapes: Shapes, build: Case['build'], draw?: Case['draw']): Case {
  const given = typeof shapes === 'function' ? shapes : (): readonly (readonly number[])[] => shapes;
  return { shapes: given, build, ...(draw === undefined ? {} : { draw }) };
}

/** The operator itself on values of fixed shapes. */
export function applied<Name extends OperatorName>(
  name: Name,
  attributes: OperatorAttributes[Name],
  shapes: Shapes,
  draw?: Case['draw'],
): Case {
  return testCase(shapes, (values, graph) => graph.apply(name, values, attributes)[0]!, draw);
}

export function elementwise(apply: (x: Value) => Value, draw?: Case['draw']): readonly [Case] {
  return [
    testCase(
      ({ a, b }) => [[a, b]],
      ([x]) => apply(x!),
      draw,
    ),
  ];
}

export function broadcasting(apply: (x: Value, y: Value) => Value, draw?: Case['draw']): readonly Case[] {
  const shapes: readonly Case['shapes'][] = [
    ({ a, b }) => [
      [a, b],
      [a, b],
    ],
    ({ a, b, c }) => [
      [a, 1, c],
      [b, 1],
    ],
    ({ a, b }) => [[b], [a, 1, b]],
    ({ a, b }) => [[], [a, b]],
  ];
  return shapes.map((shape) => testCase(shape, ([x, y]) => apply(x!, y!), draw));
}

export const positive = (random: Rng): number => 0.5 + 2 * random.uniform();
/** At least 0.1 from the kink at 0. */
export const kinkless = (random: Rng): number => (random.uniform() < 0.5 ? -1 : 1) * (0.1 + 2 * random.uniform());
/** At least 0.1 from every half of an integer. */
export const betweenHalves = (random: Rng): number => random.integer(8) / 2 - 2 + 0.1 + 0.3 * random.uniform();

export function indices(graph: Graph, shape: readonly number[], bound: number): Value {
  const random = rng(elementCount(shape) * 31 + bound);
  const data = BigInt64Array.from({ length: elementCount(shape) }, () => BigInt(random.integer(bound)));
  return graph.constant(tensor('int64', shape, data));
}

/** Distinct along axis 0. */
export function permuted(graph: Graph, rows: number, width: number): Value {
  const at = (i: number): bigint => BigInt((Math.floor(i / width) + (i % width)) % rows);
  return graph.constant(
    tensor(
      'int64',
      [rows, width],
      BigInt64Array.from({ length: rows * width }, (_, i) => at(i)),
    ),
  );
}

export function floats(graph: Graph, shape: readonly number[], data: readonly number[]): Value {
  return graph.constant(tensor('float32', shape, Float32Array.from(data)));
}

/** What is tried of each operator. */
export type CaseTable = { readonly [Name in Exclude<OperatorName, Compared>]: readonly Case[] };
/** Made by exports only: their tests compare whole exported models with the plain graph. */
export const compared = [
  'DynamicQuantizeMatMul',
  'QuantizeLinear',
  'DequantizeLinear',
] as const satisfies readonly OperatorName[];
type Compared = (typeof compared)[number];
