import { allocate, elementCount, tensor, type DType, type Tensor, type Tensors } from '@bioscan/core';
import * as ort from 'onnxruntime-node';

/** Runs ONNX bytes once with plain ONNX Runtime. */
export async function runModel(model: Uint8Array, feeds: Tensors, threads = 1): Promise<Tensors> {
  const session = await openSession(model, threads);
  try {
    return await runSession(session, feeds);
  } finally {
    await session.release();
  }
}

export async function openSession(model: Uint8Array, threads: number): Promise<ort.InferenceSession> {
  return ort.InferenceSession.create(model, { intraOpNumThreads: threads });
}

export async function runSession(session: ort.InferenceSession, feeds: Tensors): Promise<Tensors> {
  const inputs: Record<string, ort.Tensor> = {};
  for (const [name, { dtype, data, shape }] of Object.entries(feeds)) {
    inputs[name] = new ort.Tensor(dtype as 'float32', data as Float32Array, shape);
  }
  const results: Record<string, Tensor> = {};
  for (const [name, value] of Object.entries(await session.run(inputs))) {
    results[name] = tensor<DType>(value.type as DType, value.dims, value.data as Float32Array);
  }
  return results;
}

export function ones(shape: readonly number[]): Tensor<'float32'> {
  return tensor('float32', shape, allocate('float32', elementCount(shape)).fill(1));
}
