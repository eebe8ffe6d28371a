import { BioscanError, fromFloat16, type DType, type Values } from '@bioscan/core';

const arrays = {
  float32: Float32Array,
  float64: Float64Array,
  float16: Uint16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
  int8: Int8Array,
  bool: Uint8Array,
} as const;

/** Little-endian bytes as numbers; a view where the alignment allows it, else a copy (slice() of a Buffer would be none). */
export function typedValues(dtype: DType, bytes: Uint8Array): Values {
  const View = arrays[dtype];
  const width = View.BYTES_PER_ELEMENT;
  const aligned = bytes.byteOffset % width === 0 ? bytes : new Uint8Array(bytes);
  return new View(aligned.buffer as ArrayBuffer, aligned.byteOffset, aligned.byteLength / width);
}

/** IEEE 754 half precision to float32, exactly. */
export function widenFloat16(bytes: Uint8Array): Float32Array {
  return fromFloat16(typedValues('float16', bytes) as Uint16Array);
}

/** bfloat16 is the upper half of a float32. */
export function widenBfloat16(bytes: Uint8Array): Float32Array {
  const halves = typedValues('float16', bytes) as Uint16Array;
  const words = Uint32Array.from(halves, (bits) => bits * 0x10000);
  return new Float32Array(words.buffer);
}

/**
 * Packed varints as little-endian integers of 4 or 8 bytes. Stops with an error above `limit` elements, so that memory stays in proportion.
 * @throws BioscanError `bad-file` naming the tensor
 */
export function decodeVarints(packed: Uint8Array | undefined, limit: number, width: 4 | 8, name: string): Uint8Array {
  const source = packed ?? new Uint8Array();
  let count = 0;
  for (const byte of source) if (byte < 0x80) count++;
  if (count !== limit || (source.length > 0 && (source.at(-1) as number) >= 0x80)) {
    throw new BioscanError('bad-file', `graph: tensor '${name}', got ${count} elements, expected ${limit}`, { name });
  }
  const bytes = new Uint8Array(count * width);
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (let i = 0; i < count; i++) {
    let low = 0;
    let high = 0;
    let shift = 0;
    let byte: number;
    do {
      byte = source[at++] as number;
      const bits = byte & 0x7f;
      if (shift < 32) low |= bits << shift;
      if (shift > 21 && shift < 64) high |= shift < 32 ? bits >>> (32 - shift) : bits << (shift - 32);
      shift += 7;
    } while (byte >= 0x80);
    view.setInt32(i * width, low, true);
    if (width === 8) view.setInt32(i * width + 4, high, true);
  }
  return bytes;
}

/** The low bytes of 4-byte integers: ONNX keeps small types in int32_data. */
export function signedBytes(integers: Uint8Array, width: 1 | 2 | 4 | 8): Uint8Array {
  if (width >= 4) return integers;
  const bytes = new Uint8Array((integers.length / 4) * width);
  for (let i = 0; i < bytes.length; i++) bytes[i] = integers[Math.floor(i / width) * 4 + (i % width)] as number;
  return bytes;
}
