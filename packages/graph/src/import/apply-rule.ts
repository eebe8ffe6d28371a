import { BioscanError } from '@bioscan/core';
import type { AttributeKind, OperatorName } from '../attributes.js';
import type { Value } from '../graph.js';
import type { Operator } from '../operator.js';
import { operators } from '../operators/table.js';
import type { NodeContext } from './node-context.js';
import { operatorLabel, type OnnxNode } from './onnx-model.js';

/** Attributes that change nothing here: older spellings, hints, and what only half precision and float8 know. */
const ignored: Readonly<Record<string, readonly string[]>> = {
  Cast: ['saturate'],
  LayerNormalization: ['stash_type'],
  GroupNormalization: ['stash_type'],
  MaxPool: ['storage_order'],
};

export function ruleOf({ operator, domain }: OnnxNode): Operator<OperatorName> | undefined {
  if (!Object.hasOwn(operators, operator)) return undefined;
  const rule = operators[operator as OperatorName] as Operator<OperatorName>;
  return rule.domain === domain ? rule : undefined;
}

/** Applies the rule of the node's operator; `inputs` replaces the file's inputs where an adapter has changed them. */
export function applyRule(
  context: NodeContext,
  inputs: readonly (Value | undefined)[] = context.node.inputs.map((name) => context.scope.optional(name)),
  attributes: OnnxNode['attributes'] = context.node.attributes,
): readonly Value[] {
  const { node, graph } = context;
  const rule = ruleOf(node);
  if (rule === undefined) {
    throw new BioscanError('unsupported', 'graph: unknown operator', { operator: operatorLabel(node) });
  }
  const trimmed = inputs.slice(0, inputs.findLastIndex((input) => input !== undefined) + 1);
  return graph.apply(node.operator as OperatorName, trimmed, attributesOf(node, rule, attributes));
}

function attributesOf(
  node: OnnxNode,
  rule: Operator<OperatorName>,
  given: OnnxNode['attributes'],
): Readonly<Record<string, unknown>> {
  const kinds = rule.attributes as Readonly<Record<string, AttributeKind>>;
  for (const [name, value] of Object.entries(given)) {
    if (ignored[node.operator]?.includes(name) === true) continue;
    const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
    if (kind !== undefined && isKind(kind, value)) continue;
    throw new BioscanError(
      'unsupported',
      `graph: attribute '${name}', got ${JSON.stringify(value)}, expected ${kind === undefined ? 'no such attribute' : `a value of kind ${kind}`}`,
    );
  }
  const known = Object.fromEntries(Object.entries(given).filter(([name]) => Object.hasOwn(kinds, name)));
  return { ...rule.defaults, ...known };
}

function isKind(kind: AttributeKind, value: unknown): boolean {
  switch (kind) {
    case 'int':
      return Number.isInteger(value);
    case 'float':
      return typeof value === 'number';
    case 'string':
      return typeof value === 'string';
    case 'ints':
      return Array.isArray(value) && value.every((item) => Number.isInteger(item));
    case 'tensor':
      return typeof value === 'object' && value !== null && 'dtype' in value;
    default:
      return kind satisfies never;
  }
}
