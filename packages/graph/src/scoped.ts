import type { Tower } from './tower.js';

/**
 * The same tower with `prefix.` before the names of its parameters: two towers whose parameters have equal names can then share a graph.
 * Its inputs keep their names, see the prefix of towerInputs(). Low-rank adapters may stand inside or around a scope.
 * @example
 * const image = scoped('image', lora(vit, { pattern: /qkv\.weight$/, rank: 8 }));
 * const first = image.build(graph, towerInputs(graph, image.inputs, 64, 'image.'));
 */
export function scoped<Input>(prefix: string, base: Tower<Input>): Tower<Input> {
  return {
    dimension: base.dimension,
    inputs: base.inputs,
    ...(base.notes === undefined ? {} : { notes: base.notes }),
    parameters: base.parameters.map((parameter) => ({ ...parameter, name: `${prefix}.${parameter.name}` })),
    collate: (batch, rng) => base.collate(batch, rng),
    build: (graph, inputs) => graph.scoped(prefix, () => base.build(graph, inputs)),
  };
}
