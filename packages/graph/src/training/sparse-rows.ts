import { BioscanError } from '@bioscan/core';
import { concat, reshape } from '../functions/layout.js';
import { cast } from '../functions/elementwise.js';
import type { Graph, Node, Value } from '../graph.js';
import { reachable } from '../prune.js';
import { concreteShape, productOf } from '../shape.js';

/** The lookups of a table: `lookups` are values whose slopes are slopes of the table's rows. */
export interface TableLookups {
  readonly name: string;
  readonly table: Value;
  readonly lookups: readonly { readonly indices: Value; readonly found: Value }[];
}

/** Slopes of rows: values (count, …) and the row of each, int64 (count). */
export interface RowSlopes {
  readonly indices: Value;
  readonly slopes: Value;
  readonly count: number;
}

/**
 * Finds the lookups of a table before differentiation.
 * @throws BioscanError `unsupported` when something else than a lookup along the first axis reads the table
 */
export function tableLookups(graph: Graph, name: string, table: Value, loss: Value): TableLookups {
  const readers = reachable(graph, [loss]).nodes.filter((node) => node.inputs.includes(table));
  const lookups = readers.map((node) => {
    const [read, indices] = node.inputs;
    if (read === table && indices !== undefined && indices !== table && isRowGather(node)) {
      return { indices, found: node.outputs[0] as Value };
    }
    throw new BioscanError(
      'unsupported',
      `graph: sparse parameter '${name}', got read by ${node.operator}, expected table lookups (Gather on axis 0) only; leave it dense`,
      { name },
    );
  });
  return { name, table, lookups };
}

/** The slopes of all lookups, one below the other; undefined when the loss depends on none. */
export function rowSlopes({ table, lookups }: TableLookups, slopes: ReadonlyMap<Value, Value>): RowSlopes | undefined {
  const rest = concreteShape('sparse parameter', table.shape.slice(1));
  const parts = lookups.flatMap(({ indices, found }) => {
    const slope = slopes.get(found);
    if (slope === undefined) return [];
    const count = concreteShape('lookup', [productOf(indices.shape)])[0] as number;
    return [{ indices: cast(reshape(indices, [count]), 'int64'), slope: reshape(slope, [count, ...rest]), count }];
  });
  if (parts.length === 0) return undefined;
  const joined = (values: readonly Value[]): Value => (values.length === 1 ? (values[0] as Value) : concat(values, 0));
  return {
    indices: joined(parts.map((part) => part.indices)),
    slopes: joined(parts.map((part) => part.slope)),
    count: parts.reduce((sum, part) => sum + part.count, 0),
  };
}

function isRowGather(node: Node): boolean {
  return node.operator === 'Gather' && (node as Node<'Gather'>).attributes.axis === 0;
}
