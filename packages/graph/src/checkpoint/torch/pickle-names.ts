import { BioscanError } from '@bioscan/core';
import type { TorchDType } from './stored-tensor.js';

/** What a name stands for. Only these names are known; nothing of Python runs. */
export type NameRole =
  'dict' | 'namespace' | 'storage' | 'tensor' | 'parameter' | 'copy' | 'bytes' | 'device' | 'inert' | 'attribute';

const storages = {
  FloatStorage: 'float32',
  DoubleStorage: 'float64',
  HalfStorage: 'float16',
  BFloat16Storage: 'bfloat16',
  LongStorage: 'int64',
  IntStorage: 'int32',
  ShortStorage: 'int16',
  CharStorage: 'int8',
  ByteStorage: 'uint8',
  BoolStorage: 'bool',
} as const satisfies Record<string, TorchDType>;

const roles = new Map<string, NameRole>([
  ['collections.OrderedDict', 'dict'],
  ['argparse.Namespace', 'namespace'],
  ['torch._utils._rebuild_tensor_v2', 'tensor'],
  ['torch._utils._rebuild_parameter', 'parameter'],
  ['torch.Size', 'copy'],
  ['torch.device', 'device'],
  ['_codecs.encode', 'bytes'],
  ['torch.optim.lr_scheduler.OneCycleLR', 'inert'],
  ...['builtins', '__builtin__'].flatMap((module): [string, NameRole][] => [
    ...['set', 'frozenset', 'list', 'tuple'].map((name): [string, NameRole] => [`${module}.${name}`, 'copy']),
    [`${module}.bytes`, 'bytes'],
    [`${module}.bytearray`, 'bytes'],
    // Schedulers before PyTorch 2 kept a function of theirs: OneCycleLR._annealing_cos.
    [`${module}.getattr`, 'attribute'],
  ]),
  ...Object.keys(storages).map((name): [string, NameRole] => [`torch.${name}`, 'storage']),
  ...['float32', 'float64', 'float16', 'bfloat16', 'int64', 'int32', 'int16', 'int8', 'uint8', 'bool'].map(
    (name): [string, NameRole] => [`torch.${name}`, 'inert'],
  ),
]);

/** The role of `module.name`. @throws BioscanError `unsupported` for every other name */
export function roleOf(name: string): NameRole {
  const role = roles.get(name);
  if (role !== undefined) return role;
  const shown = name.length > 200 ? `${name.slice(0, 200)}…` : name;
  throw new BioscanError(
    'unsupported',
    `graph: torch checkpoint, got a Python object '${shown}', expected tensors, dicts, lists, scalars or a Namespace; save the state_dict alone`,
    { name: shown },
  );
}

/** Element type of a storage class such as `torch.FloatStorage`. */
export function storageType(name: string): TorchDType | undefined {
  return (storages as Readonly<Record<string, TorchDType | undefined>>)[name.slice('torch.'.length)];
}
