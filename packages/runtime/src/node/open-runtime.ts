import { availableParallelism } from 'node:os';
import { throwIfCancelled, type ModelSource, type Runtime, type Session, type Tensors } from '@bioscan/core';
import type { CachedFeeds, StatefulSession, StepControls, TrainingState, TrainingStep } from '@bioscan/core';
import {
  packTensors,
  type EngineRequest,
  type EngineSettings,
  type OpenedSession,
  type Provider,
} from '../worker/protocol.js';
import { checkFeeds } from './check-feeds.js';
import { packBatches, packStep } from './pack-step.js';
import { checkControls, checkStep, checkStepCount } from './check-step.js';
import { workerClient, type WorkerClient } from './worker-client.js';
import { workerFile } from './worker-file.js';

export interface RuntimeOptions {
  /** Threads inside one operator; default: as many as the machine has cores. */
  readonly threads?: number;
  /** Default `cpu`. */
  readonly provider?: Provider;
  /** Closes the runtime when it fires, also during a run. */
  readonly signal?: AbortSignal;
  /** Largest WebAssembly memory of a training state, in bytes; default 2 GiB, at most 4 GiB - 64 KiB. */
  readonly arenaBytes?: number;
}

/** How tensors travel to the engine. */
export interface TransferOptions {
  /** Gives the buffers up instead of copying them: the tensors handed in are empty afterwards. Views of part of a buffer are copied all the same. */
  readonly transfer?: boolean;
}

/** A session that can take its feeds over. */
export interface EngineSession extends Session {
  run(feeds: Tensors, options?: TransferOptions): Promise<Tensors>;
}

/** A training session that can take its feeds over. */
export interface EngineTraining extends StatefulSession {
  step(
    feeds: Tensors | readonly Tensors[] | CachedFeeds,
    controls: StepControls,
    options?: TransferOptions,
  ): Promise<Tensors>;
  write(state: TrainingState, options?: TransferOptions): Promise<void>;
}

/** ONNX Runtime in a thread of its own. */
export interface EngineRuntime extends Runtime {
  open(model: ModelSource): Promise<EngineSession>;
  train(step: TrainingStep, initial: TrainingState, options?: TransferOptions): Promise<EngineTraining>;
  /** Stops the thread, also during a run: what is pending rejects with `cancelled`. */
  close(): Promise<void>;
}

/**
 * Opens ONNX Runtime in a worker thread: timers tick and files are read while it works. All sessions of one runtime share the
 * thread and its calls run one after the other. The process is not kept alive by an idle runtime.
 * Feeds are copied unless they are given up (`transfer`); results belong to the caller.
 * @throws BioscanError `unsupported` on first use, when onnxruntime-node is missing; `cancelled` when the signal has fired.
 */
export function openRuntime(options: RuntimeOptions = {}): EngineRuntime {
  const { threads = availableParallelism(), provider = 'cpu', signal, arenaBytes = 2 ** 31 } = options;
  if (!Number.isInteger(threads) || threads < 1)
    throw new RangeError(`runtime: threads, got ${threads}, expected 1 or more`);
  throwIfCancelled(signal, 'runtime');
  const settings: EngineSettings = { threads, provider, arenaBytes };
  const client = workerClient(workerFile(), 'the engine');
  const onAbort = (): void => {
    void client.close(signal?.reason);
  };
  signal?.addEventListener('abort', onAbort, { once: true });

  return {
    async open(model) {
      return inferenceSession(
        client,
        (await ask(client, { kind: 'open', model: whole(model), settings })) as OpenedSession,
      );
    },
    async train(step, initial, { transfer = false } = {}) {
      checkStep(step, initial);
      const { tensors, moved } = packTensors(initial.tensors, transfer);
      const sent = { ...initial, tensors };
      const request = { kind: 'train', step: wholeStep(step), initial: sent, settings } as const;
      return trainingSession(client, (await ask(client, request, moved)) as number, step);
    },
    close() {
      signal?.removeEventListener('abort', onAbort);
      return client.close();
    },
  };
}

function inferenceSession(client: WorkerClient, { session, inputs, outputs }: OpenedSession): EngineSession {
  return {
    inputs,
    outputs,

    async run(feeds, { transfer = false } = {}) {
      checkFeeds(feeds, inputs, 'the model');
      const { tensors, moved } = packTensors(feeds, transfer);
      return ask(client, { kind: 'run', session, feeds: tensors }, moved) as Promise<Tensors>;
    },
    close: () => release(client, session),
  };
}

function trainingSession(client: WorkerClient, session: number, step: TrainingStep): EngineTraining {
  return {
    async step(feeds, controls, { transfer = false } = {}) {
      checkControls(controls);
      const { moved, ...packed } = packStep(feeds, step, transfer);
      return ask(client, { kind: 'step', session, controls, ...packed }, moved) as Promise<Tensors>;
    },
    async steps(feeds, controls) {
      if (feeds.length !== controls.length) {
        throw new RangeError(`runtime: steps, got ${feeds.length} feeds and ${controls.length} controls`);
      }
      controls.forEach(checkControls);
      const { batches, moved } = packBatches(feeds, step, false);
      const request = { kind: 'steps', session, feeds: batches, controls } as const;
      return ask(client, request, moved) as Promise<readonly Tensors[]>;
    },
    read: () => ask(client, { kind: 'read', session }) as Promise<TrainingState>,
    async write(state, { transfer = false } = {}) {
      checkStepCount(state.step);
      const { tensors, moved } = packTensors(state.tensors, transfer);
      await ask(client, { kind: 'write', session, state: { ...state, tensors } }, moved);
    },
    close: () => release(client, session),
  };
}

function ask(client: WorkerClient, request: EngineRequest, moved?: readonly ArrayBuffer[]): Promise<unknown> {
  return client.call(request, moved);
}

/** Waits for the calls before it; a session of a closed runtime is closed already. */
async function release(client: WorkerClient, session: number): Promise<void> {
  if (!client.closed) await ask(client, { kind: 'release', session });
}

function wholeStep({ model, cached, ...rest }: TrainingStep): TrainingStep {
  if (cached === undefined) return { ...rest, model: whole(model) };
  const { embed, loss } = cached;
  return { ...rest, model: whole(model), cached: { ...cached, embed: whole(embed), loss: whole(loss) } };
}

/** A structured clone copies the whole buffer behind a view; a partial view is cut out first. */
function whole<Model extends ModelSource>(model: Model): Model | Uint8Array {
  return model instanceof Uint8Array && model.byteLength !== model.buffer.byteLength ? model.slice() : model;
}
