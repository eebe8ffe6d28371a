import { BioscanError } from '@bioscan/core';
import type { OnnxNode } from './onnx-model.js';

/**
 * Nodes in an order in which they can run; files should be in one, some are not.
 * @throws BioscanError `bad-file` for a cycle, a value made twice or never, naming the node
 */
export function sortNodes(nodes: readonly OnnxNode[], given: ReadonlySet<string>): readonly OnnxNode[] {
  const makers = new Map<string, number>();
  nodes.forEach((node, i) => {
    for (const output of node.outputs) {
      if (output === '') continue;
      if (makers.has(output) || given.has(output)) {
        throw bad(node, `the value '${output}' that something else makes too`, 'a new name');
      }
      makers.set(output, i);
    }
  });
  const sources = nodes.map((node) => sourcesOf(node, makers, given));
  const readers: number[][] = nodes.map(() => []);
  sources.forEach((list, i) => {
    for (const source of list) readers[source]?.push(i);
  });
  const waiting = sources.map((list) => list.length);
  // First of the file's order among those that are ready, cheaply: files are nearly always sorted already.
  if (sources.every((list, i) => list.every((source) => source < i))) return nodes;
  const ready = waiting.flatMap((count, i) => (count === 0 ? [i] : []));
  const order: number[] = [];
  for (let at = ready[order.length]; at !== undefined; at = ready[order.length]) {
    order.push(at);
    for (const reader of readers[at] ?? []) if (--(waiting[reader] as number) === 0) ready.push(reader);
  }
  const stuck = nodes.find((_, i) => (waiting[i] as number) > 0);
  if (stuck !== undefined) throw bad(stuck, 'a cycle: its inputs depend on its outputs', 'none');
  return order.map((i) => nodes[i] as OnnxNode);
}

function sourcesOf(node: OnnxNode, makers: ReadonlyMap<string, number>, given: ReadonlySet<string>): readonly number[] {
  const sources = new Set<number>();
  for (const input of node.inputs) {
    if (input === '' || given.has(input)) continue;
    const maker = makers.get(input);
    if (maker === undefined)
      throw bad(node, `input '${input}' that nothing makes`, 'an input, a stored tensor or an output of a node');
    sources.add(maker);
  }
  return [...sources];
}

function bad(node: OnnxNode, got: string, expected: string): BioscanError {
  return new BioscanError('bad-file', `graph: node '${node.name}', got ${got}, expected ${expected}`, {
    node: node.name,
  });
}
