/**
 * The few protobuf fields that an ONNX model needs. `graph` writes models, but runtime does not import it:
 * the search needs one fixed graph only.
 */
export type Field = readonly [number: number, value: Uint8Array | string | number];

/** A message: integers as varints, text and nested messages length-delimited, in the order given. */
export function message(...fields: readonly Field[]): Uint8Array {
  const bytes: number[] = [];
  for (const [number, value] of fields) {
    if (typeof value === 'number') {
      varint(bytes, number << 3);
      varint(bytes, value);
      continue;
    }
    const content = typeof value === 'string' ? new TextEncoder().encode(value) : value;
    varint(bytes, (number << 3) | 2);
    varint(bytes, content.length);
    for (const byte of content) bytes.push(byte);
  }
  return Uint8Array.from(bytes);
}

/** Seven bits a byte, lowest first; for values from 0 to 2^53. */
function varint(bytes: number[], value: number): void {
  while (value > 127) {
    bytes.push((value % 128) + 128);
    value = Math.floor(value / 128);
  }
  bytes.push(value);
}
