import { elementwiseAdapters } from './adapt-elementwise.js';
import { layoutAdapters } from './adapt-layout.js';
import { normalizeAdapters } from './adapt-normalize.js';
import { reduceAdapters } from './adapt-reduce.js';
import { shapeAdapters } from './adapt-shape.js';
import type { Adapter } from './node-context.js';

/** Operators that a file spells in more ways than a graph: by version, by what is left out, or by what is only known while building. */
export const adapters: Readonly<Record<string, Adapter>> = {
  ...elementwiseAdapters,
  ...layoutAdapters,
  ...normalizeAdapters,
  ...reduceAdapters,
  ...shapeAdapters,
};
