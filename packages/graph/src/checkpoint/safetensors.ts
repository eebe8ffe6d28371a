import { BioscanError, elementCount, type DType, type Tensor, type Tensors, type Values } from '@bioscan/core';
import { readHeader, type TensorEntry } from './safetensors-header.js';

/** Tensors of a file and its string-to-string metadata. */
export interface Safetensors {
  readonly tensors: Tensors;
  readonly metadata: Readonly<Record<string, string>>;
}

/** In the order in which tensors stand in a file: wide types first, so that each is aligned; equal widths as the reference has them. */
const codes = {
  int64: 'I64',
  float64: 'F64',
  float32: 'F32',
  int32: 'I32',
  float16: 'F16',
  int8: 'I8',
  uint8: 'U8',
  bool: 'BOOL',
} as const satisfies Record<DType, string>;

const arrays = {
  float64: Float64Array,
  int64: BigInt64Array,
  float32: Float32Array,
  int32: Int32Array,
  float16: Uint16Array,
  uint8: Uint8Array,
  int8: Int8Array,
  bool: Uint8Array,
} as const;

/**
 * A safetensors file (https://github.com/huggingface/safetensors). The same tensors and metadata give the same bytes, whatever their order,
 * and with up to one metadata entry the bytes that the reference implementation writes.
 */
export function encodeSafetensors(tensors: Tensors, metadata: Readonly<Record<string, string>> = {}): Uint8Array {
  const entries = Object.entries(tensors).sort(([a, x], [b, y]) => place(x) - place(y) || order(a, b));
  const header: [string, unknown][] = [];
  const notes = Object.entries(metadata).sort(([a], [b]) => order(a, b));
  if (notes.length > 0) header.push(['__metadata__', Object.fromEntries(notes)]);
  let end = 0;
  for (const [name, item] of entries) {
    if (name === '__metadata__') throw new BioscanError('bad-input', "graph: tensor name '__metadata__' is reserved");
    const begin = end;
    end += item.data.byteLength;
    header.push([name, { dtype: codes[item.dtype], shape: item.shape, data_offsets: [begin, end] }]);
  }
  const json = new TextEncoder().encode(jsonObject(header));
  const start = 8 + Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(start + end).fill(0x20, 8 + json.length, start);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(start - 8), true);
  bytes.set(json, 8);
  let offset = start;
  for (const [, { data }] of entries) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), offset);
    offset += data.byteLength;
  }
  return bytes;
}

/**
 * Reads a safetensors file. Tensors view the given bytes where these are aligned.
 * @throws BioscanError `truncated`, `bad-file` or `unsupported` (element type), naming the tensor
 */
export function decodeSafetensors(bytes: Uint8Array): Safetensors {
  const { entries, metadata, start } = readHeader(bytes);
  const tensors = entries.map((entry) => [entry.name, view(bytes, start, entry)] as const);
  return { tensors: Object.fromEntries(tensors), metadata };
}

function view(bytes: Uint8Array, start: number, entry: TensorEntry): Tensor {
  const dtype = (Object.keys(codes) as DType[]).find((name) => codes[name] === entry.code);
  if (dtype === undefined) {
    const known = Object.values(codes).join(', ');
    throw new BioscanError('unsupported', `graph: tensor '${entry.name}', got ${entry.code}, expected one of ${known}`);
  }
  const size = arrays[dtype].BYTES_PER_ELEMENT;
  const length = elementCount(entry.shape);
  if (length * size !== entry.end - entry.begin) {
    throw new BioscanError(
      'bad-file',
      `graph: tensor '${entry.name}', got ${entry.end - entry.begin} bytes, expected ${length * size} for ${entry.code} [${entry.shape.join(', ')}]`,
    );
  }
  const at = bytes.byteOffset + start + entry.begin;
  const aligned = at % size === 0;
  const source = aligned ? bytes.buffer : bytes.slice(start + entry.begin, start + entry.end).buffer;
  const data = new arrays[dtype](source as ArrayBuffer, aligned ? at : 0, length) as Values;
  return { dtype, shape: entry.shape, data };
}

/** Keeps the order of entries that look like integers, which an object would move to the front. */
function jsonObject(entries: readonly (readonly [string, unknown])[]): string {
  return `{${entries.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(',')}}`;
}

function place(item: Tensor): number {
  return Object.keys(codes).indexOf(item.dtype);
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
