import type { StateTensor } from '../state-dict.js';
import { StoredTensor, TorchStorage } from './stored-tensor.js';

/** The name of a Python object that is never built, such as `torch.float32`. */
export interface TorchName {
  readonly name: string;
}

/**
 * What Python saved. Dicts, OrderedDicts and Namespaces are Maps; lists, tuples, sets and torch.Size are arrays; integers beyond 2^53 are
 * bigints; a torch.device is its name as text.
 */
export type TorchValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | TorchName
  | StateTensor
  | readonly TorchValue[]
  | ReadonlyMap<TorchValue, TorchValue>;

/** A name on the pickle's stack: nothing is looked up behind it. */
export class PickleName implements TorchName {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/** A dict, an OrderedDict or a Namespace on the pickle's stack. */
export class PickleDict extends Map<PickleItem, PickleItem> {
  readonly of: 'dict' | 'OrderedDict' | 'Namespace';

  constructor(of: PickleDict['of']) {
    super();
    this.of = of;
  }
}

/** Anything on the pickle's stack. */
export type PickleItem =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | PickleName
  | PickleDict
  | TorchStorage
  | StoredTensor
  | PickleItem[];
