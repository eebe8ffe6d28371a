import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { isBioscanError } from '@bioscan/core';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeTorch, floatsOf, lookUp, stateDictOf, type StateTensor, type TorchValue } from '../src/index.js';

const folder = new URL('../../../fixtures/checkpoints/', import.meta.url);
const fixture = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(name, folder)));

interface Golden {
  readonly values: Readonly<Record<string, { readonly shape: readonly number[]; readonly data: readonly number[] }>>;
}
const golden = JSON.parse(readFileSync(new URL('golden.json', folder), 'utf8')) as Golden;

function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (isBioscanError(error)) return error.code;
    throw error;
  }
  return 'none';
}

/** Every tensor of the value, read and compared with what Python says it holds. */
function compare(value: TorchValue): number {
  const groups: [string, string][] = [
    ['views', ''],
    ['kinds', ''],
    ['module', 'module.'],
  ];
  let compared = 0;
  for (const [group, prefix] of groups) {
    for (const [name, stored] of stateDictOf(lookUp(value, group)) ?? []) {
      const expected = golden.values[prefix + name];
      const { shape, data, dtype } = stored.read();
      const numbers = dtype === 'float16' ? floatsOf(name, stored).data : data;
      expect(shape, name).toEqual(expected?.shape);
      expect(Array.from(numbers, Number), name).toEqual(expected?.data);
      compared++;
    }
  }
  return compared;
}

/** A zip of stored entries, as small as the format allows. */
function zip(entries: Readonly<Record<string, Uint8Array>>): Uint8Array<ArrayBuffer> {
  const parts: Buffer[] = [];
  const listed: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of Object.entries(entries)) {
    const local = Buffer.alloc(30 + name.length);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(name.length, 26);
    local.write(name, 30);
    const central = Buffer.alloc(46 + name.length);
    central.writeUInt32LE(0x02014b50, 0);
    central.writeUInt32LE(content.length, 20);
    central.writeUInt32LE(content.length, 24);
    central.writeUInt16LE(name.length, 28);
    central.writeUInt32LE(offset, 42);
    central.write(name, 46);
    listed.push(central);
    parts.push(local, Buffer.from(content));
    offset += local.length + content.length;
  }
  const directory = Buffer.concat(listed);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(listed.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return new Uint8Array(Buffer.concat([...parts, directory, end]));
}

/** A checkpoint whose pickle is these opcodes after `PROTO 4`; text is written as a name line. */
function pickled(...opcodes: (number | string)[]): Uint8Array {
  const bytes = opcodes.flatMap((opcode) => (typeof opcode === 'number' ? [opcode] : [...Buffer.from(opcode)]));
  return zip({ 'a/data.pkl': Uint8Array.from([0x80, 4, ...bytes]), 'a/data/0': new Uint8Array(8) });
}

/** Opcodes of a float32 tensor over storage '0' of `length`. */
function tensorOf(length: number, offset: number, shape: number[], strides: number[]): (number | string)[] {
  const tuple = (sizes: number[]): number[] => [0x28, ...sizes.flatMap((size) => [0x4b, size]), 0x74];
  const text = (word: string): (number | string)[] => [0x8c, word.length, word];
  return [
    ...[0x63, 'torch._utils\n_rebuild_tensor_v2\n', 0x28, 0x28, ...text('storage'), 0x63, 'torch\nFloatStorage\n'],
    ...[...text('0'), ...text('cpu'), 0x4b, length, 0x74, 0x51, 0x4b, offset, ...tuple(shape), ...tuple(strides)],
    ...[0x89, 0x7d, 0x74, 0x52],
  ];
}

describe('PyTorch checkpoints', () => {
  it.each(['values-2.pt', 'values-3.pt', 'values-4.pt', 'values-5.pt', 'big-endian.pt', 'zip64.pt'])(
    'reads %s as Python saved it',
    (name) => {
      const value = decodeTorch(fixture(name));
      expect(compare(value)).toBe(23);
      expect([...(lookUp(value, 'plain') as Map<TorchValue, TorchValue>)]).toEqual([
        ['none', null],
        ['yes', true],
        ['no', false],
        ['small', -3],
        ['big', 2 ** 40],
        ['huge', -(2n ** 80n)],
        ['half', 0.5],
        [7, 'seven'],
      ]);
      expect(lookUp(value, 'text')).toBe('Käfer 🐞');
      expect(lookUp(value, 'bytes')).toEqual(Uint8Array.of(0, 255, 97, 98, 99));
      expect(lookUp(value, 'nothing')).toEqual(new Uint8Array());
      expect(lookUp(value, 'list')).toEqual([1, [2, []], [3, 4]]);
      expect([lookUp(value, 'set'), lookUp(value, 'frozen'), lookUp(value, 'size')]).toEqual([[5], [6], [2, 3]]);
      expect([...(lookUp(value, 'ordered') as Map<string, number>)]).toEqual([
        ['b', 1],
        ['a', 2],
      ]);
      expect(lookUp(value, 'config', 'k_mer')).toBe(4);
      expect(lookUp(value, 'config', 'none')).toBeNull();
      expect(lookUp(value, 'device')).toBe('cpu');
      expect(lookUp(value, 'dtype')).toMatchObject({ name: 'torch.float16' });
      expect((lookUp(value, 'parameter') as StateTensor).read().data).toEqual(Float32Array.of(1, -2));
      expect(lookUp(value, 'config', 'absent', 'deeper')).toBeUndefined();
    },
  );

  it('views what is contiguous and copies what is not', () => {
    const bytes = fixture('values-2.pt');
    const views = stateDictOf(lookUp(decodeTorch(bytes), 'views'));
    expect(views?.get('whole')?.read().data.buffer).toBe(bytes.buffer);
    expect(views?.get('tail')?.read().data.buffer).toBe(bytes.buffer);
    expect(views?.get('transposed')?.read().data.buffer).not.toBe(bytes.buffer);
  });

  it('reads from an open file no more than it is asked for', () => {
    const file = openSync(new URL('barcodebert-current.pt', folder), 'r');
    let read = 0;
    const { size } = fstatSync(file);
    const source = {
      size,
      read(offset: number, length: number): Uint8Array {
        const bytes = new Uint8Array(length);
        readSync(file, bytes, 0, length, offset);
        read += length;
        return bytes;
      },
    };
    const state = stateDictOf(lookUp(decodeTorch(source), 'model'));
    expect(state?.size).toBe(39);
    // The zip's directory and the pickle, and at most 64 KiB while looking for the directory's end.
    expect(read).toBeLessThan(0x10000 + 30_000);
    const before = read;
    expect(state?.get('module.classifier.bias')?.read().shape).toEqual([64]);
    expect(read - before).toBe(4 * 64);
    closeSync(file);
  });

  it('knows the scheduler that PyTorch 1 pickled with a function of its own', () => {
    expect(lookUp(decodeTorch(fixture('old-scheduler.pt')), 'f')).toMatchObject({
      name: 'torch.optim.lr_scheduler.OneCycleLR._annealing_cos',
    });
  });

  it.each([
    ['evil.pt', 'posix.system'],
    ['legacy.pt', 'before 1.6'],
    ['script.pt', 'TorchScript'],
    ['expanded.pt', '.contiguous()'],
    ['bert-small.safetensors', 'no zip file'],
  ])('refuses %s and says why', (name, reason) => {
    expect(() => decodeTorch(fixture(name))).toThrow(reason);
    expect(codeOf(() => decodeTorch(fixture(name)))).toMatch(/unsupported|bad-file/);
  });
});

describe('hostile checkpoints', () => {
  const stop = 0x2e;
  it('reads the smallest one', () => {
    expect(decodeTorch(pickled(0x4b, 7, stop))).toBe(7);
    const value = decodeTorch(pickled(0x5d, ...tensorOf(2, 0, [2], [1]), 0x61, stop)) as StateTensor[];
    expect(value[0]?.read().data).toEqual(new Float32Array(2));
  });

  it.each<[string, Uint8Array, RegExp]>([
    ['an unknown name', pickled(0x63, 'os\nsystem\n', stop), /'os.system'/],
    ['an unknown name of the stack', pickled(0x8c, 2, 'os', 0x8c, 4, 'exec', 0x93, stop), /'os.exec'/],
    [
      'getattr of something else',
      pickled(0x63, 'builtins\ngetattr\n', 0x63, 'torch\nSize\n', 0x8c, 1, 'x', 0x86, 0x52, stop),
      /getattr/,
    ],
    ['an instance', pickled(0x28, 0x69, 'os\nsystem\n', stop), /INST/],
    ['an extension', pickled(0x82, 1, stop), /EXT1/],
    [
      'a call of a storage class',
      pickled(0x63, 'torch\nFloatStorage\n', 0x29, 0x52, stop),
      /a call of torch.FloatStorage/,
    ],
    ['a call of a number', pickled(0x4b, 1, 0x29, 0x52, stop), /a call of no name/],
    ['a new dict with a state', pickled(0x7d, 0x7d, 0x62, stop), /a state for no object/],
    ['text beyond the file', pickled(0x58, 255, 255, 255, 127, stop), /more bytes/],
    ['a long of a gigabyte', pickled(0x8b, 0, 0, 0, 64, stop), /an integer of 1073741824 bytes/],
    ['a memo beyond its end', pickled(0x4b, 1, 0x72, 255, 255, 255, 0, stop), /memo index/],
    ['an unknown memo', pickled(0x68, 3, stop), /memo index 3/],
    ['no value', pickled(stop), /an empty stack/],
    ['two values', pickled(0x4e, 0x4e, stop), /more after the end/],
    ['no end', pickled(0x4e), /more bytes/],
    ['a key without a value', pickled(0x7d, 0x28, 0x4e, 0x75, stop), /a key without a value/],
    ['a bare storage', pickled(...tensorOf(2, 0, [2], [1]).slice(2, 20)), /graph: torch checkpoint/],
    [
      'a deep list',
      pickled(...new Array<number>(500).fill(0x5d), ...new Array<number>(499).fill(0x61), stop),
      /more than 100 levels/,
    ],
    ['a million lists', pickled(']'.repeat(1_000_000), stop), /builds more than/],
    [
      'a tensor beyond its storage',
      pickled(0x5d, ...tensorOf(2, 1, [2], [1]), 0x61, stop),
      /tensor '0' of \(2\).*expected more/,
    ],
    ['strides beyond the storage', pickled(0x5d, ...tensorOf(2, 0, [2], [2]), 0x61, stop), /strides \(2\)/],
    ['a storage of another length', pickled(0x5d, ...tensorOf(3, 0, [2], [1]), 0x61, stop), /got 8 bytes in record/],
    ['a view that repeats', pickled(0x5d, ...tensorOf(2, 0, [200], [0]), 0x61, stop), /save it after .contiguous/],
  ])('refuses %s', (_name, bytes, message) => {
    expect(() => decodeTorch(bytes)).toThrow(message);
    expect(codeOf(() => decodeTorch(bytes))).not.toBe('none');
  });

  it('does not follow a value that holds itself', () => {
    expect(Array.isArray(decodeTorch(pickled(0x5d, 0x94, 0x68, 0, 0x61, stop)))).toBe(true);
  });

  it('refuses archives that overlap, compress, encrypt or lie about their size', () => {
    const valid = pickled(0x4e, stop);
    const central = valid.findIndex((byte, i) => byte === 0x50 && valid[i + 2] === 1 && valid[i + 3] === 2);
    const changed = (at: number, value: number): Uint8Array => valid.map((byte, i) => (i === at ? value : byte));
    expect(codeOf(() => decodeTorch(valid))).toBe('none');
    expect(() => decodeTorch(changed(central + 10, 8))).toThrow('compression method 8');
    expect(() => decodeTorch(changed(central + 8, 1))).toThrow('encryption');
    expect(() => decodeTorch(changed(central + 20, 99))).toThrow('stored bytes');
    expect(() => decodeTorch(changed(central + 42, 3))).toThrow('local header');
    expect(() => decodeTorch(changed(valid.length - 12, 9))).toThrow(/entries in|no entry/);
    const both = changed(central + 20, 60).map((byte, i) => (i === central + 24 ? 60 : byte));
    expect(() => decodeTorch(both)).toThrow('an end before');
    expect(codeOf(() => decodeTorch(valid.subarray(0, valid.length - 1)))).toBe('truncated');
    expect(() => decodeTorch(zip({ 'a/data.pkl': Uint8Array.of(0x80), 'b/data.pkl': Uint8Array.of(0x80) }))).toThrow(
      "2 entries 'data.pkl'",
    );
  });

  it('throws nothing but a BioscanError on mutated files', () => {
    const files = ['values-2.pt', 'values-4.pt', 'zip64.pt'].map(fixture);
    let refused = 0;
    const mutation = fc.tuple(fc.nat(2), fc.nat(0xffff), fc.integer({ min: 1, max: 255 }), fc.nat(0xffff));
    fc.assert(
      fc.property(mutation, ([which, at, change, cut]) => {
        const file = files[which] as Uint8Array;
        const mutant = file.slice(0, cut % 5 === 0 ? cut % file.length : file.length);
        if (mutant.length > 0) mutant[at % mutant.length] = (mutant[at % mutant.length] as number) ^ change;
        if (codeOf(() => decodeTorch(mutant)) !== 'none') refused++;
      }),
      { numRuns: 3000, seed: 5 },
    );
    expect(refused).toBeGreaterThan(1000);
  });
});
