import { BioscanError, tensor, type Tensor, type Tensors } from '@bioscan/core';
import type { Parameter } from '../graph.js';
import { sameShape, showShape } from '../shape.js';
import { floatsOf, type StateDict } from './state-dict.js';

/** Parameters as this library keeps them, and the names in the file that they came from. */
export interface ImportedParameters {
  readonly tensors: Tensors;
  readonly used: ReadonlySet<string>;
}

/**
 * Takes a tower's parameters from PyTorch's weights: linear weights are transposed to (inputs, outputs), convolutions of patches become such
 * matrices, tables (names with `embeddings`) stay. `nameOf` says where a parameter stands in the file. Default: under its own name.
 * @throws BioscanError `not-found` or `mismatch`, naming the tensor
 */
export function importParameters(
  parameters: readonly Pick<Parameter, 'name' | 'shape'>[],
  state: StateDict,
  nameOf: (parameter: string) => string = (name) => name,
): ImportedParameters {
  const tensors: Record<string, Tensor> = {};
  const used = new Set<string>();
  for (const { name, shape } of parameters) {
    const source = nameOf(name);
    const stored = state.get(source);
    if (stored === undefined) {
      throw new BioscanError(
        'not-found',
        `graph: the checkpoint has no tensor '${source}', expected ${showShape(shape)}`,
        {
          name: source,
        },
      );
    }
    const isMatrix = shape.length === 2 && !name.includes('embeddings');
    const expected = isMatrix ? shape.toReversed() : shape;
    const found = isMatrix ? [stored.shape[0] ?? 1, elementsAfterFirst(stored.shape)] : stored.shape;
    if (!sameShape(found, expected)) {
      throw new BioscanError(
        'mismatch',
        `graph: tensor '${source}' of the checkpoint, got ${showShape(stored.shape)}, expected ${showShape(expected)}`,
        { name: source },
      );
    }
    const values = floatsOf(source, stored);
    tensors[name] = isMatrix ? transposed(values.data, shape) : tensor('float32', shape, values.data);
    used.add(source);
  }
  return { tensors, used };
}

/** Number of layers whose tensors stand below `prefix` and an index; 0 when there are none. */
export function layerCount(state: StateDict, prefix: string): number {
  let count = 0;
  for (const name of state.keys()) {
    const index = name.startsWith(prefix) ? /^(\d{1,4})\./.exec(name.slice(prefix.length))?.[1] : undefined;
    if (index !== undefined) count = Math.max(count, Number(index) + 1);
  }
  return count;
}

function elementsAfterFirst(shape: readonly number[]): number {
  return shape.slice(1).reduce((product, size) => product * size, 1);
}

/** (outputs, inputs) as (inputs, outputs), in blocks that stay in the cache. */
function transposed(data: Float32Array, shape: readonly number[]): Tensor<'float32'> {
  const [inputs, outputs] = shape as [number, number];
  const result = new Float32Array(data.length);
  const block = 32;
  for (let i0 = 0; i0 < inputs; i0 += block) {
    for (let o0 = 0; o0 < outputs; o0 += block) {
      for (let i = i0; i < Math.min(inputs, i0 + block); i++) {
        for (let o = o0; o < Math.min(outputs, o0 + block); o++)
          result[i * outputs + o] = data[o * inputs + i] as number;
      }
    }
  }
  return tensor('float32', shape, result);
}
