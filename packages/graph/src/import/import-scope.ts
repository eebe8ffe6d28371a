import { BioscanError, type Tensor } from '@bioscan/core';
import type { Graph, Value } from '../graph.js';
import { contentOf, tensorOf, type Content } from './content.js';

/** What a name of the file stands for: a value of the graph, or a tensor or content that becomes one when it is asked for. */
export interface Imported {
  readonly value?: Value;
  readonly tensor?: Tensor;
  readonly content?: Content;
}

/** Names of the file inside a graph. */
export interface ImportScope {
  readonly graph: Graph;
  bind(name: string, imported: Imported): void;
  /** @throws BioscanError `unsupported` when it is known only up to a symbolic size */
  value(name: string): Value;
  /** The value of an optional input; undefined for ''. */
  optional(name: string | undefined): Value | undefined;
  /** The elements, when they are known while building. */
  content(name: string | undefined): Content | undefined;
  /** Means and variances of the batch, by the names of the values that BatchNormalization reads as stored ones. */
  readonly statistics: Map<string, Value>;
}

export function importScope(graph: Graph, stored: (name: string) => Imported | undefined): ImportScope {
  const bound = new Map<string, Imported>();
  const find = (name: string): Imported => {
    const known = bound.get(name) ?? stored(name);
    if (known === undefined) throw new BioscanError('bad-file', `graph: value '${name}', got it before it is made`);
    bound.set(name, known);
    return known;
  };
  const value = (name: string): Value => {
    const known = find(name);
    if (known.value !== undefined) return known.value;
    const tensor = known.tensor ?? (known.content === undefined ? undefined : tensorOf(known.content));
    if (tensor === undefined) {
      const { elements = [] } = known.content ?? {};
      throw new BioscanError(
        'unsupported',
        `graph: value '${name}', got (${elements.join(', ')}), which depends on a symbolic size, expected fixed sizes`,
      );
    }
    const made = graph.constant(tensor);
    bound.set(name, { ...known, value: made });
    return made;
  };
  return {
    graph,
    statistics: new Map(),
    bind: (name, imported) => void bound.set(name, imported),
    value,
    optional: (name) => (name === undefined || name === '' ? undefined : value(name)),
    content(name) {
      if (name === undefined || name === '') return undefined;
      const known = find(name);
      if (known.content !== undefined) return known.content;
      const tensor = known.tensor ?? known.value?.constant;
      const content = tensor === undefined ? undefined : contentOf(tensor);
      if (content !== undefined) bound.set(name, { ...known, content });
      return content;
    },
  };
}
