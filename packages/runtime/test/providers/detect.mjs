/** Exits with 0 when the provider of the first argument runs a model; a crash stays in this process. */
import { readFileSync } from 'node:fs';
import { InferenceSession, Tensor } from 'onnxruntime-node';

const model = new Uint8Array(readFileSync('fixtures/runtime/affine.onnx'));
try {
  const session = await InferenceSession.create(model, { executionProviders: [process.argv[2]], logSeverityLevel: 4 });
  const { y } = await session.run({ x: new Tensor('float32', Float32Array.of(1, 2, 3), [1, 3]) });
  process.exit(y.data[0] === 26 ? 0 : 2);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
