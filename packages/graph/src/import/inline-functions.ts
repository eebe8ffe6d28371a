import { BioscanError } from '@bioscan/core';
import { create } from '@bufbuild/protobuf';
import { NodeProtoSchema, type AttributeProto, type FunctionProto, type NodeProto } from '../generated/onnx_pb.js';
import { domainOf, nodeName, type Opsets } from './decode-node.js';

/** A node and the operator versions it was written for: a function brings its own. */
export interface VersionedNode {
  readonly proto: NodeProto;
  readonly opsets: Opsets;
}

/** More nodes than any known model has: a file of functions that call functions must not fill the memory. */
const mostNodes = 100_000;
const deepest = 32;

/**
 * Replaces calls of the file's own functions by their bodies, with fresh names inside.
 * @throws BioscanError `bad-file` for functions that call themselves or expand without end
 */
export function inlineFunctions(
  nodes: readonly NodeProto[],
  functions: readonly FunctionProto[],
  opsets: Opsets,
): readonly VersionedNode[] {
  const known = new Map(functions.map((item) => [keyOf(item.domain, item.name, item.overload), item]));
  if (known.size !== functions.length) {
    throw new BioscanError('bad-file', 'graph: ONNX functions, got one name twice, expected each once');
  }
  const result: VersionedNode[] = [];
  let calls = 0;
  const add = (proto: NodeProto, versions: Opsets, stack: readonly FunctionProto[]): void => {
    const called = known.get(keyOf(proto.domain, proto.opType, proto.overload));
    if (called === undefined) {
      result.push({ proto, opsets: versions });
    } else {
      if (stack.includes(called) || stack.length >= deepest) {
        throw new BioscanError(
          'bad-file',
          `graph: ONNX function '${called.name}', got a call of itself or more than ${deepest} levels, expected fewer`,
        );
      }
      const inner = opsetsOf(called);
      for (const node of instantiate(called, proto, `${nodeName(proto)}/${calls++}`))
        add(node, inner, [...stack, called]);
    }
    if (result.length + calls > mostNodes) {
      throw new BioscanError('bad-file', `graph: ONNX file, got more than ${mostNodes} nodes, expected fewer`);
    }
  };
  for (const node of nodes) add(node, opsets, []);
  return result;
}

export function opsetsOf({ opsetImport }: Pick<FunctionProto, 'opsetImport'>): Opsets {
  return new Map(opsetImport.map(({ domain, version }) => [domainOf(domain), Number(version ?? 0n)]));
}

function keyOf(domain: string, name: string, overload: string): string {
  return JSON.stringify([domainOf(domain), name, overload]);
}

function instantiate(called: FunctionProto, call: NodeProto, prefix: string): readonly NodeProto[] {
  const names = new Map<string, string>([['', '']]);
  called.input.forEach((name, i) => names.set(name, call.input[i] ?? ''));
  called.output.forEach((name, i) => {
    const outer = call.output[i] ?? '';
    if (outer !== '') names.set(name, outer);
  });
  const rename = (name: string): string => names.get(name) ?? `${prefix}/${name}`;
  const given = new Map([...called.attributeProto, ...call.attribute].map((item) => [item.name, item]));
  const copies = called.output.flatMap((name, i) => passedThrough(called, call, name, i));
  return [
    ...called.node.map((node) =>
      create(NodeProtoSchema, {
        opType: node.opType,
        domain: node.domain,
        overload: node.overload,
        name: `${prefix}/${nodeName(node)}`,
        input: node.input.map(rename),
        output: node.output.map(rename),
        attribute: node.attribute.flatMap((item) => resolved(item, given)),
      }),
    ),
    ...copies,
  ];
}

/** A function may hand an input on as its output: that takes a node once it is inlined. */
function passedThrough(called: FunctionProto, call: NodeProto, name: string, index: number): readonly NodeProto[] {
  const from = called.input.indexOf(name);
  const to = call.output[index] ?? '';
  if (from < 0 || to === '') return [];
  return [
    create(NodeProtoSchema, {
      opType: 'Identity',
      name: `Identity → ${to}`,
      input: [call.input[from] ?? ''],
      output: [to],
    }),
  ];
}

/** An attribute that refers to one of the call; left out when the call leaves it out. */
function resolved(attribute: AttributeProto, given: ReadonlyMap<string, AttributeProto>): readonly AttributeProto[] {
  if (attribute.refAttrName === '') return [attribute];
  const value = given.get(attribute.refAttrName);
  return value === undefined ? [] : [{ ...value, name: attribute.name }];
}
