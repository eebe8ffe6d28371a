import type { Graph, Node, Value } from '../graph.js';
import { reachable } from '../prune.js';
import { concreteShape } from '../shape.js';

/**
 * Floating-point operations of the convolutions and matrix products that some outputs need; a multiplication with its addition counts as two.
 * Elementwise work, normalisations and the update of the parameters are left out, as is usual.
 */
export function stepOperations(graph: Graph, outputs: Iterable<Value>): number {
  return reachable(graph, outputs).nodes.reduce((sum, node) => sum + 2 * multiplications(node), 0);
}

function multiplications(node: Node): number {
  const [output] = node.outputs;
  const [first, second] = node.inputs;
  if (output === undefined || first === undefined || second === undefined) return 0;
  switch (node.operator) {
    case 'MatMul':
      return size(output) * lastOf(first, 1);
    case 'Gemm':
    case 'FusedMatMul': {
      const { transA } = node.attributes as { readonly transA?: number };
      return size(output) * lastOf(first, transA === 1 ? 2 : 1);
    }
    case 'Conv':
      // Each result sums over one kernel of its group: (output channels, input channels of a group, …).
      return (size(output) * size(second)) / Math.max(1, lengthOf(second, 0));
    case 'ConvTranspose':
      return (size(first) * size(second)) / Math.max(1, lengthOf(second, 0));
    default:
      return 0;
  }
}

function size(value: Value): number {
  return concreteShape('operations', value.shape).reduce((product, length) => product * length, 1);
}

function lengthOf({ shape }: Value, axis: number): number {
  const length = shape[axis];
  return typeof length === 'number' ? length : 1;
}

function lastOf(value: Value, fromEnd: number): number {
  return lengthOf(value, value.shape.length - fromEnd);
}
