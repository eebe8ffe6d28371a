import { BioscanError, type ValueSpec } from '@bioscan/core';
import { encodeModel } from '../encode-model.js';
import { add, mul } from '../functions/elementwise.js';
import { sum } from '../functions/reduce.js';
import type { Graph, Value } from '../graph.js';
import { leafByLeaf, reachable } from '../prune.js';
import type { Values } from '../tower.js';
import { activationBytes } from './activation-bytes.js';
import { slopeName, vectorName } from './cached-vectors.js';
import { neededParameters, planSlopes, type PlannedParameter, type ResolvedRules } from './parameter-plan.js';
import { specOf } from './training-step.js';

/** The loss of the whole batch as a model. */
export interface LossModel {
  readonly model: Uint8Array;
  readonly feeds: readonly ValueSpec[];
  readonly planned: readonly PlannedParameter[];
  /** Names of the vectors that the loss depends on. */
  readonly sloped: ReadonlySet<string>;
  readonly activationBytes: number;
}

/** Metrics, slopes by the stacked vectors and by the parameters of the loss. */
export function lossModel(
  batch: Graph,
  { outputs, stacked, rules }: { readonly outputs: Values; readonly stacked: Values; readonly rules: ResolvedRules },
): LossModel {
  const inputs = new Set(Object.values(stacked));
  const feeds = batch.inputs.filter((value) => !inputs.has(value));
  const values = Object.values(outputs);
  const used = reachable(batch, values).values;
  const loss = outputs['loss'] as Value;
  const { planned, slopes } = planSlopes(batch, loss, neededParameters(batch, values), rules, [...inputs]);
  const given = gradientOutputs(planned);
  for (const [name, value] of Object.entries(stacked)) {
    const slope = slopes.get(value);
    if (slope !== undefined) given.set(slopeName(name), slope);
  }
  const named = new Map([...Object.entries(outputs), ...given]);
  return {
    model: encodeModel(batch, {
      inputs: [...feeds, ...[...inputs].filter((value) => used.has(value))],
      outputs: named,
      leavesLast: true,
    }),
    feeds: feeds.map(specOf),
    planned,
    sloped: new Set(Object.keys(stacked).filter((name) => given.has(slopeName(name)))),
    activationBytes: activationBytes(batch, named.values(), given.values()),
  };
}

/** The towers over one chunk as models. */
export interface ChunkModels {
  readonly embed: Uint8Array;
  /** The backward pass, with the slopes by the vectors as inputs. */
  readonly model: Uint8Array;
  readonly feeds: readonly ValueSpec[];
  readonly planned: readonly PlannedParameter[];
  readonly activationBytes: number;
}

/** @throws BioscanError `bad-input` when the loss reaches no parameter of the towers that learns */
export function chunkModels(
  towers: Graph,
  {
    vectors,
    sloped,
    rules,
  }: { readonly vectors: Values; readonly sloped: ReadonlySet<string>; readonly rules: ResolvedRules },
): ChunkModels {
  const feeds = towers.inputs.map(specOf);
  const embedded = new Map(Object.entries(vectors).map(([name, value]) => [vectorName(name), value]));
  const embed = encodeModel(towers, { outputs: embedded });
  const forward = activationBytes(towers, embedded.values(), embedded.values());
  // Its slope by a vector is the slope that is fed, so its gradients are those of the loss.
  const products = Object.entries(vectors)
    .filter(([name]) => sloped.has(name))
    .map(([name, value]) => sum(mul(value, towers.input(slopeName(name), 'float32', value.shape))));
  const [first, ...others] = products;
  if (first === undefined) throw unlearned();
  const entries = neededParameters(towers, Object.values(vectors));
  const { planned } = planSlopes(towers, others.reduce(add, first), entries, rules);
  const gradients = gradientOutputs(planned);
  if (gradients.size === 0) throw unlearned();
  return {
    embed,
    model: encodeModel(towers, { outputs: gradients, leavesLast: true }),
    feeds,
    planned,
    activationBytes: forward + activationBytes(towers, gradients.values(), gradients.values(), leafByLeaf),
  };
}

function gradientOutputs(planned: readonly PlannedParameter[]): Map<string, Value> {
  return new Map(
    planned.flatMap(({ parameter, slope }) => (slope === undefined ? [] : [[`${parameter.name}#gradient`, slope]])),
  );
}

function unlearned(): BioscanError {
  return new BioscanError(
    'bad-input',
    'graph: cached step, got no parameter of `embed` that the loss reaches and that is not frozen, expected some; embed frozen towers once and use trainingStep()',
  );
}
