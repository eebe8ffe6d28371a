import type { BioscanError } from '@bioscan/core';
import type { PickleCursor } from './pickle-cursor.js';
import { roleOf, storageType } from './pickle-names.js';
import { StoredTensor, TorchStorage, type TorchDType } from './stored-tensor.js';
import { PickleDict, PickleName, type PickleItem } from './torch-value.js';

/** Finds the record behind a storage key. */
export type FindStorage = (key: string, dtype: TorchDType, length: number) => TorchStorage;

/** More axes than PyTorch itself allows are no tensor. */
const mostAxes = 64;

/** What calling a known name would give. The calls are described here one by one: nothing of Python is run. */
export function callName(cursor: PickleCursor, callee: PickleItem, args: PickleItem): PickleItem {
  if (!(callee instanceof PickleName)) throw cursor.bad('a call of no name', 'one');
  if (!Array.isArray(args)) throw cursor.bad(`arguments of ${callee.name} that are no tuple`, 'a tuple');
  const role = roleOf(callee.name);
  const refuse = (): BioscanError => cursor.bad(`unknown arguments of ${callee.name}`, 'those of torch.save');
  const [first] = args;
  switch (role) {
    case 'dict':
      if (args.length > 0) throw refuse();
      cursor.charge(250);
      return new PickleDict('OrderedDict');
    case 'tensor':
      return tensorOf(args) ?? fail(refuse());
    case 'parameter':
      return first instanceof StoredTensor ? first : fail(refuse());
    case 'copy':
      if (args.length === 0) return [];
      return args.length === 1 && Array.isArray(first) ? first : fail(refuse());
    case 'bytes':
      return bytesOf(cursor, args) ?? fail(refuse());
    case 'device':
      if (typeof first !== 'string') throw refuse();
      return args.length === 1 ? first : `${first.slice(0, 20)}:${String(typeof args[1] === 'number' ? args[1] : '')}`;
    case 'attribute':
      return attributeOf(args) ?? fail(refuse());
    case 'namespace':
    case 'storage':
    case 'inert':
      throw cursor.bad(`a call of ${callee.name}`, 'none');
    default:
      return role satisfies never;
  }
}

/** `cls.__new__(cls)`: only a Namespace is made so. */
export function newObject(cursor: PickleCursor, callee: PickleItem, args: PickleItem): PickleItem {
  if (!(callee instanceof PickleName)) throw cursor.bad('a new object of no class', 'a class');
  const role = roleOf(callee.name);
  if (!Array.isArray(args) || args.length > 0) throw cursor.bad(`arguments for a new ${callee.name}`, 'none');
  cursor.charge(250);
  if (role === 'namespace') return new PickleDict('Namespace');
  if (role === 'dict') return new PickleDict('OrderedDict');
  throw cursor.bad(`a new object of ${callee.name}`, 'a Namespace');
}

/** The attributes of a Namespace become its entries; those of an OrderedDict (`_metadata` of modules) are dropped. */
export function buildObject(cursor: PickleCursor, target: PickleItem, state: PickleItem): void {
  if (!(target instanceof PickleDict) || target.of === 'dict') throw cursor.bad('a state for no object', 'a Namespace');
  if (!(state instanceof PickleDict)) throw cursor.bad('a state that is no dict', 'a dict');
  if (target.of === 'OrderedDict') return;
  cursor.charge(60 * state.size);
  for (const [key, value] of state) target.set(key, value);
}

/** `('storage', class, key, location, length)`, the only kind of persistent id. */
export function storageOf(cursor: PickleCursor, id: PickleItem, find: FindStorage): TorchStorage {
  const [kind, type, key, location, length] = Array.isArray(id) && id.length === 5 ? id : [];
  const dtype = type instanceof PickleName ? storageType(type.name) : undefined;
  if (kind !== 'storage' || typeof key !== 'string' || typeof location !== 'string' || !isCount(length)) {
    throw cursor.bad('another persistent id', "('storage', class, key, location, length)");
  }
  if (dtype === undefined) throw cursor.bad('a storage of no known class', 'one such as torch.FloatStorage');
  cursor.charge(120);
  return find(key, dtype, length);
}

function tensorOf(args: readonly PickleItem[]): StoredTensor | undefined {
  const [storage, offset, shape, strides] = args;
  if (!(storage instanceof TorchStorage) || !isCount(offset) || args.length < 6 || args.length > 7) return undefined;
  if (!isCounts(shape) || !isCounts(strides) || shape.length !== strides.length) return undefined;
  const count = shape.reduce((product, size) => product * size, 1);
  return Number.isSafeInteger(count) ? new StoredTensor(storage, offset, shape, strides) : undefined;
}

/** Protocol 2 has no bytes: they come as text of code points below 256. */
function bytesOf(cursor: PickleCursor, args: readonly PickleItem[]): Uint8Array | undefined {
  const [value, encoding] = args;
  if (value === undefined) return new Uint8Array();
  if (value instanceof Uint8Array && args.length === 1) return value;
  if (typeof value !== 'string' || encoding !== 'latin1' || args.length > 2) return undefined;
  cursor.charge(64 + value.length);
  return Uint8Array.from({ length: value.length }, (_, i) => value.charCodeAt(i));
}

function attributeOf([owner, attribute]: readonly PickleItem[]): PickleName | undefined {
  if (!(owner instanceof PickleName) || owner.name !== 'torch.optim.lr_scheduler.OneCycleLR') return undefined;
  if (attribute !== '_annealing_cos' && attribute !== '_annealing_linear') return undefined;
  return new PickleName(`${owner.name}.${attribute}`);
}

function isCount(item: PickleItem | undefined): item is number {
  return typeof item === 'number' && Number.isSafeInteger(item) && item >= 0;
}

function isCounts(item: PickleItem | undefined): item is number[] {
  return Array.isArray(item) && item.length <= mostAxes && item.every(isCount);
}

function fail(error: BioscanError): never {
  throw error;
}
