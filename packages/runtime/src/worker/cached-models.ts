import { BioscanError, isBioscanError, type CachedBatch, type Tensors, type TrainingStep } from '@bioscan/core';
import { rowsNotFinite, type BatchVectors } from './batch-vectors.js';
import { checkCachedModels, type CachedModels } from './check-model.js';
import { heldTensors, onSlot } from './held-state.js';
import { createSession, toOnnx, type OnnxRuntime, type OnnxSession, type OnnxTensor } from './onnx-runtime.js';
import type { EngineSettings } from './protocol.js';
import { runStep } from './run-step.js';
import type { TrainedSlots, TrainingMemory } from './training-memory.js';

/** Compiles the three models of a step in chunks. */
export async function openCachedModels(
  ort: OnnxRuntime,
  step: TrainingStep,
  cached: CachedBatch,
  settings: EngineSettings,
): Promise<CachedModels> {
  const models = {
    embed: await createSession(ort, cached.embed, settings),
    loss: await createSession(ort, cached.loss, settings),
    chunk: await createSession(ort, step.model, settings),
  };
  checkCachedModels(models, step, cached);
  return models;
}

/** The models over the held state. `number` is that of the step, for messages. */
export interface BoundModels {
  /** Writes the vectors of a chunk where the loss finds them. */
  embed(feeds: Tensors, chunk: number, number: number): Promise<void>;
  /** Writes the slopes by the vectors and the gradients of what the loss itself reads; gives the metrics. */
  loss(feeds: Tensors, number: number): Promise<Tensors>;
  /** Writes the gradients of a chunk. */
  backward(feeds: Tensors, chunk: number, number: number): Promise<void>;
  /** Parameters whose gradients come of the chunks. */
  readonly byChunk: readonly TrainedSlots[];
}

export function boundModels(
  ort: OnnxRuntime,
  models: CachedModels,
  step: TrainingStep,
  memory: TrainingMemory,
  { vectors, slopes }: BatchVectors,
): BoundModels {
  const all = heldTensors(ort, step, memory);
  const held = (session: OnnxSession): Readonly<Record<string, OnnxTensor>> => pick(all, session.inputNames);
  const [embedHeld, lossHeld, chunkHeld] = [held(models.embed), held(models.loss), held(models.chunk)];
  const ofLoss = gradientsOf(ort, memory, models.loss);
  const ofChunk = gradientsOf(ort, memory, models.chunk);
  const metrics = Object.fromEntries(step.metrics.map((name) => [name, null]));

  return {
    async embed(feeds, chunk, number) {
      const fetches = viewed(ort, vectors.part(chunk));
      const inputs = pick(feeds, models.embed.inputNames);
      await runStep(ort, models.embed, { held: embedHeld, feeds: inputs, fetches, wanted: [], number });
    },
    async loss(feeds, number) {
      const fetches = { ...metrics, ...viewed(ort, slopes.whole), ...ofLoss };
      const inputs = pick({ ...feeds, ...vectors.whole }, models.loss.inputNames);
      const run = { held: lossHeld, feeds: inputs, fetches, wanted: step.metrics, number };
      return runStep(ort, models.loss, run).catch((error: unknown) => {
        throw located(error, vectors.whole);
      });
    },
    async backward(feeds, chunk, number) {
      const inputs = pick({ ...feeds, ...slopes.part(chunk) }, models.chunk.inputNames);
      await runStep(ort, models.chunk, { held: chunkHeld, feeds: inputs, fetches: ofChunk, wanted: [], number });
    },
    byChunk: memory.trained.filter(({ parameter }) => (parameter.gradient as string) in ofChunk),
  };
}

/** Gradients that a model gives, where the kernel finds them. */
function gradientsOf(
  ort: OnnxRuntime,
  { trained }: TrainingMemory,
  { outputNames }: OnnxSession,
): Readonly<Record<string, OnnxTensor>> {
  const entries = trained
    .map(({ parameter, gradient }) => [parameter.gradient as string, onSlot(ort, parameter.shape, gradient)] as const)
    .filter(([name]) => outputNames.includes(name));
  return Object.fromEntries(entries);
}

function viewed(ort: OnnxRuntime, tensors: Tensors): Readonly<Record<string, OnnxTensor>> {
  return Object.fromEntries(Object.entries(tensors).map(([name, value]) => [name, toOnnx(ort, value)]));
}

function pick<Value>(values: Readonly<Record<string, Value>>, names: readonly string[]): Record<string, Value> {
  return Object.fromEntries(Object.entries(values).filter(([name]) => names.includes(name)));
}

/** Says which rows went wrong when the loss is not finite. */
function located(error: unknown, vectors: Tensors): unknown {
  const found = [...rowsNotFinite(vectors)];
  if (!isBioscanError(error) || found.length === 0) return error;
  const shown = found.map(([name, rows]) => {
    const more = rows.length > 8 ? `, … (${rows.length} in all)` : '';
    return `'${name}' in rows ${rows.slice(0, 8).join(', ')}${more}`;
  });
  const message = `${error.message}; not finite: ${shown.join(' and ')} of the batch`;
  const rows = [...new Set(found.flatMap(([, bad]) => bad))].sort((a, b) => a - b).map(String);
  return new BioscanError(error.code, message, { ...error.details, rows }, { cause: error });
}
