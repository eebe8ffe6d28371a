import type { OperatorName } from '../attributes.js';
import type { Node, Value } from '../graph.js';

/** The node that makes a value, if it is one of this operator. */
export function made<Name extends OperatorName>(value: Value | undefined, operator: Name): Node<Name> | undefined {
  const node = value === undefined ? undefined : value.graph.producer(value);
  return node?.operator === operator ? (node as Node<Name>) : undefined;
}
