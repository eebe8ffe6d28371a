import { BioscanError } from '@bioscan/core';
import { readWithin, type ByteSource } from './byte-source.js';

/** Where an entry's bytes lie in the file. */
export interface StoredEntry {
  readonly name: string;
  readonly offset: number;
  readonly size: number;
}

interface DirectoryEntry {
  readonly name: string;
  readonly header: number;
  readonly size: number;
}

interface Directory {
  readonly offset: number;
  readonly size: number;
  readonly count: number;
}

/** More is no list of tensors: a checkpoint of 100,000 needs a tenth of it. */
const largestDirectory = 64 * 1024 * 1024;

/**
 * Entries of a zip file that are stored, by name. A reader of its own, since PyTorch never compresses: nothing is inflated, so that there
 * are no bombs; entries are views at known offsets, so that nothing is copied; a compressed, encrypted or overlapping entry is refused.
 * Checksums are not verified, as PyTorch does not.
 */
export function storedEntries(source: ByteSource): ReadonlyMap<string, StoredEntry> {
  const directory = findDirectory(source);
  const listed = readDirectory(source, directory).sort((a, b) => a.header - b.header);
  const entries = new Map<string, StoredEntry>();
  for (const [i, entry] of listed.entries()) {
    const offset = dataOffset(source, entry);
    const next = listed[i + 1]?.header ?? directory.offset;
    if (offset + entry.size > next) {
      throw bad(`entry '${shown(entry.name)}'`, `bytes up to ${offset + entry.size}`, `an end before ${next}`);
    }
    if (entries.has(entry.name)) throw bad(`entry '${shown(entry.name)}'`, 'the name twice', 'it once');
    entries.set(entry.name, { name: entry.name, offset, size: entry.size });
  }
  return entries;
}

function findDirectory(source: ByteSource): Directory {
  const length = Math.min(source.size, 22 + 0xffff);
  const tail = readWithin(source, source.size - length, length, 'the end of the zip file');
  for (let at = length - 22; at >= 0; at--) {
    if (tail.getUint32(at, true) !== 0x06054b50 || at + 22 + tail.getUint16(at + 20, true) !== length) continue;
    const end = source.size - length + at;
    const directory = wideDirectory(source, end) ?? {
      count: tail.getUint16(at + 10, true),
      size: tail.getUint32(at + 12, true),
      offset: tail.getUint32(at + 16, true),
    };
    return checkDirectory(directory, end);
  }
  throw new BioscanError('truncated', 'graph: torch checkpoint, got no zip directory at its end, expected one');
}

/** The zip64 record, if a locator stands before the end record. */
function wideDirectory(source: ByteSource, end: number): Directory | undefined {
  if (end < 20) return undefined;
  const locator = readWithin(source, end - 20, 20, 'the zip64 locator');
  if (locator.getUint32(0, true) !== 0x07064b50) return undefined;
  const record = readWithin(source, wide(locator, 8), 56, 'the zip64 record');
  if (record.getUint32(0, true) !== 0x06064b50) throw bad('zip64 record', 'another signature', 'its own');
  return { count: wide(record, 32), size: wide(record, 40), offset: wide(record, 48) };
}

function checkDirectory(directory: Directory, end: number): Directory {
  const { offset, size, count } = directory;
  if (offset + size > end) throw bad('zip directory', `bytes ${offset} to ${offset + size}`, `an end before ${end}`);
  if (size > largestDirectory) throw bad('zip directory', `${size} bytes`, `at most ${largestDirectory}`);
  if (count * 46 > size) throw bad('zip directory', `${count} entries in ${size} bytes`, 'at least 46 bytes each');
  return directory;
}

function readDirectory(source: ByteSource, { offset, size, count }: Directory): DirectoryEntry[] {
  const view = readWithin(source, offset, size, 'the zip directory');
  const entries: DirectoryEntry[] = [];
  let at = 0;
  for (let i = 0; i < count; i++) {
    if (at + 46 > size || view.getUint32(at, true) !== 0x02014b50) throw bad('zip directory', 'no entry', `${count}`);
    const [nameLength, extraLength, noteLength] = [28, 30, 32].map((field) => view.getUint16(at + field, true)) as [
      number,
      number,
      number,
    ];
    const next = at + 46 + nameLength + extraLength + noteLength;
    if (next > size) throw bad('zip directory', `an entry up to byte ${next}`, `at most ${size}`);
    entries.push(directoryEntry(view, at, nameLength, extraLength));
    at = next;
  }
  return entries;
}

function directoryEntry(view: DataView, at: number, nameLength: number, extraLength: number): DirectoryEntry {
  const name = text(view, at + 46, nameLength);
  const what = `entry '${shown(name)}'`;
  const flags = view.getUint16(at + 8, true);
  const method = view.getUint16(at + 10, true);
  if ((flags & 0x2041) !== 0) throw unsupported(what, 'encryption', 'none');
  if (method !== 0)
    throw unsupported(
      what,
      `compression method ${method}`,
      'stored bytes, as torch.save writes them; of a TorchScript program save the state_dict',
    );
  // Zip64 keeps what does not fit, in this order: size, stored size, header offset.
  const fields = [24, 20, 42].map((field) => view.getUint32(at + field, true));
  const extra = wideFields(view, at + 46 + nameLength, extraLength);
  const [size, stored, header] = fields.map((field) => {
    if (field !== 0xffffffff) return field;
    const value = extra.shift();
    if (value === undefined) throw bad(what, 'no zip64 field', 'one for each size that does not fit');
    return value;
  }) as [number, number, number];
  if (size !== stored) throw bad(what, `${stored} stored bytes`, `${size}`);
  return { name, header, size };
}

function wideFields(view: DataView, start: number, length: number): number[] {
  for (let at = start; at + 4 <= start + length;) {
    const [id, size] = [view.getUint16(at, true), view.getUint16(at + 2, true)];
    if (id === 1 && at + 4 + size <= start + length) {
      return Array.from({ length: Math.min(3, size >> 3) }, (_, i) => wide(view, at + 4 + 8 * i));
    }
    at += 4 + size;
  }
  return [];
}

/** The local header must agree with the directory; its length says where the bytes begin. */
function dataOffset(source: ByteSource, { name, header }: DirectoryEntry): number {
  const what = `entry '${shown(name)}'`;
  const view = readWithin(source, header, 30, what);
  if (view.getUint32(0, true) !== 0x04034b50) throw bad(what, 'no local header', `one at byte ${header}`);
  const nameLength = view.getUint16(26, true);
  if (text(readWithin(source, header + 30, nameLength, what), 0, nameLength) !== name) {
    throw bad(what, 'another name in its local header', 'the same');
  }
  return header + 30 + nameLength + view.getUint16(28, true);
}

function wide(view: DataView, at: number): number {
  const value = Number(view.getBigUint64(at, true));
  if (!Number.isSafeInteger(value)) throw bad('zip64 field', `${value}`, 'less than 2^53');
  return value;
}

function text(view: DataView, at: number, length: number): string {
  return new TextDecoder().decode(new Uint8Array(view.buffer as ArrayBuffer, view.byteOffset + at, length));
}

/** A name for a message, however long it is. */
function shown(name: string): string {
  return name.length > 100 ? `${name.slice(0, 100)}…` : name;
}

function bad(what: string, got: string, expected: string): BioscanError {
  return new BioscanError('bad-file', `graph: torch checkpoint, ${what}, got ${got}, expected ${expected}`);
}

function unsupported(what: string, got: string, expected: string): BioscanError {
  return new BioscanError('unsupported', `graph: torch checkpoint, ${what}, got ${got}, expected ${expected}`);
}
