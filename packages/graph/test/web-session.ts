import { tensor, type DType, type Tensor, type Tensors } from '@bioscan/core';
import * as ort from 'onnxruntime-web';

/** Runs ONNX bytes once with onnxruntime-web's WebAssembly engine. */
export async function runOnWeb(model: Uint8Array, feeds: Tensors): Promise<Tensors> {
  ort.env.wasm.numThreads = 1;
  const session = await ort.InferenceSession.create(model, { executionProviders: ['wasm'] });
  const inputs: Record<string, ort.Tensor> = {};
  for (const [name, { dtype, data, shape }] of Object.entries(feeds)) {
    inputs[name] = new ort.Tensor(dtype as 'float32', data as Float32Array, shape);
  }
  const results: Record<string, Tensor> = {};
  for (const [name, value] of Object.entries(await session.run(inputs))) {
    results[name] = tensor<DType>(value.type as DType, value.dims, value.data as Float32Array);
  }
  await session.release();
  return results;
}
