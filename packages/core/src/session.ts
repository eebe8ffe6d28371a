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

/** A parameter of a training step: an input of its model, and where the model puts the slope by it. */
export interface TrainableParameter {
  readonly name: string;
  readonly shape: readonly number[];
  /** Output of the step's model with the parameter's shape, or rows of it (see `rows`). Absent: frozen, yet part of the state. */
  readonly gradient?: string;
  /** Present: the gradient holds the slopes of some rows of a large table only. */
  readonly rows?: GradientRows;
  /** False for biases and normalisation weights under the usual rule. */
  readonly decay: boolean;
  /** Factor on the learning rate. Default 1. */
  readonly rate?: number;
}

/** A gradient (count, …) of the rows that an output names. Rows may repeat: their slopes are added up. */
export interface GradientRows {
  /** Output of the step's model: int64 (count), the row of each slope. */
  readonly indices: string;
  readonly count: number;
  /** How rows are updated, named in the state. `sparse-adam`: as torch.optim.SparseAdam, rows that no slope names stay as they are. */
  readonly rule: 'sparse-adam';
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

/** Lion (Chen et al. 2023): the sign of an interpolated momentum, decoupled weight decay; `beta2` keeps the momentum. */
export interface LionPlan {
  readonly kind: 'lion';
  readonly beta2: number;
  readonly weightDecay: number;
  readonly clipNorm?: number;
}

/**
 * LAMB (You et al. 2020): Adam's direction plus coupled weight decay, scaled by ‖parameter‖ / ‖direction‖ for each parameter;
 * parameters without decay (biases, normalisation) keep the factor 1.
 */
export interface LambPlan {
  readonly kind: 'lamb';
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
  readonly clipNorm?: number;
}

export type OptimizerPlan = AdamWPlan | SgdPlan | LionPlan | LambPlan;

/** An exponential moving average of the trained parameters, after each step: average · decay + parameter · (1 - decay). */
export interface AveragePlan {
  readonly decay: number;
}

/**
 * The update inside the model, for engines that keep the state in tensors (GPU providers). State tensor `x` is an input, its next
 * value the output `x#next`; the controls and the number of the step (1 at the first) are float32 scalars.
 */
export interface ModelUpdate {
  readonly learningRate: string;
  readonly beta1: string;
  readonly step: string;
  /** Present: the model is an ONNX Loop. This int64 scalar says how many steps; feeds, masks, controls and metrics get a leading axis. */
  readonly loop?: string;
}

/** Vectors that the chunks of a batch hand to the loss; `shape` (rows, …) is that of one chunk. */
export interface CachedVectors extends ValueSpec {
  readonly dtype: 'float32';
  readonly shape: readonly number[];
  /** Output of the loss model: the slope by the vectors of the whole batch. Input of the step's model: its part for one chunk. Absent: the loss does not depend on them. */
  readonly slope?: string;
}

/**
 * A loss over more rows than a backward pass can hold (gradient caching, Gao et al. 2021): `embed` gives the vectors of each chunk,
 * `loss` the slopes by them, and the step's model, run again on each chunk with the same masks, turns these into gradients, which are
 * added up. Exact for towers whose vectors of a row do not depend on other rows.
 */
export interface CachedBatch {
  readonly chunks: number;
  /** ONNX bytes. Inputs: parameters, masks and feeds of a chunk; outputs: `vectors`. */
  readonly embed: Uint8Array;
  /** ONNX bytes. Inputs: parameters, the vectors of all chunks one below the other, and `feeds`; outputs: metrics, slopes and gradients. */
  readonly loss: Uint8Array;
  readonly vectors: readonly CachedVectors[];
  /** What the loss reads of the whole batch beside the vectors. */
  readonly feeds: readonly ValueSpec[];
}

/** Feeds of one step with a {@link CachedBatch}. Masks of chunk i are those of micro-batch i. */
export interface CachedFeeds {
  /** As many as the step has chunks, in the order in which their vectors are stacked. */
  readonly chunks: readonly Tensors[];
  /** What the loss reads. */
  readonly batch: Tensors;
}

/**
 * One optimisation step as data: forward and backward as an ordinary ONNX model, and how the parameters are updated.
 * Model inputs are the parameters, the masks and the feeds; model outputs are the metrics and one gradient a trained parameter.
 */
export interface TrainingStep {
  readonly model: Uint8Array;
  readonly parameters: readonly TrainableParameter[];
  readonly masks: readonly DropoutMask[];
  readonly feeds: readonly ValueSpec[];
  /** When `loss` is among them, a value that is not finite rejects the step. */
  readonly metrics: readonly string[];
  readonly optimizer: OptimizerPlan;
  /** Absent: no average is kept. */
  readonly average?: AveragePlan;
  /** Absent: the engine updates the parameters from the gradients. */
  readonly update?: ModelUpdate;
  /**
   * Present: the step is taken in chunks. `model` is then the backward pass of one chunk without metrics, `feeds` and `masks` are a chunk's;
   * a parameter's gradient is an output of `model`, of the loss model, or of both, and then their sum.
   */
  readonly cached?: CachedBatch;
  /** Most bytes of intermediate values alive at once, by the order of the model's nodes. */
  readonly activationBytes?: number;
  /** Floating-point operations of its convolutions and matrix products, forward and backward. */
  readonly operations?: number;
  /** Seeds the dropout masks. */
  readonly seed: number;
}

/** What a schedule decides anew at each step. */
export interface StepControls {
  readonly learningRate: number;
  /** Adam's beta1 or SGD's momentum; OneCycle cycles it. */
  readonly beta1: number;
}

/** Everything that a resumed run needs: steps taken and tensors by name (parameters, moments as `name#moment`, averages as `name#average`). */
export interface TrainingState {
  readonly step: number;
  readonly tensors: Tensors;
  /** How the state was updated, see {@link updateRule}; another rule refuses it. Absent: not known. */
  readonly rule?: string;
}

export interface StepOptions {
  /** The engine may take the buffers of the feeds instead of copying them: they are empty afterwards. */
  readonly transfer?: boolean;
}

/** A training step whose state lives inside the engine, off the main thread. */
export interface StatefulSession {
  /**
   * Runs one step; resolves to the metrics. The state has advanced when it resolves, and is as before when it rejects.
   * Several feeds are micro-batches: one update with the mean of their gradients, masks of their own, means of the metrics.
   * A step with a cached batch takes {@link CachedFeeds} and no others.
   */
  step(
    feeds: Tensors | readonly Tensors[] | CachedFeeds,
    controls: StepControls,
    options?: StepOptions,
  ): Promise<Tensors>;
  /** Runs steps one after the other: the same bytes as calls of `step`, in one crossing to the engine. After a rejection `read` tells how many were taken. */
  steps(feeds: readonly Tensors[], controls: readonly StepControls[]): Promise<readonly Tensors[]>;
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
