import { BioscanError } from '@bioscan/core';
import { PickleCursor } from './pickle-cursor.js';
import { roleOf } from './pickle-names.js';
import { buildObject, callName, newObject, storageOf, type FindStorage } from './pickle-objects.js';
import { PickleDict, PickleName, type PickleItem } from './torch-value.js';

/** Opcodes that are refused, by the names that Python's pickletools gives them. */
const refused: Readonly<Record<string, string>> = {
  '0x92': 'NEWOBJ_EX',
  '0x82': 'EXT1',
  '0x83': 'EXT2',
  '0x84': 'EXT4',
  '0x97': 'NEXT_BUFFER',
  '0x98': 'READONLY_BUFFER',
  '0x69': 'INST',
  '0x6f': 'OBJ',
  '0x50': 'PERSID',
  '0x49': 'INT',
  '0x4c': 'LONG',
  '0x46': 'FLOAT',
  '0x53': 'STRING',
  '0x54': 'BINSTRING',
  '0x55': 'SHORT_BINSTRING',
  '0x56': 'UNICODE',
  '0x67': 'GET',
  '0x70': 'PUT',
  '0x6c': 'LIST',
  '0x64': 'DICT',
};

/**
 * Reads a pickle of protocol 2 to 5 as torch.save writes it: containers, scalars, and the few names of `pickle-names.ts`. Linear in its
 * bytes, iterative, and within a budget of memory.
 * @throws BioscanError `unsupported` for any other name or opcode, naming it; `bad-file` or `truncated`
 */
export function readPickle(bytes: Uint8Array, find: FindStorage): PickleItem {
  const machine = new PickleMachine(new PickleCursor(bytes), find);
  return machine.run();
}

class PickleMachine {
  readonly #cursor: PickleCursor;
  readonly #find: FindStorage;
  readonly #stack: PickleItem[] = [];
  readonly #marks: number[] = [];
  readonly #memo: (PickleItem | undefined)[] = [];

  constructor(cursor: PickleCursor, find: FindStorage) {
    this.#cursor = cursor;
    this.#find = find;
  }

  run(): PickleItem {
    const cursor = this.#cursor;
    if (cursor.byte() !== 0x80) throw cursor.bad('no protocol', 'a pickle of protocol 2 to 5');
    const protocol = cursor.byte();
    if (protocol < 2 || protocol > 5) throw cursor.bad(`protocol ${protocol}`, '2 to 5');
    for (;;) {
      const opcode = cursor.byte();
      if (opcode === 0x2e) break;
      if (!(this.#scalar(opcode) || this.#container(opcode) || this.#bookkeeping(opcode) || this.#object(opcode))) {
        throw this.#unknown(opcode);
      }
    }
    const result = this.#pop();
    if (this.#stack.length > 0 || !cursor.isAtEnd) throw cursor.bad('more after the end', 'one value');
    return result;
  }

  /** Numbers, text and bytes. */
  #scalar(opcode: number): boolean {
    const cursor = this.#cursor;
    switch (opcode) {
      case 0x4e: // NONE
        return this.#push(null);
      case 0x88: // NEWTRUE
        return this.#push(true);
      case 0x89: // NEWFALSE
        return this.#push(false);
      case 0x4a: // BININT
        return this.#push(cursor.signed());
      case 0x4b: // BININT1
        return this.#push(cursor.unsigned(1));
      case 0x4d: // BININT2
        return this.#push(cursor.unsigned(2));
      case 0x8a: // LONG1
        return this.#push(cursor.integer(cursor.unsigned(1)));
      case 0x8b: // LONG4
        return this.#push(cursor.integer(cursor.unsigned(4)));
      case 0x47: // BINFLOAT
        return this.#push(cursor.double());
      case 0x8c: // SHORT_BINUNICODE
        return this.#push(cursor.text(cursor.unsigned(1)));
      case 0x58: // BINUNICODE
        return this.#push(cursor.text(cursor.unsigned(4)));
      case 0x8d: // BINUNICODE8
        return this.#push(cursor.text(cursor.unsigned(8)));
      case 0x43: // SHORT_BINBYTES
        return this.#push(cursor.bytes(cursor.unsigned(1)));
      case 0x42: // BINBYTES
        return this.#push(cursor.bytes(cursor.unsigned(4)));
      case 0x8e: // BINBYTES8
      case 0x96: // BYTEARRAY8
        return this.#push(cursor.bytes(cursor.unsigned(8)));
      default:
        return false;
    }
  }

  /** Lists, tuples, sets and dicts. */
  #container(opcode: number): boolean {
    switch (opcode) {
      case 0x5d: // EMPTY_LIST
      case 0x8f: // EMPTY_SET
        return this.#pushList([]);
      case 0x29: // EMPTY_TUPLE
        return this.#pushList([]);
      case 0x85: // TUPLE1
      case 0x86: // TUPLE2
      case 0x87: // TUPLE3
        return this.#pushList(this.#take(opcode - 0x84));
      case 0x74: // TUPLE
      case 0x91: // FROZENSET
        return this.#pushList(this.#takeToMark());
      case 0x7d: // EMPTY_DICT
        this.#cursor.charge(250);
        return this.#push(new PickleDict('dict'));
      case 0x61: // APPEND
        return this.#append(this.#take(1));
      case 0x65: // APPENDS
      case 0x90: // ADDITEMS
        return this.#append(this.#takeToMark());
      case 0x73: // SETITEM
        return this.#set(this.#take(2));
      case 0x75: // SETITEMS
        return this.#set(this.#takeToMark());
      default:
        return false;
    }
  }

  /** Stack, marks, memo, frames. */
  #bookkeeping(opcode: number): boolean {
    const cursor = this.#cursor;
    switch (opcode) {
      case 0x28: // MARK
        cursor.charge(24);
        this.#marks.push(this.#stack.length);
        return true;
      case 0x30: // POP
        this.#pop();
        return true;
      case 0x31: // POP_MARK
        this.#takeToMark();
        return true;
      case 0x32: // DUP
        return this.#push(this.#top());
      case 0x71: // BINPUT
        return this.#remember(cursor.unsigned(1));
      case 0x72: // LONG_BINPUT
        return this.#remember(cursor.unsigned(4));
      case 0x94: // MEMOIZE
        return this.#remember(this.#memo.length);
      case 0x68: // BINGET
        return this.#push(this.#recall(cursor.unsigned(1)));
      case 0x6a: // LONG_BINGET
        return this.#push(this.#recall(cursor.unsigned(4)));
      case 0x95: // FRAME
        cursor.unsigned(8);
        return true;
      default:
        return false;
    }
  }

  /** Names and what is made of them. */
  #object(opcode: number): boolean {
    const cursor = this.#cursor;
    switch (opcode) {
      case 0x63: // GLOBAL
        return this.#pushName(cursor.line(), cursor.line());
      case 0x93: {
        // STACK_GLOBAL
        const [module, name] = this.#take(2);
        if (typeof module !== 'string' || typeof name !== 'string') throw cursor.bad('a name that is no text', 'text');
        return this.#pushName(module, name);
      }
      case 0x52: {
        // REDUCE
        const [callee = null, args = null] = this.#take(2);
        return this.#push(callName(cursor, callee, args));
      }
      case 0x81: {
        // NEWOBJ
        const [callee = null, args = null] = this.#take(2);
        return this.#push(newObject(cursor, callee, args));
      }
      case 0x62: {
        // BUILD
        const [state = null] = this.#take(1);
        buildObject(cursor, this.#top(), state);
        return true;
      }
      case 0x51: // BINPERSID
        return this.#push(storageOf(cursor, this.#pop(), this.#find));
      default:
        return false;
    }
  }

  #push(item: PickleItem): boolean {
    this.#cursor.charge(24);
    this.#stack.push(item);
    return true;
  }

  #pushList(items: PickleItem[]): boolean {
    this.#cursor.charge(64 + 8 * items.length);
    return this.#push(items);
  }

  #pushName(module: string, name: string): boolean {
    if (module.length + name.length > 400) throw this.#cursor.bad('an endless name', 'at most 400 letters');
    const full = `${module}.${name}`;
    roleOf(full);
    this.#cursor.charge(64);
    return this.#push(new PickleName(full));
  }

  #append(items: readonly PickleItem[]): boolean {
    const list = this.#top();
    if (!Array.isArray(list)) throw this.#cursor.bad('items for no list', 'a list');
    this.#cursor.charge(8 * items.length + 128);
    for (const item of items) list.push(item);
    return true;
  }

  #set(items: readonly PickleItem[]): boolean {
    const dict = this.#top();
    if (!(dict instanceof PickleDict)) throw this.#cursor.bad('entries for no dict', 'a dict');
    if (items.length % 2 !== 0) throw this.#cursor.bad('a key without a value', 'pairs');
    this.#cursor.charge(30 * items.length);
    for (let i = 0; i < items.length; i += 2) dict.set(items[i] as PickleItem, items[i + 1] as PickleItem);
    return true;
  }

  #top(): PickleItem {
    const top = this.#stack.at(-1);
    if (top === undefined || this.#stack.length === this.#marks.at(-1))
      throw this.#cursor.bad('an empty stack', 'a value');
    return top;
  }

  #pop(): PickleItem {
    const top = this.#top();
    this.#stack.pop();
    return top;
  }

  #take(count: number): PickleItem[] {
    if (this.#stack.length - (this.#marks.at(-1) ?? 0) < count)
      throw this.#cursor.bad('too short a stack', `${count} values`);
    return this.#stack.splice(this.#stack.length - count);
  }

  #takeToMark(): PickleItem[] {
    const mark = this.#marks.pop();
    if (mark === undefined) throw this.#cursor.bad('no mark', 'one');
    return this.#stack.splice(mark);
  }

  /** Python's picklers number the memo without gaps. */
  #remember(index: number): boolean {
    if (index > this.#memo.length) throw this.#cursor.bad(`memo index ${index}`, `at most ${this.#memo.length}`);
    // An array that grows holds its old elements and its new ones for a while.
    this.#cursor.charge(24);
    this.#memo[index] = this.#top();
    return true;
  }

  #recall(index: number): PickleItem {
    const item = this.#memo[index];
    if (item === undefined) throw this.#cursor.bad(`memo index ${index}`, `less than ${this.#memo.length}`);
    return item;
  }

  #unknown(opcode: number): BioscanError {
    const code = `0x${opcode.toString(16).padStart(2, '0')}`;
    const name = refused[code];
    return new BioscanError(
      'unsupported',
      `graph: torch checkpoint, got pickle opcode ${name === undefined ? code : `${name} (${code})`}, expected those that torch.save writes`,
      { opcode: code },
    );
  }
}
