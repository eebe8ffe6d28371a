import { message, type Field } from './protobuf.js';

export interface SearchModel {
  readonly dimension: number;
  readonly k: number;
  /** Keys of the query's own group are left out. */
  readonly grouped: boolean;
  /** Sets of queries that one run compares with its keys. */
  readonly tiles: number;
}

/**
 * The ONNX model of one block of exact search: for each tile, `scores = queries keys^T + padding`, then its k largest.
 * Inputs: queries<i> (q, d), keys (b, d), padding (b) of 0 and -infinity; grouped: query_group<i> (q, 1), key_group (1, b), int32.
 * Outputs: score<i> (q, k) and index<i> (q, k), descending; TopK puts the lower index first among equals.
 */
export function searchModel({ dimension, k, grouped, tiles }: SearchModel): Uint8Array {
  const parts = Array.from({ length: tiles }, (_, i) => tile(i, { dimension, k, grouped }));
  const inputs = [
    value('keys', float32, ['b', dimension]),
    value('padding', float32, ['b']),
    ...(grouped ? [value('key_group', int32, [1, 'b'])] : []),
    ...parts.flatMap((part) => part.inputs),
  ];
  const constants = [
    constant('k', int64, [1], new Uint8Array(BigInt64Array.of(BigInt(k)).buffer)),
    ...(grouped ? [constant('minus_infinity', float32, [], new Uint8Array(Float32Array.of(-Infinity).buffer))] : []),
  ];
  const graph = message(
    ...parts.flatMap(({ nodes }) => nodes).map((bytes): Field => [1, bytes]),
    [2, 'exact_neighbours'],
    ...constants.map((bytes): Field => [5, bytes]),
    ...inputs.map((bytes): Field => [11, bytes]),
    ...parts.flatMap(({ outputs }) => outputs).map((bytes): Field => [12, bytes]),
  );
  return message([1, irVersion], [7, graph], [8, message([1, ''], [2, opset])]);
}

interface Tile {
  readonly nodes: readonly Uint8Array[];
  readonly inputs: readonly Uint8Array[];
  readonly outputs: readonly Uint8Array[];
}

function tile(i: number, { dimension, k, grouped }: Omit<SearchModel, 'tiles'>): Tile {
  const groupNodes = [
    node('Equal', [`query_group${i}`, 'key_group'], [`same_group${i}`]),
    node('Where', [`same_group${i}`, 'minus_infinity', `products${i}`], [`scores${i}`]),
  ];
  const products = grouped ? `products${i}` : `scores${i}`;
  const rows = `q${i}`;
  return {
    nodes: [
      node('Gemm', [`queries${i}`, 'keys', 'padding'], [products], { transB: 1 }),
      ...(grouped ? groupNodes : []),
      node('TopK', [`scores${i}`, 'k'], [`score${i}`, `index${i}`], { largest: 1, sorted: 1 }),
    ],
    inputs: [
      value(`queries${i}`, float32, [rows, dimension]),
      ...(grouped ? [value(`query_group${i}`, int32, [rows, 1])] : []),
    ],
    outputs: [value(`score${i}`, float32, [rows, k]), value(`index${i}`, int64, [rows, k])],
  };
}

const irVersion = 9;
const opset = 18;
const float32 = 1;
const int32 = 6;
const int64 = 7;

function node(
  operator: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: Readonly<Record<string, number>> = {},
): Uint8Array {
  return message(
    ...inputs.map((name): Field => [1, name]),
    ...outputs.map((name): Field => [2, name]),
    [4, operator],
    ...Object.entries(attributes).map(([name, integer]): Field => [5, message([1, name], [3, integer], [20, 2])]),
  );
}

function value(name: string, type: number, shape: readonly (number | string)[]): Uint8Array {
  const dimensions = shape.map((size): Field => [1, message(typeof size === 'number' ? [1, size] : [2, size])]);
  return message([1, name], [2, message([1, message([1, type], [2, message(...dimensions)])])]);
}

function constant(name: string, type: number, shape: readonly number[], littleEndian: Uint8Array): Uint8Array {
  return message(...shape.map((size): Field => [1, size]), [2, type], [8, name], [9, littleEndian]);
}
