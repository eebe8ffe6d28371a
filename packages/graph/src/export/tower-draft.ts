import type { TrainingState } from '@bioscan/core';
import { inferenceGraph } from '../new-graph.js';
import { towerInputs, type Tower } from '../tower.js';
import type { InferenceDraft } from './draft.js';

/** The graph that a trained tower exports: one output `embedding` (batch, dimension). Built twice, its values have the same names. */
export function towerDraft<Input>(trained: Tower<Input>, state: TrainingState): InferenceDraft {
  const graph = inferenceGraph();
  const embedding = trained.build(graph, towerInputs(graph, trained.inputs));
  return { graph, outputs: { embedding }, weights: state.tensors };
}
