import { towerInputs, type Graph, type Value, type Values } from '@bioscan/graph';
import type { Modality } from '../modality.js';
import { project } from './project.js';
import type { Stream } from './streams.js';
import { trainedTower } from './trained-tower.js';

/** Declares what one stream's tower is fed, `<stream>.<input>`. */
export function streamInputs(graph: Graph, { name }: Stream, { tower }: Modality, batchSize: number): Values {
  return towerInputs(graph, tower.inputs, batchSize, `${name}.`);
}

/** A stream's vectors in the common space (n, width), not yet of unit length. Views of a modality share their parameters. */
export function projectedStream(
  graph: Graph,
  { modality: name }: Pick<Stream, 'modality'>,
  modality: Modality,
  width: number,
  inputs: Values,
): Value {
  const vectors = trainedTower(name, modality).build(graph, inputs);
  return graph.scoped(`${name}.projection`, () => project(vectors, modality.projection ?? { kind: 'linear' }, width));
}
