import { fromBinary } from '@bufbuild/protobuf';
import { BioscanError, type Tensor, type ValueSpec } from '@bioscan/core';
import { ModelProtoSchema, type GraphProto, type ModelProto, type ValueInfoProto } from '../generated/onnx_pb.js';
import { decodeNode } from './decode-node.js';
import { decodeTensor, importedType, type ExternalReader } from './decode-tensor.js';
import { inlineFunctions, opsetsOf } from './inline-functions.js';
import { operatorLabel, type OnnxModel, type OnnxNode } from './onnx-model.js';
import { sortNodes } from './sort-nodes.js';

export interface ReadOnnxOptions {
  /** Gives the bytes of tensors that are kept outside the file. In Node, `readOnnxFile` brings one that stays inside the model's folder. */
  readonly external?: ExternalReader;
}

const oldest = 13;

/**
 * Reads an ONNX model file, opset 13 or later, and checks all that can be checked without sizes of the inputs.
 * Weights view `bytes` where they are aligned: keep these unchanged. Nothing is executed.
 * @throws BioscanError `truncated`, `bad-file`, `not-found` (external data) or `unsupported`, naming the node or tensor
 */
export function readOnnx(bytes: Uint8Array, options: ReadOnnxOptions = {}): OnnxModel {
  const { external } = options;
  const model = decodeModel(bytes);
  const { graph } = model;
  if (graph === undefined) throw bad('file', 'no graph', 'an ONNX model');
  const opsets = opsetsOf(model);
  const opset = opsets.get('') ?? 0;
  if (opset < oldest) {
    throw new BioscanError(
      'unsupported',
      `graph: ONNX file, got opset ${opset}, expected ${oldest} or later; export it anew or convert it with onnx.version_converter`,
      { opset },
    );
  }
  const stored = decodeInitializers(graph, external);
  const inputs = graph.input.filter(({ name }) => !stored.initializers.has(name)).map(specOf);
  checkUnique('input', inputs);
  const given = new Set([...stored.initializers.keys(), ...inputs.map(({ name }) => name)]);
  const inlined = inlineFunctions(graph.node, model.functions, opsets);
  const nodes = sortNodes(
    inlined.map((node) => decodeNode(node.proto, node.opsets, external)),
    given,
  );
  const outputs = graph.output.map(specOf);
  checkOutputs(outputs, nodes, given);
  return {
    inputs,
    outputs,
    opset,
    producer: [model.producerName, model.producerVersion].filter((part) => part !== '').join(' '),
    metadata: Object.fromEntries(model.metadataProps.map(({ key, value }) => [key, value])),
    operators: countOperators(nodes),
    ...stored,
    nodes,
  };
}

function decodeModel(bytes: Uint8Array): ModelProto {
  if (bytes.length === 0) throw new BioscanError('truncated', 'graph: ONNX file, got 0 bytes, expected a model');
  try {
    return fromBinary(ModelProtoSchema, bytes, { readUnknownFields: false });
  } catch (cause) {
    const short = cause instanceof RangeError;
    const got = short ? 'an end in the middle of a field' : 'bytes that are no protobuf';
    throw new BioscanError(
      short ? 'truncated' : 'bad-file',
      `graph: ONNX file, got ${got}, expected a model`,
      {},
      { cause },
    );
  }
}

function decodeInitializers(
  graph: GraphProto,
  external: ExternalReader | undefined,
): Pick<OnnxModel, 'initializers' | 'widened'> {
  if (graph.sparseInitializer.length > 0) {
    throw new BioscanError('unsupported', 'graph: ONNX file, got sparse tensors, expected dense ones');
  }
  const initializers = new Map<string, Tensor>();
  const widened: string[] = [];
  for (const proto of graph.initializer) {
    const name = proto.name ?? '';
    if (name === '' || initializers.has(name)) throw bad(`tensor '${name}'`, 'the name twice or empty', 'a new one');
    const decoded = decodeTensor(proto, name, external);
    initializers.set(name, decoded.tensor);
    if (decoded.widened) widened.push(name);
  }
  return { initializers, widened };
}

function specOf({ name, type }: ValueInfoProto): ValueSpec {
  const tensorType = type?.tensorType;
  if (name === '') throw bad('file', 'an input or output without a name', 'a name');
  if (tensorType?.elemType === undefined) {
    throw new BioscanError('unsupported', `graph: value '${name}', got no tensor type, expected tensors only`, {
      name,
    });
  }
  const dims = tensorType.shape?.dim ?? [];
  const shape = dims.map(({ value }, axis) => {
    if (value.case === 'dimParam' && value.value !== '') return value.value;
    if (value.case !== 'dimValue') return `${name}_${axis}`;
    if (value.value >= 0n && value.value < 2n ** 53n) return Number(value.value);
    // Some writers say -1 for "any".
    return `${name}_${axis}`;
  });
  return { name, dtype: importedType(`value '${name}'`, tensorType.elemType), shape };
}

function checkUnique(kind: string, specs: readonly ValueSpec[]): void {
  const names = new Set<string>();
  for (const { name } of specs) {
    if (names.has(name)) throw bad(`${kind} '${name}'`, 'the name twice', 'each once');
    names.add(name);
  }
}

function checkOutputs(outputs: readonly ValueSpec[], nodes: readonly OnnxNode[], given: ReadonlySet<string>): void {
  checkUnique('output', outputs);
  const made = new Set(nodes.flatMap((node) => node.outputs));
  for (const { name } of outputs) {
    if (!made.has(name) && !given.has(name))
      throw bad(`output '${name}'`, 'nothing that makes it', 'a node or a stored tensor');
  }
}

function countOperators(nodes: readonly OnnxNode[]): Readonly<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const node of nodes) counts.set(operatorLabel(node), (counts.get(operatorLabel(node)) ?? 0) + 1);
  return Object.fromEntries(counts);
}

function bad(what: string, got: string, expected: string): BioscanError {
  return new BioscanError('bad-file', `graph: ONNX ${what}, got ${got}, expected ${expected}`);
}
