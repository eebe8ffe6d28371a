import { lora, matching, scoped, type Tower } from '@bioscan/graph';
import type { Modality } from '../modality.js';

/** A modality's tower as it is trained, its parameters below `name.tower`. */
export function trainedTower(name: string, { tower, training = { kind: 'full' } }: Modality): Tower<unknown> {
  const names = tower.parameters.map((parameter) => parameter.name);
  switch (training.kind) {
    case 'full':
      return scoped(`${name}.tower`, tower);
    case 'frozen':
      return scoped(`${name}.tower`, partlyFrozen(tower, new Set(names), true));
    case 'locked':
      return scoped(
        `${name}.tower`,
        partlyFrozen(tower, matching(`locked tower '${name}'`, training.pattern, names), false),
      );
    case 'lora': {
      const { pattern, rank, alpha = rank } = training;
      return scoped(`${name}.tower`, lora(tower, { pattern, rank, alpha }));
    }
    default:
      return training satisfies never;
  }
}

function partlyFrozen(tower: Tower<unknown>, frozen: ReadonlySet<string>, whole: boolean): Tower<unknown> {
  const adapter = (name: string): { readonly frozen: boolean } | undefined =>
    frozen.has(name) ? { frozen: true } : undefined;
  return {
    dimension: tower.dimension,
    inputs: tower.inputs,
    parameters: tower.parameters.map((one) => (frozen.has(one.name) ? { ...one, frozen: true } : one)),
    collate: (batch, rng) => tower.collate(batch, rng),
    build: (graph, inputs) => {
      const build = () => graph.adapting(adapter, () => tower.build(graph, inputs));
      return whole ? graph.withoutDropout(build) : build();
    },
  };
}
