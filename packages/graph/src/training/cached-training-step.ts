import { BioscanError, type OptimizerPlan, type TrainableParameter, type TrainingStep } from '@bioscan/core';
import { trainingGraph } from '../new-graph.js';
import type { Graph, Parameter, Value } from '../graph.js';
import { sameShape, showShape } from '../shape.js';
import type { Values } from '../tower.js';
import { chunkModels, lossModel } from './cached-models.js';
import { cachedVectors, checkVectors, stackedInputs } from './cached-vectors.js';
import {
  neededParameters,
  resolveRules,
  trainableParameter,
  unreached,
  type ParameterRules,
  type PlannedParameter,
} from './parameter-plan.js';
import { reachable } from '../prune.js';
import { stepPlan } from './training-step.js';

/** What the whole batch comes to. */
export interface BatchLoss {
  /** Scalar to minimise. Always among the metrics, as `loss`. */
  readonly loss: Value;
  /** Further scalars or tensors to report at each step, by name. */
  readonly metrics?: Values;
}

export interface CachedTrainingStepOptions extends Omit<ParameterRules, 'sparse'> {
  /** How many parts a batch comes in. The backward pass holds one; the loss sees the vectors of all. */
  readonly chunks: number;
  /** Emits the towers for the rows of one chunk: float32 vectors (rows, …) by name. Inputs declared here are a chunk's. */
  readonly embed: (graph: Graph) => Values;
  /** Emits the loss from the vectors of the whole batch, (chunks · rows, …). Inputs declared here are the batch's. */
  readonly loss: (graph: Graph, vectors: Values) => BatchLoss;
  readonly optimizer: OptimizerPlan;
  /** Decay of an exponential moving average of the trained parameters. Default: none is kept. */
  readonly average?: number;
  /** Seeds the dropout masks. */
  readonly seed: number;
}

/** A step and the parameters of its towers and its loss, for {@link initialStateOf}. */
export interface CachedTrainingStep {
  readonly step: TrainingStep;
  readonly parameters: readonly Parameter[];
}

/**
 * The training step of a batch too large for one backward pass, exactly (gradient caching, Gao et al. 2021): vectors chunk by chunk, the
 * loss of all, then each chunk once more with its slopes and the same dropout masks. Costs one more forward pass; memory is that of one
 * chunk, plus the vectors and the loss. A parameter may belong to `embed`, to `loss` or to both.
 * @throws BioscanError as trainingStep(); `unsupported` for towers with statistics of the batch, whose vectors depend on the chunk
 * @example
 * const { step, parameters } = cachedTrainingStep({ chunks: 32, embed, loss, optimizer: adamw(), seed: 7 });
 * const session = await runtime.train(step, initialStateOf(parameters, rng(7)));
 * await session.step({ chunks, batch: {} }, schedule(0));
 */
export function cachedTrainingStep(options: CachedTrainingStepOptions): CachedTrainingStep {
  const { chunks, embed, loss: build } = options;
  if (!Number.isInteger(chunks) || chunks < 1 || chunks > 65_536) {
    throw new RangeError(`graph: cached step, got ${chunks} chunks, expected 1 to 65536`);
  }
  const [towers, batch] = [trainingGraph(), trainingGraph()];
  const all = embed(towers);
  checkVectors(towers, all);
  const stacked = stackedInputs(batch, all, chunks);
  const { loss, metrics } = build(batch, stacked);
  const outputs = { loss, ...metrics };
  checkMasks(batch);
  const vectors = usedVectors(all, stacked, outputs);
  const parameters = union(
    neededParameters(towers, Object.values(vectors)).map(({ parameter }) => parameter),
    neededParameters(batch, Object.values(outputs)).map(({ parameter }) => parameter),
  );
  const rules = resolveRules(parameters, options);
  const whole = lossModel(batch, { outputs, stacked, rules });
  const chunk = chunkModels(towers, { vectors, sloped: whole.sloped, rules });
  const planned = [...chunk.planned, ...whole.planned];
  const step: TrainingStep = {
    model: chunk.model,
    ...stepPlan(towers, { ...options, loss, metrics: {} }),
    parameters: parameters.map((parameter) => trained(parameter, planned, rules.free)),
    feeds: chunk.feeds,
    metrics: Object.keys(outputs),
    cached: {
      chunks,
      embed: chunk.embed,
      loss: whole.model,
      vectors: Object.entries(vectors).map(([name, value]) => cachedVectors(name, value, whole.sloped)),
      feeds: whole.feeds,
    },
    // Each of the three models keeps its memory between its runs.
    activationBytes: chunk.activationBytes + whole.activationBytes,
  };
  return { step, parameters };
}

/** Those that a metric or the loss reads. */
function usedVectors(all: Values, stacked: Values, outputs: Values): Values {
  const batch = (Object.values(outputs)[0] as Value).graph;
  const { values } = reachable(batch, Object.values(outputs));
  return Object.fromEntries(Object.entries(all).filter(([name]) => values.has(stacked[name] as Value)));
}

/** Parameters of the towers and of the loss, once each. */
function union(towers: readonly Parameter[], loss: readonly Parameter[]): readonly Parameter[] {
  const known = new Map(towers.map((parameter) => [parameter.name, parameter]));
  for (const parameter of loss) {
    const { name, shape, decay, frozen } = parameter;
    const before = known.get(name);
    if (before === undefined) known.set(name, parameter);
    else if (!sameShape(before.shape, shape) || before.decay !== decay || before.frozen !== frozen) {
      throw new BioscanError(
        'mismatch',
        `graph: parameter '${name}' of \`loss\`, got ${showShape(shape)}, decay ${decay}, frozen ${frozen === true}, expected it as in \`embed\`: ${showShape(before.shape)}, ${before.decay}, ${before.frozen === true}`,
        { name },
      );
    }
  }
  return [...known.values()];
}

function trained(
  parameter: Parameter,
  planned: readonly PlannedParameter[],
  free: ReadonlySet<string>,
): TrainableParameter {
  const { name } = parameter;
  const own = planned.filter((each) => each.parameter.name === name);
  const learning = own.find(({ slope }) => slope !== undefined);
  if (learning === undefined && free.has(name)) throw unreached(name);
  return trainableParameter(learning ?? (own[0] as PlannedParameter));
}

function checkMasks(batch: Graph): void {
  if (batch.masks.length === 0) return;
  throw new BioscanError(
    'unsupported',
    'graph: cached step with dropout in `loss`, expected it in `embed`, where its masks are drawn again',
  );
}
