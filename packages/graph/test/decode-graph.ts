import { fromBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema } from '../src/generated/onnx_pb.js';

/** What a file is made of: nodes by operator, and bytes of float32 weights. */
export function decodeGraph(model: Uint8Array): { operators: Readonly<Record<string, number>>; floats: number } {
  const { graph } = fromBinary(ModelProtoSchema, model);
  const operators: Record<string, number> = {};
  for (const node of graph?.node ?? []) operators[node.opType] = (operators[node.opType] ?? 0) + 1;
  const stored = (graph?.initializer ?? []).filter((tensor) => tensor.dataType === 1);
  return { operators, floats: stored.reduce((sum, tensor) => sum + (tensor.rawData?.length ?? 0), 0) };
}
