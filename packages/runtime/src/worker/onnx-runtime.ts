import { BioscanError, type DType, type Tensor, type Tensors, type ValueSpec } from '@bioscan/core';
import type * as onnxruntime from 'onnxruntime-node';
import type { EngineSettings } from './protocol.js';

export type OnnxRuntime = typeof onnxruntime;
export type OnnxSession = onnxruntime.InferenceSession;
export type OnnxTensor = onnxruntime.Tensor;

/**
 * Loads the engine, which is an optional peer dependency.
 * @throws BioscanError `unsupported` with the command that installs it.
 */
export async function loadOnnxRuntime(
  load: () => Promise<OnnxRuntime | { readonly default: unknown }> = () => import('onnxruntime-node'),
): Promise<OnnxRuntime> {
  try {
    const loaded = await load();
    return 'default' in loaded ? (loaded.default as OnnxRuntime) : loaded;
  } catch (cause) {
    const { platform, arch } = process;
    const missing = cause instanceof Error && 'code' in cause && cause.code === 'ERR_MODULE_NOT_FOUND';
    const fix = missing
      ? `npm install onnxruntime-node (offline, or to skip the download of GPU libraries: ONNXRUNTIME_NODE_INSTALL=skip npm install onnxruntime-node)`
      : `it has binaries for linux and windows on x64 and arm64, and for macOS on arm64`;
    throw new BioscanError(
      'unsupported',
      `runtime: the engine onnxruntime-node ${missing ? 'is not installed' : `does not load on ${platform}-${arch}`}; ${fix}`,
      { platform, arch },
      { cause },
    );
  }
}

/** Compiles a model. @throws BioscanError `engine` */
export async function createSession(
  ort: OnnxRuntime,
  model: Uint8Array | { readonly path: string },
  { threads, provider }: EngineSettings,
): Promise<OnnxSession> {
  const options = {
    executionProviders: [provider],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    // A pattern would hold the activations a second time, in one piece, from the second run on.
    enableMemPattern: false,
    logSeverityLevel: 4,
  } as const;
  try {
    return model instanceof Uint8Array
      ? await ort.InferenceSession.create(model, options)
      : await ort.InferenceSession.create(model.path, options);
  } catch (cause) {
    const what = model instanceof Uint8Array ? `a model of ${model.length} bytes` : `the model ${model.path}`;
    throw engineError(`loading ${what} on ${provider} failed`, cause, {});
  }
}

/** Wraps an error of ONNX Runtime and says which tensors went in. */
export function engineError(what: string, cause: unknown, feeds: Tensors): BioscanError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const inputs = Object.entries(feeds).map(([name, { dtype, shape }]) => `${name} ${dtype}[${shape.join(', ')}]`);
  const shown =
    inputs.length === 0 ? '' : `; inputs ${inputs.slice(0, 12).join(', ')}${inputs.length > 12 ? ', …' : ''}`;
  return new BioscanError('engine', `runtime: ${what}: ${reason}${shown}`, { reason, inputs }, { cause });
}

/** Name, type and shape of what a session takes or gives. */
export function valueSpecs(metadata: readonly onnxruntime.InferenceSession.ValueMetadata[]): ValueSpec[] {
  return metadata.map((value) => {
    if (!value.isTensor || !isDType(value.type)) {
      const got = value.isTensor ? value.type : 'not a tensor';
      throw new BioscanError(
        'unsupported',
        `runtime: model value '${value.name}', got ${got}, expected ${dtypes.join(', ')}`,
        {
          name: value.name,
        },
      );
    }
    return { name: value.name, dtype: value.type, shape: [...value.shape] };
  });
}

/** Views a tensor for the engine; the data are not copied. */
export function toOnnx(ort: OnnxRuntime, { dtype, shape, data }: Tensor): OnnxTensor {
  // The constructor is overloaded by element type and cannot be called with a union.
  const make = ort.Tensor as unknown as new (type: string, data: unknown, dims: readonly number[]) => OnnxTensor;
  return new make(dtype, data, shape);
}

/** A result as ours. Booleans and float16 come as bytes and raw bits on every version of Node. */
export function fromOnnx(value: OnnxTensor, name: string): Tensor {
  const { type, data, dims } = value;
  if (!isDType(type) || !ArrayBuffer.isView(data)) {
    throw new BioscanError(
      'unsupported',
      `runtime: model output '${name}', got ${type}, expected ${dtypes.join(', ')}`,
      { name },
    );
  }
  const raw: ArrayBufferView = data;
  const values =
    type === 'float16' && !(raw instanceof Uint16Array)
      ? new Uint16Array(raw.buffer, raw.byteOffset, raw.byteLength / 2)
      : raw;
  return { dtype: type, shape: [...dims], data: values as Tensor['data'] };
}

const dtypes = ['float32', 'float64', 'float16', 'int32', 'int64', 'uint8', 'int8', 'bool'] as const satisfies DType[];

function isDType(type: string): type is DType {
  return (dtypes as readonly string[]).includes(type);
}
