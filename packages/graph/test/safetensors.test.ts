import { isBioscanError, tensor, type Tensor, type Tensors } from '@bioscan/core';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeCheckpoint, decodeSafetensors, encodeCheckpoint, encodeSafetensors } from '../src/index.js';
import { readBytes } from './golden.js';

/** What the oracle put into python.safetensors. */
const written: Tensors = {
  zulu: tensor(
    'float32',
    [2, 3],
    Float32Array.from([0, 1, 2, 3, 4, 5], (value) => value / 7),
  ),
  'alpha#moment': tensor('float64', [1, 2], Float64Array.of(1.5, -2.25)),
  ids: tensor('int64', [3], BigInt64Array.of(3n, -(2n ** 53n) - 1n, 7n)),
  small: tensor('int32', [2], Int32Array.of(-1, 2)),
  half: tensor('float16', [3], Uint16Array.of(0x3c00, 0xb800, 0x7bff)),
  bytes: tensor('uint8', [3], Uint8Array.of(0, 255, 7)),
  signed: tensor('int8', [2], Int8Array.of(-128, 127)),
  flags: tensor('bool', [3], Uint8Array.of(1, 0, 1)),
  empty: tensor('float32', [0, 4], new Float32Array()),
  scalar: tensor('float32', [], Float32Array.of(2.5)),
};

function file(header: unknown, data = new Uint8Array()): Uint8Array {
  const json = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + json.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  bytes.set(data, 8 + json.length);
  return bytes;
}

function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (isBioscanError(error)) return error.code;
    throw error;
  }
  return 'none';
}

describe('safetensors', () => {
  it('reads what Python wrote', () => {
    const { tensors, metadata } = decodeSafetensors(readBytes('python.safetensors'));
    expect(metadata).toEqual({ note: 'written by Python' });
    expect(tensors).toEqual(written);
    expect(Object.keys(tensors)).toHaveLength(10);
  });

  it('writes the bytes that Python wrote, in whatever order it gets the tensors', () => {
    const shuffled = Object.fromEntries(Object.entries(written).reverse());
    const bytes = encodeSafetensors(shuffled, { note: 'written by Python' });
    expect(Buffer.from(bytes).equals(readBytes('python.safetensors'))).toBe(true);
  });

  it('reads from bytes at any offset of their buffer', () => {
    const bytes = encodeSafetensors(written);
    for (let shift = 0; shift < 8; shift++) {
      const moved = new Uint8Array(bytes.length + shift);
      moved.set(bytes, shift);
      expect(decodeSafetensors(moved.subarray(shift)).tensors).toEqual(written);
    }
  });

  const four = { dtype: 'F32', shape: [1], data_offsets: [0, 4] };
  const data = new Uint8Array(8);
  it.each<[string, Uint8Array, string]>([
    ['nothing', new Uint8Array(), 'truncated'],
    ['a header beyond the file', file({}).subarray(0, 9), 'truncated'],
    ['a huge header', Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 255, 1), 'bad-file'],
    ['no JSON', file('{"a":'), 'bad-file'],
    ['invalid UTF-8', Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xfe), 'bad-file'],
    ['a list', file([]), 'bad-file'],
    ['a tensor that is a number', file({ a: 3 }), 'bad-file'],
    ['no dtype', file({ a: { shape: [1], data_offsets: [0, 4] } }, data.subarray(4)), 'bad-file'],
    ['bfloat16', file({ a: { ...four, dtype: 'BF16', data_offsets: [0, 2] } }, data.subarray(6)), 'unsupported'],
    ['a negative size', file({ a: { ...four, shape: [-1] } }, data.subarray(4)), 'bad-file'],
    ['sizes that overflow', file({ a: { ...four, shape: [2 ** 30, 2 ** 30] } }, data.subarray(4)), 'bad-file'],
    ['three offsets', file({ a: { ...four, data_offsets: [0, 4, 4] } }, data.subarray(4)), 'bad-file'],
    ['an end before the beginning', file({ a: { ...four, data_offsets: [4, 0] } }, data), 'bad-file'],
    ['data beyond the file', file({ a: four }), 'truncated'],
    ['bytes that no tensor has', file({ a: four }, data), 'bad-file'],
    ['a hole', file({ a: { ...four, data_offsets: [4, 8] } }, data), 'bad-file'],
    [
      'an overlap',
      file({ a: { ...four, shape: [2], data_offsets: [0, 8] }, b: { ...four, data_offsets: [4, 8] } }, data),
      'bad-file',
    ],
    ['bytes that do not match the shape', file({ a: { ...four, shape: [2] } }, data.subarray(4)), 'bad-file'],
    ['metadata of numbers', file({ __metadata__: { a: 1 } }), 'bad-file'],
  ])('refuses %s', (_name, bytes, code) => {
    expect(codeOf(() => decodeSafetensors(bytes))).toBe(code);
  });

  it('keeps a tensor named __proto__ a tensor', () => {
    const { tensors } = decodeSafetensors(file(`{"__proto__":${JSON.stringify(four)}}`, data.subarray(4)));
    expect(Object.keys(tensors)).toEqual(['__proto__']);
  });

  it('throws nothing but a BioscanError on mutated files', () => {
    const bytes = encodeCheckpoint({ step: 3, tensors: written }, '{}');
    let refused = 0;
    const mutation = fc.tuple(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), fc.nat(bytes.length));
    fc.assert(
      fc.property(mutation, ([at, change, length]) => {
        const mutant = bytes.slice(0, length % 3 === 0 ? length : bytes.length);
        if (at < mutant.length) mutant[at] = (mutant[at] as number) ^ change;
        if (codeOf(() => decodeCheckpoint(mutant)) !== 'none') refused++;
      }),
      { numRuns: 2000, seed: 3 },
    );
    expect(refused).toBeGreaterThan(1000);
  });
});

describe('checkpoints', () => {
  it('come back as they were, and again as the same bytes', () => {
    const state = { step: 41, tensors: written };
    const bytes = encodeCheckpoint(state, '{"vocabulary":"k=6"}');
    const { state: back, metadata } = decodeCheckpoint(bytes);
    expect(back).toEqual(state);
    expect(metadata).toBe('{"vocabulary":"k=6"}');
    expect(Buffer.from(encodeCheckpoint(back, metadata)).equals(Buffer.from(bytes))).toBe(true);
  });

  it('refuse other formats, versions and steps', () => {
    const notes = { format: 'bioscan-checkpoint', version: '1', step: '1', metadata: '' };
    const tensors: Record<string, Tensor> = {};
    expect(codeOf(() => decodeCheckpoint(encodeSafetensors(tensors, notes)))).toBe('none');
    expect(codeOf(() => decodeCheckpoint(encodeSafetensors(tensors)))).toBe('unsupported');
    expect(codeOf(() => decodeCheckpoint(encodeSafetensors(tensors, { ...notes, version: '2' })))).toBe('unsupported');
    expect(codeOf(() => decodeCheckpoint(encodeSafetensors(tensors, { ...notes, step: '1e3' })))).toBe('bad-file');
    expect(() => encodeCheckpoint({ step: -1, tensors }, '')).toThrow(RangeError);
  });
});
