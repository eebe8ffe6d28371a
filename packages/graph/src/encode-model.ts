import { create, toBinary } from '@bufbuild/protobuf';
import { BioscanError, type Tensor, type Tensors } from '@bioscan/core';
import type { AttributeKind } from './attributes.js';
import {
  AttributeProtoSchema,
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  TensorProtoSchema,
  TypeProtoSchema,
  ValueInfoProtoSchema,
  type AttributeProto,
  type GraphProto,
  type NodeProto,
  type TensorProto,
  type ValueInfoProto,
} from './generated/onnx_pb.js';
import type { Graph, Node, Value, ValueType } from './graph.js';
import { dtypeCode } from './onnx-types.js';
import { operators } from './operators/table.js';
import { leavesLast, outputNames, reachable } from './prune.js';
import { sameShape, showShape } from './shape.js';

export interface EncodeOptions {
  /** Outputs of the model by name. */
  readonly outputs: ReadonlyMap<string, Value>;
  /** Inputs to declare beside masks and parameters, used or not. Default: all of the graph's. */
  readonly inputs?: readonly Value[];
  /** Parameters stored in the model. Absent: parameters are inputs. */
  readonly weights?: Tensors;
  /** Order the nodes for the least memory in a backward pass, see {@link leavesLast}. */
  readonly leavesLast?: boolean;
}

/** ONNX bytes of the part of a graph that its outputs need: IR 8, opset 18 and com.microsoft 1. */
export function encodeModel(graph: Graph, options: EncodeOptions): Uint8Array {
  const { outputs, weights } = options;
  const { nodes: needed, values } = reachable(graph, outputs.values());
  const nodes = options.leavesLast === true ? leavesLast(needed) : needed;
  const { names, extra } = outputNames(graph, outputs);
  const parameters = [...graph.parameters.values()].map((entry) => entry.value).filter((value) => values.has(value));
  const constants = [...values].filter((value) => value.constant !== undefined);
  const initializer = constants.map((value) => tensorProto(value.name, value.constant as Tensor));
  if (weights !== undefined) for (const value of parameters) initializer.push(weightProto(value, weights));
  const inputs = [
    ...(options.inputs ?? graph.inputs),
    ...graph.masks.map((mask) => mask.value),
    ...(weights === undefined ? parameters : []),
  ];
  const body = create(GraphProtoSchema, {
    name: 'bioscan',
    node: [...nodes.map((node) => nodeProto(node, names, values)), ...extra.map(copyProto)],
    initializer,
    input: inputs.map((value) => valueProto(value.name, value)),
    output: [...outputs].map(([name, value]) => valueProto(name, value)),
  });
  return modelBytes(body, nodes);
}

/** A model around a graph: IR 8, opset 18, and com.microsoft 1 where a node needs it. */
export function modelBytes(body: GraphProto, nodes: readonly Node[]): Uint8Array {
  const fused = nodes.some((node) => operators[node.operator].domain !== '');
  const opsets = [{ domain: '', version: 18n }, ...(fused ? [{ domain: 'com.microsoft', version: 1n }] : [])];
  const model = create(ModelProtoSchema, {
    irVersion: 8n,
    producerName: '@bioscan/graph',
    graph: body,
    opsetImport: opsets.map((opset) => create(OperatorSetIdProtoSchema, opset)),
  });
  return toBinary(ModelProtoSchema, model);
}

export function nodeProto(node: Node, names: ReadonlyMap<Value, string>, values: ReadonlySet<Value>): NodeProto {
  const { domain, attributes: kinds, optionalOutputs = 0 } = operators[node.operator];
  const nameOf = (value: Value | undefined): string => (value === undefined ? '' : (names.get(value) ?? value.name));
  // Only optional outputs may be left out or nameless: ONNX Runtime crashes on a Split with a nameless one.
  const firstOptional = node.outputs.length - optionalOutputs;
  let count = node.outputs.length;
  while (count > firstOptional && !values.has(node.outputs[count - 1] as Value)) count--;
  const output = node.outputs
    .slice(0, count)
    .map((value, i) => (i >= firstOptional && !values.has(value) ? '' : nameOf(value)));
  return create(NodeProtoSchema, {
    opType: node.operator,
    domain,
    input: node.inputs.map(nameOf),
    output,
    attribute: Object.entries(kinds as Readonly<Record<string, AttributeKind>>).flatMap(([name, kind]) => {
      const value = (node.attributes as Readonly<Record<string, unknown>>)[name];
      return value === undefined ? [] : [attributeProto(name, kind, value)];
    }),
  });
}

export function copyProto({ from, to }: { readonly from: string; readonly to: string }): NodeProto {
  return create(NodeProtoSchema, { opType: 'Identity', input: [from], output: [to] });
}

/** `type` is AttributeProto.AttributeType of ONNX. */
function attributeProto(name: string, kind: AttributeKind, value: unknown): AttributeProto {
  switch (kind) {
    case 'float':
      return create(AttributeProtoSchema, { name, type: 1, f: value as number });
    case 'int':
      return create(AttributeProtoSchema, { name, type: 2, i: BigInt(value as number) });
    case 'string':
      return create(AttributeProtoSchema, { name, type: 3, s: new TextEncoder().encode(value as string) });
    case 'tensor':
      return create(AttributeProtoSchema, { name, type: 4, t: tensorProto(name, value as Tensor) });
    case 'ints':
      return create(AttributeProtoSchema, { name, type: 7, ints: (value as readonly number[]).map(BigInt) });
    default:
      return kind satisfies never;
  }
}

function weightProto(value: Value, weights: Tensors): TensorProto {
  const weight = weights[value.name];
  if (weight === undefined) {
    throw new BioscanError('not-found', `graph: the state has no parameter '${value.name}'`, { name: value.name });
  }
  if (weight.dtype !== value.dtype || !sameShape(weight.shape, value.shape)) {
    throw new BioscanError(
      'mismatch',
      `graph: parameter '${value.name}', got ${weight.dtype} ${showShape(weight.shape)} in the state, expected ${value.dtype} ${showShape(value.shape)}`,
    );
  }
  return tensorProto(value.name, weight);
}

export function tensorProto(name: string, { dtype, shape, data }: Tensor): TensorProto {
  return create(TensorProtoSchema, {
    name,
    dataType: dtypeCode(dtype),
    dims: shape.map(BigInt),
    rawData: new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength),
  });
}

export function valueProto(name: string, { dtype, shape }: ValueType): ValueInfoProto {
  const dim = shape.map((size) =>
    typeof size === 'number'
      ? { value: { case: 'dimValue', value: BigInt(size) } as const }
      : { value: { case: 'dimParam', value: size } as const },
  );
  const type = create(TypeProtoSchema, { tensorType: { elemType: dtypeCode(dtype), shape: { dim } } });
  return create(ValueInfoProtoSchema, { name, type });
}
