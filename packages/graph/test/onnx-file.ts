import { create, toBinary, type MessageInitShape } from '@bufbuild/protobuf';
import {
  ModelProtoSchema,
  type ModelProto,
  type GraphProto,
  type GraphProtoSchema,
  type NodeProtoSchema,
  type TensorProtoSchema,
} from '../src/generated/onnx_pb.js';

type GraphInit = MessageInitShape<typeof GraphProtoSchema>;
export type NodeInit = MessageInitShape<typeof NodeProtoSchema>;
export type TensorInit = MessageInitShape<typeof TensorProtoSchema>;

export interface OnnxParts {
  /** Float inputs by name. */
  readonly inputs?: Readonly<Record<string, readonly (number | string)[]>>;
  readonly outputs?: readonly string[];
  readonly initializers?: readonly TensorInit[];
  readonly nodes?: readonly NodeInit[];
  readonly opset?: bigint;
  readonly graph?: Omit<Exclude<GraphInit, GraphProto>, '$typeName'>;
  readonly model?: Omit<Exclude<MessageInitShape<typeof ModelProtoSchema>, ModelProto>, '$typeName'>;
}

/** Bytes of a small model, good or bad: what no exporter would write. */
export function onnxFile(parts: OnnxParts): Uint8Array {
  const { inputs = {}, outputs = [], initializers = [], nodes = [], opset = 17n, graph = {}, model = {} } = parts;
  return toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, {
      irVersion: 8n,
      opsetImport: [{ domain: '', version: opset }],
      graph: {
        input: Object.entries(inputs).map(([name, shape]) => ({ name, type: floatType(shape) })),
        output: outputs.map((name) => ({ name, type: floatType([]) })),
        initializer: [...initializers],
        node: [...nodes],
        ...graph,
      },
      ...model,
    }),
  );
}

export function node(
  opType: string,
  input: string[],
  output: string[],
  attribute: NodeInit['attribute'] = [],
): NodeInit {
  return { opType, input, output, attribute };
}

export function floatInitializer(name: string, shape: readonly number[], data: readonly number[]): TensorInit {
  return { name, dataType: 1, dims: shape.map(BigInt), rawData: new Uint8Array(Float32Array.from(data).buffer) };
}

export function floatType(
  shape: readonly (number | string)[],
): NonNullable<NonNullable<GraphInit['input']>[number]['type']> {
  const dim = shape.map((size) =>
    typeof size === 'number'
      ? { value: { case: 'dimValue', value: BigInt(size) } as const }
      : { value: { case: 'dimParam', value: size } as const },
  );
  return { tensorType: { elemType: 1, shape: { dim } } };
}
