import { tensor } from '@bioscan/core';
import { exp, greater, neg, add, where, type Graph, type Value } from '@bioscan/graph';
import type { LogitScaleOptions } from '../alignment-options.js';

/**
 * exp of parameter `logit_scale`, at most `largest`. Above it the exponent is read mirrored (2 · largest - x): the bound holds at every step
 * whatever the optimiser did, and the slope leads back to it instead of vanishing, as a clamp's would.
 */
export function logitScale(graph: Graph, { initial, largest, learnable }: Required<LogitScaleOptions>): Value {
  const exponent = scalarParameter(graph, 'logit_scale', initial, learnable);
  if (largest === Infinity) return exp(exponent);
  const mirrored = add(neg(exponent), 2 * largest);
  return exp(where(greater(exponent, largest), mirrored, exponent));
}

/** Parameter `logit_bias` of the sigmoid loss; starts at -10, since most cells are negatives (Zhai et al. 2023). */
export function logitBias(graph: Graph): Value {
  return scalarParameter(graph, 'logit_bias', -10, true);
}

function scalarParameter(graph: Graph, name: string, start: number, learnable: boolean): Value {
  const given = tensor('float32', [], Float32Array.of(start));
  return graph.parameter(name, [], { initial: { given }, frozen: !learnable });
}
