import { create } from '@bufbuild/protobuf';
import type { Tensor } from '@bioscan/core';
import { copyProto, modelBytes, nodeProto, tensorProto, valueProto } from './encode-model.js';
import {
  AttributeProtoSchema,
  GraphProtoSchema,
  NodeProtoSchema,
  type GraphProto,
  type NodeProto,
} from './generated/onnx_pb.js';
import type { Graph, Value, ValueType } from './graph.js';
import { outputNames, reachable } from './prune.js';

export interface LoopOptions {
  /** Next values of the carried state, by the name of the input that holds it. */
  readonly next: ReadonlyMap<string, Value>;
  readonly metrics: ReadonlyMap<string, Value>;
  /** Name of the int64 scalar that says how many rounds. */
  readonly count: string;
}

/**
 * ONNX bytes of a Loop around a graph: the state is carried from round to round; every other input gets a leading axis, of which
 * round i reads element i; metrics get one too. Frozen parameters are read from outside. Outputs are `name#next` and the metrics.
 */
export function encodeLoop(graph: Graph, options: LoopOptions): Uint8Array {
  const { next, metrics, count } = options;
  const { nodes, values } = reachable(graph, [...next.values(), ...metrics.values()]);
  const parameters = [...graph.parameters.values()].map(({ value }) => value).filter((value) => values.has(value));
  const given = [...graph.inputs, ...graph.masks.map((mask) => mask.value)];
  const carried = [...parameters, ...given].filter((value) => next.has(value.name));
  const stacked = given.filter((value) => !next.has(value.name));
  const frozen = parameters.filter((value) => !next.has(value.name));
  const body = loopBody(graph, { carried, stacked: stacked.filter((value) => values.has(value)) }, options);
  const loop = create(NodeProtoSchema, {
    opType: 'Loop',
    input: [count, '', ...carried.map(({ name }) => name)],
    output: [...carried.map(({ name }) => `${name}#next`), ...metrics.keys()],
    attribute: [create(AttributeProtoSchema, { name: 'body', type: 5, g: body })],
  });
  const constants = [...values].filter((value) => value.constant !== undefined);
  const outer = create(GraphProtoSchema, {
    name: 'bioscan',
    node: [loop],
    initializer: constants.map((value) => tensorProto(value.name, value.constant as Tensor)),
    input: [
      valueProto(count, { dtype: 'int64', shape: [] }),
      ...[...carried, ...frozen].map((value) => valueProto(value.name, value)),
      ...stacked.map((value) => valueProto(value.name, withRounds(value))),
    ],
    output: [
      ...carried.map((value) => valueProto(`${value.name}#next`, value)),
      ...[...metrics].map(([name, value]) => valueProto(name, withRounds(value))),
    ],
  });
  return modelBytes(outer, nodes);
}

/** Names inside must not be names outside: carried and stacked values get a prefix. */
function loopBody(
  graph: Graph,
  { carried, stacked }: { readonly carried: readonly Value[]; readonly stacked: readonly Value[] },
  { next, metrics }: LoopOptions,
): GraphProto {
  const outputs = new Map<string, Value>();
  for (const { name } of carried) outputs.set(`${inside}${name}#next`, next.get(name) as Value);
  for (const [name, value] of metrics) outputs.set(inside + name, value);
  const { nodes, values } = reachable(graph, outputs.values());
  const { names: produced, extra } = outputNames(graph, outputs);
  const names = new Map(produced);
  for (const value of [...carried, ...stacked]) names.set(value, inside + value.name);
  const renamed = new Map([...carried, ...stacked].map((value) => [value.name, inside + value.name]));
  return create(GraphProtoSchema, {
    name: 'step',
    node: [
      copyProto({ from: `${inside}go`, to: `${inside}go#next` }),
      ...stacked.map(elementOfRound),
      ...nodes.map((node) => nodeProto(node, names, values)),
      ...extra.map(({ from, to }) => copyProto({ from: renamed.get(from) ?? from, to })),
    ],
    input: [
      valueProto(`${inside}round`, { dtype: 'int64', shape: [] }),
      valueProto(`${inside}go`, { dtype: 'bool', shape: [] }),
      ...carried.map((value) => valueProto(inside + value.name, value)),
    ],
    output: [
      valueProto(`${inside}go#next`, { dtype: 'bool', shape: [] }),
      ...[...outputs].map(([name, value]) => valueProto(name, value)),
    ],
  });
}

const inside = 'loop/';

function elementOfRound({ name }: Value): NodeProto {
  const axis = create(AttributeProtoSchema, { name: 'axis', type: 2, i: 0n });
  const [input, output] = [[name, `${inside}round`], [inside + name]];
  return create(NodeProtoSchema, { opType: 'Gather', input, output, attribute: [axis] });
}

function withRounds({ dtype, shape }: ValueType): ValueType {
  return { dtype, shape: ['rounds', ...shape] };
}
