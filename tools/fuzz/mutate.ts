import type { Rng } from '@bioscan/core';

const telling = [0, 1, 2, 0x7f, 0x80, 0xfe, 0xff] as const;
const edits = ['flip', 'set', 'insert', 'remove', 'repeat', 'swap', 'cut', 'splice', 'digits', 'varint'] as const;
/** Edits that leave lengths alone get deeper into a reader. */
const inPlace = ['flip', 'set', 'digits'] as const;

/** A file with one to eight edits: bits, bytes, runs, lengths, digits, pieces of another file. The same rng gives the same mutant. */
export function mutate(seeds: readonly Uint8Array[], random: Rng): Uint8Array {
  let bytes = pick(seeds, random);
  const count = 1 + random.integer(random.uniform() < 0.8 ? 2 : 8);
  for (let i = 0; i < count; i++)
    bytes = edit(bytes, pick(random.uniform() < 0.6 ? inPlace : edits, random), seeds, random);
  return bytes;
}

function edit(bytes: Uint8Array, kind: (typeof edits)[number], seeds: readonly Uint8Array[], random: Rng): Uint8Array {
  const at = random.integer(bytes.length + 1);
  const run = 1 + random.integer(random.uniform() < 0.8 ? 16 : 4096);
  switch (kind) {
    case 'flip':
      return replaced(bytes, at, Uint8Array.of((bytes[at] ?? 0) ^ (1 << random.integer(8))));
    case 'set':
      return replaced(bytes, at, Uint8Array.of(pick(telling, random)));
    case 'insert':
      return joined(
        bytes.subarray(0, at),
        Uint8Array.from({ length: Math.min(run, 32) }, () => random.integer(256)),
        bytes.subarray(at),
      );
    case 'remove':
      return joined(bytes.subarray(0, at), bytes.subarray(at + run));
    case 'repeat':
      return joined(bytes.subarray(0, at + run), bytes.subarray(at));
    case 'swap': {
      const other = random.integer(bytes.length + 1);
      return replaced(replaced(bytes, at, bytes.slice(other, other + run)), other, bytes.slice(at, at + run));
    }
    case 'cut':
      return random.uniform() < 0.3 ? bytes.slice(0, at) : bytes;
    case 'splice': {
      const other = pick(seeds, random);
      const from = random.integer(other.length + 1);
      return joined(bytes.subarray(0, at), other.subarray(from, from + run), bytes.subarray(at));
    }
    case 'digits':
      return replaced(bytes, nextDigit(bytes, at), Uint8Array.of(0x30 + random.integer(10)));
    case 'varint':
      return replaced(
        bytes,
        at,
        Uint8Array.from({ length: 1 + random.integer(10) }, (_, i) => (i < 9 ? 0x80 | random.integer(128) : 1)),
      );
    default:
      return kind satisfies never;
  }
}

function nextDigit(bytes: Uint8Array, from: number): number {
  const found = bytes.subarray(from).findIndex((byte) => byte >= 0x30 && byte <= 0x39);
  return found < 0 ? from : from + found;
}

function replaced(bytes: Uint8Array, at: number, by: Uint8Array): Uint8Array {
  const copy = bytes.slice();
  copy.set(by.subarray(0, Math.max(0, copy.length - at)), Math.min(at, copy.length));
  return copy;
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function pick<Item>(items: readonly Item[], random: Rng): Item {
  return items[random.integer(items.length)] as Item;
}
