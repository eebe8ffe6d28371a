import { message, type Field } from './protobuf.js';

export interface SearchModel {
  readonly dimension: number;
  readonly k: number;
  /** Keys of the query's own group are left out. */
  readonly grouped: boolean;
}

/**
 * The ONNX model of one block of exact search: `scores = queries keys^T + padding`, then its k largest.
 * Inputs: queries (q, d), keys (b, d), padding (b) of 0 and -infinity; grouped: query_group (q, 1), key_group (1, b), int32.
 * Outputs: score (q, k) and index (q, k), descending; TopK puts the lower index first among equals.
 */
export function searchModel({ dimension, k, grouped }: SearchModel): Uint8Array {
  const groupNodes = [
    node('Equal', ['query_group', 'key_group'], ['same_group']),
    node('Where', ['same_group', 'minus_infinity', 'products'], ['scores']),
  ];
  const groupInputs = [value('query_group', int32, ['q', 1]), value('key_group', int32, [1, 'b'])];
  const nodes = [
    node('Gemm', ['queries', 'keys', 'padding'], [grouped ? 'products' : 'scores'], { transB: 1 }),
    ...(grouped ? groupNodes : []),
    node('TopK', ['scores', 'k'], ['score', 'index'], { largest: 1, sorted: 1 }),
  ];
  const inputs = [
    value('queries', float32, ['q', dimension]),
    value('keys', float32, ['b', dimension]),
    value('padding', float32, ['b']),
    ...(grouped ? groupInputs : []),
  ];
  const constants = [
    constant('k', int64, [1], new Uint8Array(BigInt64Array.of(BigInt(k)).buffer)),
    ...(grouped ? [constant('minus_infinity', float32, [], new Uint8Array(Float32Array.of(-Infinity).buffer))] : []),
  ];
  const outputs = [value('score', float32, ['q', k]), value('index', int64, ['q', k])];
  const graph = message(
    ...nodes.map((bytes): Field => [1, bytes]),
    [2, 'exact_neighbours'],
    ...constants.map((bytes): Field => [5, bytes]),
    ...inputs.map((bytes): Field => [11, bytes]),
    ...outputs.map((bytes): Field => [12, bytes]),
  );
  return message([1, irVersion], [7, graph], [8, message([1, ''], [2, opset])]);
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
