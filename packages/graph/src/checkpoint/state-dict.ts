import { BioscanError, fromFloat16, tensor, type Tensor } from '@bioscan/core';

/** A tensor of a file that is read when it is asked for. */
export interface StateTensor {
  /** As the file calls it in lower case: `float32`, `bfloat16`, … */
  readonly dtype: string;
  readonly shape: readonly number[];
  /** The values: bfloat16 becomes float32, int16 int32. Contiguous ones view the file where they are aligned. */
  read(): Tensor;
}

/** Weights of a model by name, whatever format they came in. */
export type StateDict = ReadonlyMap<string, StateTensor>;

/** Values as float32. @throws BioscanError `unsupported` for integers, naming the tensor */
export function floatsOf(name: string, stored: StateTensor): Tensor<'float32'> {
  const { dtype, shape, data } = stored.read();
  switch (dtype) {
    case 'float32':
      return tensor('float32', shape, data as Float32Array);
    case 'float64':
      return tensor('float32', shape, Float32Array.from(data as Float64Array));
    case 'float16':
      return tensor('float32', shape, fromFloat16(data as Uint16Array));
    case 'int8':
    case 'uint8':
    case 'int32':
    case 'int64':
    case 'bool':
      throw new BioscanError('unsupported', `graph: tensor '${name}', got ${dtype}, expected floats`, { name });
    default:
      return dtype satisfies never;
  }
}

/** The tensors whose names begin with the prefix, without it. */
export function below(state: StateDict, prefix: string): StateDict {
  const entries = [...state].filter(([name]) => name.startsWith(prefix));
  return new Map(entries.map(([name, value]) => [name.slice(prefix.length), value]));
}

/** Without the `module.` that DataParallel puts before every name, if every name has it. */
export function withoutModulePrefix(state: StateDict): StateDict {
  const inner = below(state, 'module.');
  return inner.size === state.size ? inner : state;
}
