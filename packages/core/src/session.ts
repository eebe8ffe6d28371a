import type { DType, Tensors } from './tensor.js';

/** Name, element type and shape of a graph's input or output; a string is a symbolic dimension. */
export interface ValueSpec {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly (number | string)[];
}

/** ONNX bytes, or the path of a model file (needed above 2 GB and for external data). */
export type ModelSource = Uint8Array | { readonly path: string };

/** A loaded model. `run` may be called again before an earlier call has ended; results come in call order. */
export interface Session {
  readonly inputs: readonly ValueSpec[];
  readonly outputs: readonly ValueSpec[];
  run(feeds: Tensors): Promise<Tensors>;
  close(): Promise<void>;
}

/** A parameter of a training step, and the graph output that holds its gradient. */
export interface TrainableParameter {
  readonly name: string;
  readonly shape: readonly number[];
  /** Output of the step's model; same shape as the parameter. */
  readonly gradient: string;
  /** False for biases and normalisation weights under the usual rule. */
  readonly decay: boolean;
}

/** An input that the engine fills with 0 and 1/(1-rate) from (seed, step, position); never fed by the caller. */
export interface DropoutMask {
  readonly name: string;
  readonly shape: readonly number[];
  readonly rate: number;
}

/** Decoupled weight decay (Loshchilov & Hutter 2019), as torch.optim.AdamW; clip by global norm comes first. */
export interface AdamWPlan {
  readonly kind: 'adamw';
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
  /** Largest global gradient norm; absent: no clipping. */
  readonly clipNorm?: number;
}

/** SGD with classical momentum and coupled weight decay, as torch.optim.SGD; `beta1` of the controls is the momentum. */
export interface SgdPlan {
  readonly kind: 'sgd';
  readonly weightDecay: number;
  readonly clipNorm?: number;
}

export type OptimizerPlan = AdamWPlan | SgdPlan;

/**
 * One optimisation step as data: forward and backward as an ordinary ONNX model, and how the engine updates the parameters.
 * Model inputs are the parameters, the masks and the feeds; model outputs are the metrics and one gradient a parameter.
 */
export interface TrainingStep {
  readonly model: Uint8Array;
  readonly parameters: readonly TrainableParameter[];
  readonly masks: readonly DropoutMask[];
  readonly feeds: readonly ValueSpec[];
  readonly metrics: readonly string[];
  readonly optimizer: OptimizerPlan;
  /** Seeds the dropout masks. */
  readonly seed: number;
}

/** What a schedule decides anew at each step. */
export interface StepControls {
  readonly learningRate: number;
  /** Adam's beta1 or SGD's momentum; OneCycle cycles it. */
  readonly beta1: number;
}

/** Everything that a resumed run needs: steps taken and tensors by name (parameters, and moments as `name#moment`). */
export interface TrainingState {
  readonly step: number;
  readonly tensors: Tensors;
}

/** A training step whose state lives inside the engine, off the main thread. */
export interface StatefulSession {
  /** Runs one step; resolves to the metrics. The state has advanced when it resolves. */
  step(feeds: Tensors, controls: StepControls): Promise<Tensors>;
  read(): Promise<TrainingState>;
  write(state: TrainingState): Promise<void>;
  close(): Promise<void>;
}

/** The engine. Implemented by `@bioscan/runtime`, faked in tests. */
export interface Runtime {
  open(model: ModelSource): Promise<Session>;
  /** Opens a step with its initial parameters (`initial` holds at least every parameter by name). */
  train(step: TrainingStep, initial: TrainingState): Promise<StatefulSession>;
}
