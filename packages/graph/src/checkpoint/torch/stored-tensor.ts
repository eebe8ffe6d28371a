import { BioscanError, elementCount, tensor, type DType, type Tensor, type Values } from '@bioscan/core';
import type { StateTensor } from '../state-dict.js';
import type { ByteSource } from './byte-source.js';
import type { StoredEntry } from './stored-zip.js';

/** Element types of PyTorch that can be read. */
export type TorchDType =
  'float32' | 'float64' | 'float16' | 'bfloat16' | 'int64' | 'int32' | 'int16' | 'int8' | 'uint8' | 'bool';

/** How they are read: bytes each, the array over them, and the type that the values get. */
const elements = {
  float32: { size: 4, array: Float32Array, as: 'float32' },
  float64: { size: 8, array: Float64Array, as: 'float64' },
  float16: { size: 2, array: Uint16Array, as: 'float16' },
  bfloat16: { size: 2, array: Uint16Array, as: 'float32' },
  int64: { size: 8, array: BigInt64Array, as: 'int64' },
  int32: { size: 4, array: Int32Array, as: 'int32' },
  int16: { size: 2, array: Int16Array, as: 'int32' },
  int8: { size: 1, array: Int8Array, as: 'int8' },
  uint8: { size: 1, array: Uint8Array, as: 'uint8' },
  bool: { size: 1, array: Uint8Array, as: 'bool' },
} as const satisfies Record<TorchDType, { size: number; array: unknown; as: DType }>;

type Elements = InstanceType<(typeof elements)[TorchDType]['array']>;

/** A record of the file that tensors view. Lengths are in elements. */
export class TorchStorage {
  readonly key: string;
  readonly dtype: TorchDType;
  readonly length: number;
  /** Where its bytes are; absent when the file has no such record. */
  readonly entry: StoredEntry | undefined;
  readonly source: ByteSource;
  readonly swapped: boolean;

  constructor(
    key: string,
    dtype: TorchDType,
    length: number,
    place: Pick<TorchStorage, 'entry' | 'source' | 'swapped'>,
  ) {
    this.key = key;
    this.dtype = dtype;
    this.length = length;
    this.entry = place.entry;
    this.source = place.source;
    this.swapped = place.swapped;
  }
}

/** A strided view of a storage. Offset and strides count elements. */
export class StoredTensor implements StateTensor {
  readonly storage: TorchStorage;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];

  constructor(storage: TorchStorage, offset: number, shape: readonly number[], strides: readonly number[]) {
    this.storage = storage;
    this.offset = offset;
    this.shape = shape;
    this.strides = strides;
  }

  get dtype(): TorchDType {
    return this.storage.dtype;
  }

  /** Bytes that a copy of the values takes. */
  get byteLength(): number {
    return elementCount(this.shape) * elements[this.dtype].size;
  }

  get isContiguous(): boolean {
    let expected = 1;
    for (let axis = this.shape.length - 1; axis >= 0; axis--) {
      const size = this.shape[axis] as number;
      if (size !== 1 && this.strides[axis] !== expected) return elementCount(this.shape) <= 1;
      expected *= size;
    }
    return true;
  }

  /** Elements from the first that is read to the last, inclusive. */
  get extent(): number {
    if (elementCount(this.shape) === 0) return 0;
    return this.shape.reduce((last, size, axis) => last + (size - 1) * (this.strides[axis] as number), 1);
  }

  read(): Tensor {
    const raw = readElements(this.storage, this.offset, this.extent);
    const data = this.isContiguous ? raw : gather(raw, this);
    return tensor<DType>(elements[this.dtype].as, this.shape, converted(this.dtype, data));
  }
}

/** @throws BioscanError naming the tensor, when it leaves its storage or the storage is not what the file holds */
export function checkTensor(name: string, stored: StoredTensor): void {
  const { storage, offset, shape, strides, extent } = stored;
  const what = `graph: torch checkpoint, tensor '${name}'`;
  const { entry, length, dtype, key } = storage;
  if (entry === undefined)
    throw new BioscanError('not-found', `${what}, got no record 'data/${key}', expected it`, { name });
  const bytes = length * elements[dtype].size;
  if (entry.size !== bytes) {
    throw new BioscanError(
      'bad-file',
      `${what}, got ${entry.size} bytes in record 'data/${key}', expected ${bytes} for ${length} of ${dtype}`,
      { name },
    );
  }
  if (!Number.isSafeInteger(extent) || offset + extent > length) {
    throw new BioscanError(
      'bad-file',
      `${what} of (${shape.join(', ')}) with strides (${strides.join(', ')}) at ${offset}, got a storage of ${length}, expected more`,
      { name },
    );
  }
  if (elementCount(shape) > length) {
    throw new BioscanError(
      'unsupported',
      `${what} of (${shape.join(', ')}), got a view that repeats ${length} elements, expected each once; save it after .contiguous()`,
      { name },
    );
  }
}

function readElements({ dtype, entry, source, swapped }: TorchStorage, offset: number, count: number): Elements {
  const { size, array } = elements[dtype];
  let bytes = source.read((entry?.offset ?? 0) + offset * size, count * size);
  if (swapped && size > 1) bytes = swap(bytes.slice(), size);
  else if (bytes.byteOffset % size !== 0) bytes = bytes.slice();
  return new array(bytes.buffer as ArrayBuffer, bytes.byteOffset, count);
}

/** Reverses each group of `size` bytes in place. */
function swap(bytes: Uint8Array, size: number): Uint8Array {
  for (let at = 0; at < bytes.length; at += size) bytes.subarray(at, at + size).reverse();
  return bytes;
}

/** The elements in row-major order. */
function gather(raw: Elements, { storage, shape, strides }: StoredTensor): Elements {
  const count = elementCount(shape);
  const result: Elements = new elements[storage.dtype].array(count);
  const [target, source] = [result as Float32Array, raw as Float32Array];
  const inner = shape.length - 1;
  const [width, step] = [shape[inner] as number, strides[inner] as number];
  const at = shape.map(() => 0);
  let base = 0;
  for (let i = 0; i < count; i += width) {
    for (let j = 0; j < width; j++) target[i + j] = source[base + j * step] as number;
    for (let axis = inner - 1; axis >= 0; axis--) {
      at[axis] = (at[axis] as number) + 1;
      base += strides[axis] as number;
      if ((at[axis] as number) < (shape[axis] as number)) break;
      base -= (shape[axis] as number) * (strides[axis] as number);
      at[axis] = 0;
    }
  }
  return result;
}

function converted(dtype: TorchDType, data: Elements): Values {
  if (dtype === 'bfloat16') return fromBfloat16(data as Uint16Array);
  if (dtype === 'int16') return Int32Array.from(data as Int16Array);
  return data as Values;
}

/** A bfloat16 is the upper half of a float32. */
function fromBfloat16(halves: Uint16Array): Float32Array {
  const words = new Uint32Array(halves.length);
  for (let i = 0; i < halves.length; i++) words[i] = (halves[i] as number) << 16;
  return new Float32Array(words.buffer);
}
