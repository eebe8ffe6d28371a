import { rng as random } from '@bioscan/core';
import {
  adamw,
  cachedTrainingStep,
  initialState,
  initialStateOf,
  trainingGraph,
  trainingStep,
  type Graph,
  type Values,
} from '@bioscan/graph';
import type { AlignmentStep, AlignmentStepOptions } from '../alignment-options.js';
import type { Modality } from '../modality.js';
import { collateBatch, collateChunks, type CollatePlan } from './collate-batch.js';
import { lossFeeds } from './loss-feeds.js';
import { objectiveLoss, type LossPlan, type ObjectiveLoss } from './objective-loss.js';
import { pretrained } from './pretrained.js';
import { projectedStream, streamInputs } from './projected-stream.js';

/** What a step is planned from. */
export interface StepParts {
  readonly width: number;
  readonly plan: LossPlan;
  readonly batch: CollatePlan;
}

export function planStep(parts: StepParts, options: AlignmentStepOptions): AlignmentStep {
  const { batchSize, chunks = 1 } = options;
  if (!Number.isInteger(batchSize) || batchSize < 2) {
    throw new RangeError(`align: batchSize ${batchSize}, expected 2 or more`);
  }
  if (!Number.isInteger(chunks) || chunks < 1 || batchSize % chunks !== 0) {
    throw new RangeError(`align: ${chunks} chunks of a batch of ${batchSize}, expected a divisor`);
  }
  return chunks === 1 ? wholeStep(parts, options) : chunkedStep(parts, options, chunks);
}

function wholeStep(parts: StepParts, options: AlignmentStepOptions): AlignmentStep {
  const { batchSize, optimizer = adamw(), seed, chunks: _, ...rules } = options;
  const graph = trainingGraph();
  const { loss, metrics } = lossOf(graph, parts, embedded(graph, parts, batchSize), batchSize);
  return {
    step: trainingStep(graph, { loss, metrics, optimizer, seed, ...rules }),
    initial: pretrained(initialState(graph, random(seed)), parts.batch.modalities),
    collate: (data, rows, rng) => collateBatch(parts.batch, data, rows, batchSize, rng),
  };
}

function chunkedStep(parts: StepParts, options: AlignmentStepOptions, chunks: number): AlignmentStep {
  const { batchSize, optimizer = adamw(), seed, ...rules } = options;
  const { step, parameters } = cachedTrainingStep({
    ...rules,
    chunks,
    embed: (graph) => embedded(graph, parts, batchSize / chunks),
    loss: (graph, vectors) => lossOf(graph, parts, vectors, batchSize),
    optimizer,
    seed,
  });
  return {
    step,
    initial: pretrained(initialStateOf(parameters, random(seed)), parts.batch.modalities),
    collate: (data, rows, rng) => collateChunks(parts.batch, data, rows, { batchSize, chunks }, rng),
  };
}

/** Vectors (n, width) of each stream, not yet of unit length. */
function embedded(graph: Graph, { width, batch: { modalities, streams } }: StepParts, rows: number): Values {
  const entries = streams.map((stream) => {
    const modality = modalities[stream.modality] as Modality;
    const inputs = streamInputs(graph, stream, modality, rows);
    return [stream.name, projectedStream(graph, stream, modality, width, inputs)] as const;
  });
  return Object.fromEntries(entries);
}

function lossOf(graph: Graph, { plan, batch }: StepParts, vectors: Values, batchSize: number): ObjectiveLoss {
  const feeds = lossFeeds(Object.keys(batch.modalities), plan.objective).map(
    ({ name, dtype }) => [name, graph.input(name, dtype, [batchSize])] as const,
  );
  return objectiveLoss(graph, plan, new Map(Object.entries(vectors)), Object.fromEntries(feeds));
}
