import { BioscanError, type DType, type Tensor } from '@bioscan/core';
import type { TensorProto } from '../generated/onnx_pb.js';
import { dtypeOfCode } from '../onnx-types.js';
import { decodeVarints, signedBytes, typedValues, widenBfloat16, widenFloat16 } from './decode-values.js';

/** Where a tensor's bytes are when they are not in the model file. */
export interface ExternalData {
  /** The tensor. */
  readonly name: string;
  /** Path relative to the model's folder, as the file says it: not to be trusted. */
  readonly location: string;
  readonly offset: number;
  /** Bytes; absent when the file does not say. */
  readonly length?: number;
  /** Bytes that the tensor's shape and type need. */
  readonly expected: number;
}

export type ExternalReader = (data: ExternalData) => Uint8Array;

/** Element types that are read as float32. */
const float16 = 10;
const bfloat16 = 16;
const widths = {
  float32: 4,
  float64: 8,
  float16: 2,
  int32: 4,
  int64: 8,
  uint8: 1,
  int8: 1,
  bool: 1,
} as const satisfies Record<DType, number>;

export interface DecodedTensor {
  readonly tensor: Tensor;
  readonly widened: boolean;
}

/** The element type that a value of the file gets here. @throws BioscanError `unsupported` naming it */
export function importedType(what: string, code: number): DType {
  if (code === float16 || code === bfloat16) return 'float32';
  try {
    return dtypeOfCode(code);
  } catch (cause) {
    const known = 'float, float16, bfloat16, double, int8, int32, int64, uint8 or bool';
    throw new BioscanError(
      'unsupported',
      `graph: ${what}, got ONNX element type ${code}, expected ${known}`,
      {},
      { cause },
    );
  }
}

/**
 * A stored tensor. Views the file's bytes where they are aligned.
 * @throws BioscanError `bad-file`, `truncated` or `unsupported`, naming the tensor
 */
export function decodeTensor(proto: TensorProto, name: string, external: ExternalReader | undefined): DecodedTensor {
  const what = `tensor '${name}'`;
  const code = proto.dataType ?? 0;
  const dtype = importedType(what, code);
  const shape = sizesOf(what, proto.dims);
  const count = shape.reduce((product, size) => product * size, 1);
  const width = code === float16 || code === bfloat16 ? 2 : widths[dtype];
  if (!Number.isSafeInteger(count * width)) {
    throw new BioscanError(
      'bad-file',
      `graph: ${what}, got shape (${shape.join(', ')}), expected fewer than 2^53 bytes`,
      { name },
    );
  }
  const bytes = rawBytes(proto, name, code, count * width, external);
  if (bytes.length !== count * width) {
    const got = `${bytes.length} bytes for ${dtype} (${shape.join(', ')})`;
    throw new BioscanError('bad-file', `graph: ${what}, got ${got}, expected ${count * width}`, { name });
  }
  if (code === float16) return { tensor: { dtype, shape, data: widenFloat16(bytes) }, widened: true };
  if (code === bfloat16) return { tensor: { dtype, shape, data: widenBfloat16(bytes) }, widened: true };
  const data = typedValues(dtype, bytes);
  if (dtype === 'bool' && (data as Uint8Array).some((value) => value > 1)) {
    throw new BioscanError('bad-file', `graph: ${what}, got a bool above 1, expected 0 and 1`, { name });
  }
  return { tensor: { dtype, shape, data }, widened: false };
}

function sizesOf(what: string, dims: readonly bigint[]): readonly number[] {
  return dims.map((size) => {
    if (size >= 0n && size <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(size);
    throw new BioscanError('bad-file', `graph: ${what}, got size ${size.toString()}, expected 0 or more`);
  });
}

/** The bytes as raw_data would have them, from wherever the file keeps them. */
function rawBytes(
  proto: TensorProto,
  name: string,
  code: number,
  expected: number,
  external: ExternalReader | undefined,
): Uint8Array {
  if (proto.dataLocation === 1) return externalBytes(proto, name, expected, external);
  if (proto.rawData !== undefined) return proto.rawData;
  const limit = expected / widthOfCode(code);
  switch (code) {
    case 1:
      return proto.floatData ?? new Uint8Array();
    case 11:
      return proto.doubleData ?? new Uint8Array();
    case 7:
      return decodeVarints(proto.int64Data, limit, 8, name);
    default:
      return signedBytes(decodeVarints(proto.int32Data, limit, 4, name), widthOfCode(code));
  }
}

function widthOfCode(code: number): 1 | 2 | 4 | 8 {
  if (code === float16 || code === bfloat16) return 2;
  return widths[dtypeOfCode(code)];
}

function externalBytes(
  { externalData }: TensorProto,
  name: string,
  expected: number,
  external: ExternalReader | undefined,
): Uint8Array {
  const entries = new Map(externalData.map(({ key, value }) => [key, value]));
  const location = entries.get('location') ?? '';
  if (location === '') {
    throw new BioscanError('bad-file', `graph: tensor '${name}', got external data without a location, expected one`, {
      name,
    });
  }
  const offset = wholeNumber(name, 'offset', entries.get('offset') ?? '0');
  const length = entries.has('length') ? wholeNumber(name, 'length', entries.get('length') ?? '') : undefined;
  if (length !== undefined && length !== expected) {
    throw new BioscanError(
      'bad-file',
      `graph: tensor '${name}', got external data of ${length} bytes, expected ${expected}`,
      { name },
    );
  }
  if (external === undefined) {
    throw new BioscanError(
      'not-found',
      `graph: tensor '${name}', got no data, expected them in '${location}' beside the model; read it with readOnnxFile() or give \`external\``,
      { name, location },
    );
  }
  return external({ name, location, offset, ...(length === undefined ? {} : { length }), expected });
}

function wholeNumber(name: string, key: string, text: string): number {
  const value = /^\d{1,16}$/.test(text) ? Number(text) : NaN;
  if (Number.isSafeInteger(value)) return value;
  throw new BioscanError(
    'bad-file',
    `graph: tensor '${name}', got external ${key} '${text}', expected a whole number`,
    { name },
  );
}
