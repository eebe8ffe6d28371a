import { BioscanError } from '@bioscan/core';
import { decodeSafetensors } from './safetensors.js';
import { withoutModulePrefix, type StateDict, type StateTensor } from './state-dict.js';
import { bytesSource, type ByteSource } from './torch/byte-source.js';
import { decodeTorch, lookUp, stateDictOf } from './torch/decode-torch.js';
import type { TorchValue } from './torch/torch-value.js';

/** A file of weights: what was saved, and the weights of the model inside it. */
export interface WeightFile {
  readonly format: 'torch' | 'safetensors';
  readonly root: TorchValue;
  /** The state dict, without the `module.` of parallel training. */
  readonly state: StateDict;
}

/** Where training scripts put the model beside its optimiser. */
const places = ['model', 'state_dict', 'model_state_dict'];

/**
 * Reads .pt, .pth, .bin and .safetensors files; which of both formats it is, the first bytes say.
 * @throws BioscanError as the readers; `bad-file` when there is no dict of tensors
 */
export function decodeWeights(file: Uint8Array | ByteSource): WeightFile {
  const source = file instanceof Uint8Array ? bytesSource(file) : file;
  const start = source.read(0, Math.min(source.size, 9));
  // A zip file begins with PK, a safetensors file with the length of its header.
  const isSafetensors = start[8] === 0x7b && !(start[0] === 0x50 && start[1] === 0x4b);
  if (isSafetensors) {
    const { tensors } = decodeSafetensors(source.read(0, source.size));
    const root = new Map(
      Object.entries(tensors).map(([name, value]): [string, StateTensor] => [name, storedOf(value)]),
    );
    return { format: 'safetensors', root, state: withoutModulePrefix(root) };
  }
  const root = decodeTorch(source);
  const found = places.map((place) => stateDictOf(lookUp(root, place))).find((state) => state !== undefined);
  const state = found ?? stateDictOf(root);
  if (state !== undefined) return { format: 'torch', root, state: withoutModulePrefix(state) };
  throw new BioscanError(
    'bad-file',
    `graph: torch checkpoint, got no dict of tensors, expected one at the top or under ${places.join(', ')}`,
  );
}

function storedOf(value: ReturnType<StateTensor['read']>): StateTensor {
  return { dtype: value.dtype, shape: value.shape, read: () => value };
}
