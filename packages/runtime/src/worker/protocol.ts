import {
  BioscanError,
  isBioscanError,
  type ErrorCode,
  type ErrorDetails,
  type Tensor,
  type Tensors,
} from '@bioscan/core';
import type { ModelSource, StepControls, TrainingState, TrainingStep, ValueSpec } from '@bioscan/core';

/** What a runtime asks of its worker. Every message is answered once, in order. */
export type EngineRequest =
  | { readonly kind: 'open'; readonly model: ModelSource; readonly settings: EngineSettings }
  | { readonly kind: 'run'; readonly session: number; readonly feeds: Tensors }
  | {
      readonly kind: 'train';
      readonly step: TrainingStep;
      readonly initial: TrainingState;
      readonly settings: EngineSettings;
    }
  | {
      readonly kind: 'step';
      readonly session: number;
      /** Micro-batches of one update, or its chunks. */
      readonly batches: readonly Tensors[];
      readonly controls: StepControls;
      /** What the loss of a step in chunks reads. */
      readonly whole?: Tensors;
    }
  | {
      readonly kind: 'steps';
      readonly session: number;
      readonly feeds: readonly Tensors[];
      readonly controls: readonly StepControls[];
    }
  | { readonly kind: 'read'; readonly session: number }
  | { readonly kind: 'write'; readonly session: number; readonly state: TrainingState }
  | { readonly kind: 'release'; readonly session: number };

/** Which processor runs the graph. `webgpu` comes with onnxruntime-node; `cuda` needs its libraries installed. */
export type Provider = 'cpu' | 'webgpu' | 'cuda';

export interface EngineSettings {
  readonly threads: number;
  readonly provider: Provider;
  /** Largest WebAssembly memory of a training state, in bytes. */
  readonly arenaBytes: number;
}

/** The answer to `open`. */
export interface OpenedSession {
  readonly session: number;
  readonly inputs: readonly ValueSpec[];
  readonly outputs: readonly ValueSpec[];
}

/** A request on its way to a worker. */
export interface Envelope<Request = unknown> {
  readonly id: number;
  readonly request: Request;
}

/** Its answer. */
export type Answer =
  { readonly id: number; readonly value: unknown } | { readonly id: number; readonly error: ErrorMessage };

/** An error as a plain value, since a structured clone drops the class, the code and the brand. */
export interface ErrorMessage {
  readonly name: string;
  readonly message: string;
  readonly stack?: string | undefined;
  readonly code?: ErrorCode | undefined;
  readonly details?: ErrorDetails | undefined;
  readonly cause?: ErrorMessage | undefined;
}

/** Packs whatever was thrown. */
export function packError(thrown: unknown): ErrorMessage {
  if (!(thrown instanceof Error)) return { name: 'Error', message: String(thrown) };
  const { name, message, stack } = thrown;
  const cause = thrown.cause === undefined ? undefined : packError(thrown.cause);
  return isBioscanError(thrown)
    ? { name, message, stack, cause, code: thrown.code, details: thrown.details }
    : { name, message, stack, cause };
}

/** The error again: a BioscanError where it was one, else of the class that its name says, as far as the language has it. */
export function unpackError(packed: ErrorMessage): Error {
  const options = packed.cause === undefined ? {} : { cause: unpackError(packed.cause) };
  const error =
    packed.code === undefined
      ? new (classes[packed.name] ?? Error)(packed.message, options)
      : new BioscanError(packed.code, packed.message, packed.details ?? {}, options);
  error.name = packed.name;
  if (packed.stack !== undefined) error.stack = packed.stack;
  return error;
}

const classes: Readonly<Record<string, ErrorConstructor>> = { TypeError, RangeError, SyntaxError };

/**
 * Tensors ready to be posted. A structured clone copies the whole buffer behind a view, so a partial view is cut out first;
 * what was cut out is moved, and so is the rest when the sender gives it up.
 */
export function packTensors(
  tensors: Tensors,
  giveUp: boolean,
): { readonly tensors: Tensors; readonly moved: ArrayBuffer[] } {
  const packed: Record<string, Tensor> = {};
  const moved = new Set<ArrayBuffer>();
  for (const [name, { dtype, shape, data }] of Object.entries(tensors)) {
    const whole = data.byteLength === data.buffer.byteLength && data.buffer instanceof ArrayBuffer;
    const own = whole ? data : data.slice();
    if (own.buffer instanceof ArrayBuffer && (giveUp || own !== data)) moved.add(own.buffer);
    packed[name] = { dtype, shape: [...shape], data: own };
  }
  return { tensors: packed, moved: [...moved] };
}
