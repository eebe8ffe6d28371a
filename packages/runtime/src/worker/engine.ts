import type { Tensor, Tensors } from '@bioscan/core';
import { createSession, engineError, fromOnnx, loadOnnxRuntime, toOnnx, valueSpecs } from './onnx-runtime.js';
import type { OnnxRuntime, OnnxSession } from './onnx-runtime.js';
import type { EngineRequest, OpenedSession } from './protocol.js';
import { openTrainer } from './open-trainer.js';
import type { Trainer } from './trainer.js';

/** What a request resolves to, and the buffers that may be moved out with it. */
export interface Reply {
  readonly value: unknown;
  /** Tensors in `value` that the engine keeps no hold of. */
  readonly tensors?: Tensors;
}

/** The worker's side: sessions by number, one request at a time. */
export interface Engine {
  readonly handle: (request: EngineRequest) => Promise<Reply>;
}

/** An engine without sessions. ONNX Runtime is loaded by the first request; a step in chunks ends between two of them once `stopped`. */
export function engine(
  load: () => Promise<OnnxRuntime> = loadOnnxRuntime,
  stopped: () => boolean = () => false,
): Engine {
  const sessions = new Map<number, OnnxSession>();
  const trainers = new Map<number, Trainer>();
  let next = 0;

  return { handle };

  async function handle(request: EngineRequest): Promise<Reply> {
    switch (request.kind) {
      case 'open': {
        const session = await createSession(await load(), request.model, request.settings);
        sessions.set(++next, session);
        const opened: OpenedSession = {
          session: next,
          inputs: valueSpecs(session.inputMetadata),
          outputs: valueSpecs(session.outputMetadata),
        };
        return { value: opened };
      }
      case 'run':
        return tensorsReply(await run(await load(), known(sessions, request.session), request.feeds));
      case 'train': {
        const opened = await openTrainer(await load(), request, request.settings, stopped);
        trainers.set(++next, opened);
        return { value: next };
      }
      case 'step':
        return tensorsReply(
          await known(trainers, request.session).step(request.batches, request.controls, request.whole),
        );
      case 'steps':
        return { value: await known(trainers, request.session).steps(request.feeds, request.controls) };
      case 'read': {
        const state = known(trainers, request.session).read();
        return { value: state, tensors: state.tensors };
      }
      case 'write':
        known(trainers, request.session).write(request.state);
        return { value: undefined };
      case 'release': {
        await (sessions.get(request.session) ?? trainers.get(request.session))?.release();
        sessions.delete(request.session);
        trainers.delete(request.session);
        return { value: undefined };
      }
      default:
        return request satisfies never;
    }
  }
}

async function run(ort: OnnxRuntime, session: OnnxSession, feeds: Tensors): Promise<Tensors> {
  const inputs = Object.entries(feeds).map(([name, value]) => [name, toOnnx(ort, value)] as const);
  try {
    const results = await session.run(Object.fromEntries(inputs));
    const outputs: Record<string, Tensor> = {};
    for (const [name, value] of Object.entries(results)) outputs[name] = fromOnnx(value, name);
    return outputs;
  } catch (cause) {
    throw engineError(`running the model (outputs ${session.outputNames.join(', ')}) failed`, cause, feeds);
  }
}

function tensorsReply(tensors: Tensors): Reply {
  return { value: tensors, tensors };
}

function known<Value>(held: ReadonlyMap<number, Value>, session: number): Value {
  const value = held.get(session);
  if (value === undefined) throw new Error(`runtime: session ${session} is not open`);
  return value;
}
