import { BioscanError } from '@bioscan/core';

/** One tensor as the header describes it; `begin` and `end` count from the first byte after the header. */
export interface TensorEntry {
  readonly name: string;
  readonly code: string;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

export interface Header {
  readonly entries: readonly TensorEntry[];
  readonly metadata: Readonly<Record<string, string>>;
  /** Where the data begins. */
  readonly start: number;
}

/** As the reference implementation: more is taken for an attack. */
const largestHeader = 100_000_000;

/** Reads and checks the header: sizes in bounds, each byte of the data in exactly one tensor. */
export function readHeader(bytes: Uint8Array): Header {
  if (bytes.length < 8) throw truncated(`${bytes.length} bytes`, 'at least 8');
  const length = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
  if (length > BigInt(largestHeader))
    throw bad('header', `a length of ${length.toString()}`, `at most ${largestHeader}`);
  const start = 8 + Number(length);
  if (start > bytes.length) throw truncated(`${bytes.length} bytes`, `a header up to byte ${start}`);
  const { __metadata__: notes, ...tensors } = parse(bytes.subarray(8, start));
  const entries = Object.entries(tensors).map(([name, value]) => entryOf(name, value));
  checkCoverage(entries, bytes.length - start);
  return { entries, metadata: metadataOf(notes), start };
}

function parse(json: Uint8Array): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(json));
  } catch (cause) {
    throw new BioscanError('bad-file', 'graph: safetensors header, got no JSON, expected an object', {}, { cause });
  }
  if (!isObject(value)) throw bad('header', 'another JSON value', 'an object');
  return value;
}

function entryOf(name: string, value: unknown): TensorEntry {
  const what = `tensor '${name}'`;
  if (!isObject(value)) throw bad(what, 'no object', 'dtype, shape and data_offsets');
  const { dtype, shape, data_offsets: offsets } = value;
  if (typeof dtype !== 'string') throw bad(what, 'no dtype', 'a string');
  if (!isSizes(shape) || !Number.isSafeInteger(shape.reduce((product, size) => product * size, 1))) {
    throw bad(what, 'a bad shape', 'non-negative integers with a product below 2^53');
  }
  if (!isSizes(offsets) || offsets.length !== 2) throw bad(what, 'bad data_offsets', 'two non-negative integers');
  const [begin, end] = offsets as [number, number];
  if (begin > end) throw bad(what, `data_offsets ${begin} to ${end}`, 'an end after the beginning');
  return { name, code: dtype, shape, begin, end };
}

/** Each tensor must begin where the one before it ended: no overlap, no hole, nothing beyond the file. */
function checkCoverage(entries: readonly TensorEntry[], size: number): void {
  let reached = 0;
  for (const entry of entries.toSorted((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (entry.end > size) throw truncated(`${size} bytes of data`, `${entry.end} for tensor '${entry.name}'`);
    if (entry.begin !== reached)
      throw bad(`tensor '${entry.name}'`, `data from byte ${entry.begin}`, `from ${reached}`);
    reached = entry.end;
  }
  if (reached !== size) throw bad('file', `${size} bytes of data`, `${reached} as the header says`);
}

function metadataOf(notes: unknown): Readonly<Record<string, string>> {
  if (notes === undefined) return {};
  if (!isObject(notes) || !Object.values(notes).every((note) => typeof note === 'string')) {
    throw bad('__metadata__', 'other values', 'strings');
  }
  return notes as Record<string, string>;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSizes(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0);
}

function bad(what: string, got: string, expected: string): BioscanError {
  return new BioscanError('bad-file', `graph: safetensors ${what}, got ${got}, expected ${expected}`);
}

function truncated(got: string, expected: string): BioscanError {
  return new BioscanError('truncated', `graph: safetensors file, got ${got}, expected ${expected}`);
}
