/** Little-endian bytes of numbers, on any machine. */
export function littleEndian(values: Float32Array | Int32Array): Uint8Array {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength).slice();
  if (!isLittleEndian) swap(bytes);
  return bytes;
}

/** Numbers of little-endian bytes; a copy, so that any offset will do. */
export function floats(bytes: Uint8Array): Float32Array {
  return new Float32Array(native(bytes));
}

export function integers(bytes: Uint8Array): Int32Array {
  return new Int32Array(native(bytes));
}

/** Parts one after the other. */
export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

const isLittleEndian = /* @__PURE__ */ (() => new Uint8Array(Uint32Array.of(1).buffer)[0] === 1)();

function native(bytes: Uint8Array): ArrayBuffer {
  const copy = new Uint8Array(bytes);
  if (!isLittleEndian) swap(copy);
  return copy.buffer;
}

function swap(bytes: Uint8Array): void {
  for (let i = 0; i < bytes.length; i += 4) bytes.subarray(i, i + 4).reverse();
}
