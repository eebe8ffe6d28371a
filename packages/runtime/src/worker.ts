import { parentPort, workerData } from 'node:worker_threads';
import { engine } from './worker/engine.js';
import { gate } from './worker/gate.js';
import { loadOnnxRuntime } from './worker/onnx-runtime.js';
import { serve } from './worker/serve.js';
import { packTensors, type EngineRequest } from './worker/protocol.js';

/** The engine's thread: `session.run` blocks the thread that calls it, so nobody else may be on this one. */
const { stopped } = gate(workerData as SharedArrayBuffer);
const { handle } = engine(loadOnnxRuntime, stopped);
if (parentPort !== null) {
  serve(parentPort, workerData as SharedArrayBuffer, async (request) => {
    const { value, tensors } = await handle(request as EngineRequest);
    if (tensors === undefined) return { value };
    const { tensors: packed, moved } = packTensors(tensors, true);
    return { value: value === tensors ? packed : { ...(value as object), tensors: packed }, moved };
  });
}
