import { BioscanError, type DType } from '@bioscan/core';
import { numbersOf, type Content } from './content.js';
import { importedType } from './decode-tensor.js';
import type { OnnxNode } from './onnx-model.js';

/** @throws BioscanError `bad-file` when the attribute is no number */
export function intAttribute(node: OnnxNode, name: string, fallback?: number): number {
  const value = node.attributes[name] ?? fallback;
  if (typeof value === 'number') return value;
  throw new BioscanError('bad-file', `graph: attribute '${name}', got ${describe(value)}, expected a number`);
}

/** @throws BioscanError `bad-file` when the attribute is no list of numbers */
export function intsAttribute(node: OnnxNode, name: string): readonly number[] | undefined {
  const value = node.attributes[name];
  if (value === undefined) return undefined;
  if (Array.isArray(value) && value.every((item) => typeof item === 'number')) return value;
  throw new BioscanError('bad-file', `graph: attribute '${name}', got ${describe(value)}, expected a list of numbers`);
}

/** Axes, which are an attribute in older versions of an operator and an input in newer ones. */
export function axesOf(node: OnnxNode, input: Content | undefined): readonly number[] | undefined {
  return input === undefined ? intsAttribute(node, 'axes') : numbersOf('axes', input);
}

/** Element type that a Cast asks for; half precision is float32 here. */
export function castTarget(node: OnnxNode): DType {
  return importedType(`cast '${node.name}'`, intAttribute(node, 'to'));
}

function describe(value: unknown): string {
  return value === undefined ? 'none' : typeof value === 'object' ? 'another kind' : JSON.stringify(value);
}
