import { BioscanError, type ValueSpec } from '@bioscan/core';
import type { Value } from '../graph.js';
import { showShape } from '../shape.js';
import type { Values } from '../tower.js';
import type { OnnxModel } from './onnx-model.js';

/**
 * The given values by the names of the model's inputs, held against what the file declares. Symbols of the file take the given sizes.
 * @throws BioscanError `not-found` for an input that is needed and not given, `mismatch` for another type or size
 */
export function bindInputs(
  model: OnnxModel,
  inputs: Values,
  needed: ReadonlySet<string>,
): readonly (readonly [string, Value])[] {
  const expected = model.inputs.map(({ name }) => `'${name}'`).join(', ');
  for (const name of Object.keys(inputs)) {
    if (model.inputs.some((spec) => spec.name === name)) continue;
    throw new BioscanError('not-found', `graph: input '${name}', got no such input, expected ${expected}`, { name });
  }
  const sizes = new Map<string, Value['shape'][number]>();
  return model.inputs.flatMap((spec) => {
    const value = Object.hasOwn(inputs, spec.name) ? inputs[spec.name] : undefined;
    if (value === undefined) {
      if (!needed.has(spec.name)) return [];
      throw new BioscanError(
        'not-found',
        `graph: input '${spec.name}', got no value, expected one for each of ${expected}`,
        {
          name: spec.name,
        },
      );
    }
    checkInput(spec, value, sizes);
    return [[spec.name, value] as const];
  });
}

function checkInput(spec: ValueSpec, value: Value, sizes: Map<string, Value['shape'][number]>): void {
  const { name, dtype, shape } = spec;
  const fits = shape.every((expected, axis) => {
    const got = value.shape[axis];
    if (got === undefined) return false;
    if (typeof expected === 'number') return got === expected;
    const bound = sizes.get(expected) ?? got;
    sizes.set(expected, bound);
    return bound === got;
  });
  // A file that declares no shape reads as ().
  if (dtype === value.dtype && fits && (shape.length === value.shape.length || shape.length === 0)) return;
  const fix = typeof shape[0] === 'number' && shape[0] !== value.shape[0] ? '; export it with a dynamic batch' : '';
  throw new BioscanError(
    'mismatch',
    `graph: input '${name}', got ${value.dtype} ${showShape(value.shape)}, expected ${dtype} ${showShape(shape)}${fix}`,
    { name },
  );
}
