import { BioscanError } from '@bioscan/core';
import type { ProbeState } from './probe.js';

const magic = 'bioscan-probe/1';
const arrays = ['mean', 'scale', 'weight', 'bias'] as const;

/** A probe as bytes: length of the header (uint32), header as JSON, then the float32 values, little endian. The same state gives the same bytes. */
export function encodeProbe(state: ProbeState): Uint8Array {
  const { kind, classes, dimension, unitLength, settings } = state;
  const header = new TextEncoder().encode(JSON.stringify({ magic, kind, classes, dimension, unitLength, settings }));
  const values = arrays.reduce((sum, name) => sum + state[name].length, 0);
  const bytes = new Uint8Array(4 + header.length + 4 * values);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, header.length, true);
  bytes.set(header, 4);
  let at = 4 + header.length;
  for (const name of arrays) {
    for (const value of state[name]) {
      view.setFloat32(at, value, true);
      at += 4;
    }
  }
  return bytes;
}

/** Reads what {@link encodeProbe} wrote. @throws BioscanError `bad-file` or `truncated` */
export function decodeProbe(bytes: Uint8Array): ProbeState {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = bytes.length < 4 ? 0 : view.getUint32(0, true);
  const header = readHeader(bytes.subarray(4, 4 + length));
  const { dimension, classes } = header;
  const sizes = { mean: dimension, scale: dimension, weight: dimension * classes.length, bias: classes.length };
  const expected = 4 + length + 4 * (2 * dimension + (dimension + 1) * classes.length);
  if (bytes.length !== expected) {
    throw new BioscanError(
      'truncated',
      `eval: probe file, got ${bytes.length} bytes, expected ${expected}; write it again`,
    );
  }
  let at = 4 + length;
  const read = (name: (typeof arrays)[number]): Float32Array =>
    Float32Array.from({ length: sizes[name] }, () => {
      at += 4;
      return view.getFloat32(at - 4, true);
    });
  return { ...header, mean: read('mean'), scale: read('scale'), weight: read('weight'), bias: read('bias') };
}

type Header = Omit<ProbeState, (typeof arrays)[number]>;

function readHeader(bytes: Uint8Array): Header {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new BioscanError('bad-file', `eval: probe file, got no readable header, expected ${magic}`, {}, { cause });
  }
  if (typeof value !== 'object' || value === null || !('magic' in value) || value.magic !== magic) {
    throw new BioscanError('bad-file', `eval: probe file, got another kind of file, expected ${magic}`);
  }
  const { kind, classes, dimension, unitLength, settings } = value as unknown as Header;
  return { kind, classes, dimension, unitLength, settings };
}
