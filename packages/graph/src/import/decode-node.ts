import { BioscanError } from '@bioscan/core';
import type { AttributeProto, NodeProto } from '../generated/onnx_pb.js';
import { decodeTensor, type ExternalReader } from './decode-tensor.js';
import type { OnnxAttribute, OnnxNode } from './onnx-model.js';

/** Versions of the operator domains that a file or function imports. */
export type Opsets = ReadonlyMap<string, number>;

/** The standard domain has two spellings. */
export function domainOf(domain: string | undefined): string {
  return domain === undefined || domain === 'ai.onnx' ? '' : domain;
}

/** @throws BioscanError `bad-file` or `unsupported`, naming the node */
export function decodeNode(proto: NodeProto, opsets: Opsets, external: ExternalReader | undefined): OnnxNode {
  const { opType: operator, input: inputs, output: outputs } = proto;
  const name = nodeName(proto);
  const domain = domainOf(proto.domain);
  if (operator === '')
    throw new BioscanError('bad-file', `graph: node '${name}', got no operator, expected one`, { name });
  const attributes = proto.attribute.map(
    (attribute) => [attribute.name, decodeAttribute(attribute, name, external)] as const,
  );
  if (new Set(attributes.map(([key]) => key)).size !== attributes.length) {
    throw new BioscanError('bad-file', `graph: node '${name}', got an attribute twice, expected each once`, { name });
  }
  return {
    name,
    operator,
    domain,
    version: opsets.get(domain) ?? 1,
    inputs,
    outputs,
    attributes: Object.fromEntries(attributes),
  };
}

export function nodeName({ name, opType, output }: Pick<NodeProto, 'name' | 'opType' | 'output'>): string {
  return name === '' ? `${opType} → ${output[0] ?? ''}` : name;
}

/** AttributeProto.AttributeType of ONNX; files of early writers leave it out. */
function attributeType(proto: AttributeProto): number {
  if (proto.type !== 0) return proto.type;
  if (proto.f !== undefined) return 1;
  if (proto.i !== undefined) return 2;
  if (proto.s !== undefined) return 3;
  if (proto.t !== undefined) return 4;
  if (proto.g !== undefined) return 5;
  if (proto.floats.length > 0) return 6;
  return proto.strings.length > 0 ? 8 : 7;
}

export function decodeAttribute(
  proto: AttributeProto,
  node: string,
  external: ExternalReader | undefined,
): OnnxAttribute {
  switch (attributeType(proto)) {
    case 1:
      return proto.f ?? 0;
    case 2:
      return Number(proto.i ?? 0n);
    case 3:
      return text(proto.s ?? new Uint8Array(), node, proto.name);
    case 4:
      if (proto.t === undefined) break;
      return decodeTensor(proto.t, `${proto.name} of ${node}`, external).tensor;
    case 5:
    case 10:
      return { subgraph: proto.g?.name ?? '' };
    case 6:
      return proto.floats;
    case 7:
      return proto.ints.map(Number);
    case 8:
      return proto.strings.map((item) => text(item, node, proto.name));
    default:
      break;
  }
  throw new BioscanError(
    'unsupported',
    `graph: node '${node}', got attribute '${proto.name}' of type ${proto.type}, expected a number, a string, a tensor or a list of them`,
    { node, attribute: proto.name },
  );
}

function text(bytes: Uint8Array, node: string, attribute: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new BioscanError(
      'bad-file',
      `graph: node '${node}', got attribute '${attribute}' that is no UTF-8`,
      { node },
      { cause },
    );
  }
}
