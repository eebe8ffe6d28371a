import { Graph } from './graph.js';
import { operators } from './operators/table.js';

/** An empty graph for a training step: fixed sizes, dropout active. */
export function trainingGraph(): Graph {
  return new Graph('training', operators);
}

/** An empty graph for inference: dimensions may be symbols such as `batch`, dropout is the identity. */
export function inferenceGraph(): Graph {
  return new Graph('inference', operators);
}
