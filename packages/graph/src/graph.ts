import { BioscanError, tensor, type DType, type Tensor } from '@bioscan/core';
import type { OperatorAttributes, OperatorName } from './attributes.js';
import { concreteShape, showShape, type Shape } from './shape.js';

/** Element type and shape: all that a shape rule says of a result. */
export interface ValueType {
  readonly dtype: DType;
  readonly shape: Shape;
}

/** A tensor that will exist when the graph runs. Made by a graph and belongs to it. */
export interface Value extends ValueType {
  readonly name: string;
  readonly graph: Graph;
  /** Present when the value is known while building. */
  readonly constant?: Tensor;
}

/** An operator applied to values. An absent optional input is undefined. */
export interface Node<Name extends OperatorName = OperatorName> {
  readonly operator: Name;
  readonly inputs: readonly (Value | undefined)[];
  readonly attributes: OperatorAttributes[Name];
  readonly outputs: readonly Value[];
}

/** How a parameter starts: normal with a standard deviation, uniform within ±bound, constant, or at given values (imported weights). */
export type Initial =
  | 'zeros'
  | 'ones'
  | { readonly normal: number; /** A row that starts at zero, as torch's padding_idx. */ readonly zeroRow?: number }
  | { readonly uniform: number }
  | { readonly given: Tensor<'float32'> };

export interface ParameterOptions {
  readonly initial: Initial;
  /** Whether weight decay applies. Default: true for matrices, false for vectors. */
  readonly decay?: boolean;
  /** Never updated, though part of the state. Default false. */
  readonly frozen?: boolean;
}

/** What stands between a parameter and those who use it while a part of a graph is built. */
export interface ParameterAdapter {
  readonly frozen: boolean;
  /** The value that users get instead; may declare parameters of its own. Absent: the parameter itself. */
  readonly through?: (value: Value) => Value;
}

/** A trainable tensor as data. */
export interface Parameter {
  readonly name: string;
  readonly shape: readonly number[];
  readonly initial: Initial;
  readonly decay: boolean;
  /** Present: never updated, though part of the state. */
  readonly frozen?: true;
}

/** `training`: dropout is active and sizes are fixed. `inference`: dropout is the identity and dimensions may be symbols. */
export type GraphMode = 'training' | 'inference';

/** Result types of an operator from its inputs. */
export type ShapeRules = {
  readonly [Name in OperatorName]: {
    readonly shape: (
      inputs: readonly (Value | undefined)[],
      attributes: OperatorAttributes[Name],
    ) => readonly ValueType[];
  };
};

/**
 * An ONNX graph under construction. Nodes stand in an order in which they can run.
 * Values are made by the free functions (`add`, `matmul`, `linear`, …); nothing is computed until an engine runs the encoded model.
 */
export class Graph {
  readonly mode: GraphMode;
  readonly nodes: Node[] = [];
  readonly inputs: Value[] = [];
  readonly parameters: Map<string, { readonly parameter: Parameter; readonly value: Value }> = new Map();
  readonly masks: { readonly value: Value; readonly rate: number }[] = [];
  readonly #rules: ShapeRules;
  readonly #names = new Set<string>();
  readonly #producers = new Map<Value, Node>();
  readonly #constants = new Map<string, Value>();
  readonly #detached = new Set<Value>();
  readonly #adapted = new Map<string, Value>();
  /** Ranges of `nodes` that are emitted again where slopes reach them, see recompute(). */
  readonly blocks: { readonly start: number; readonly end: number }[] = [];
  #adapter: ((name: string, shape: readonly number[]) => ParameterAdapter | undefined) | undefined;
  #scope = '';
  #insideBlock = false;
  #still = false;

  constructor(mode: GraphMode, rules: ShapeRules) {
    this.mode = mode;
    this.#rules = rules;
  }

  /** Declares what is fed at each run. */
  input(name: string, dtype: DType, shape: Shape): Value {
    if (this.mode === 'training') concreteShape(`input '${name}' of a training graph`, shape);
    const value = this.#value(this.#claim(name), { dtype, shape });
    this.inputs.push(value);
    return value;
  }

  /** Declares a float32 parameter, or returns it when it exists with the same shape: a tied weight. Inside scoped() the name gets the prefix. */
  parameter(plainName: string, shape: readonly number[], options: ParameterOptions): Value {
    const name = this.#scope + plainName;
    const known = this.parameters.get(name);
    if (known !== undefined) {
      if (known.parameter.shape.join() === shape.join()) return this.#adapted.get(name) ?? known.value;
      throw new BioscanError(
        'mismatch',
        `graph: parameter '${name}', got ${showShape(shape)}, expected ${showShape(known.parameter.shape)} as declared before`,
      );
    }
    const value = this.#value(this.#claim(name), { dtype: 'float32', shape });
    const decay = options.decay ?? shape.length > 1;
    const adapter = this.#adapter?.(name, shape);
    const frozen = (adapter?.frozen ?? options.frozen === true) ? ({ frozen: true } as const) : {};
    this.parameters.set(name, { parameter: { name, shape, initial: options.initial, decay, ...frozen }, value });
    if (adapter?.through === undefined) return value;
    const { through } = adapter;
    // Parameters of an adapter take their names from the value's, which has the whole scope already.
    const adapted = this.#inScope('', () => this.adapting(undefined, () => through(value)));
    this.#adapted.set(name, adapted);
    return adapted;
  }

  /** Builds with an adapter between each new parameter and its users. It is asked by names as they are where it was set, without scopes around it. */
  adapting<Result>(
    adapter: ((name: string, shape: readonly number[]) => ParameterAdapter | undefined) | undefined,
    build: () => Result,
  ): Result {
    const before = this.#adapter;
    const outside = this.#scope.length;
    this.#adapter = adapter === undefined ? undefined : (name, shape) => adapter(name.slice(outside), shape);
    try {
      return build();
    } finally {
      this.#adapter = before;
    }
  }

  /** Builds with `prefix.` before the names of all parameters, so that two parts may use the same names. Scopes nest. */
  scoped<Result>(prefix: string, build: () => Result): Result {
    if (prefix === '' || prefix.includes('#') || prefix.endsWith('.')) {
      throw new RangeError(`graph: scope '${prefix}', expected a name without '#' and without a dot at its end`);
    }
    return this.#inScope(`${this.#scope}${prefix}.`, build);
  }

  /** Builds nodes that are emitted again in the backward pass instead of being kept; a block inside a block is part of it. */
  block<Result>(build: () => Result): Result {
    if (this.#insideBlock) return build();
    const start = this.nodes.length;
    this.#insideBlock = true;
    try {
      return build();
    } finally {
      this.#insideBlock = false;
      this.blocks.push({ start, end: this.nodes.length });
    }
  }

  /** Builds a part whose dropout is the identity, as at inference: a frozen part of a training graph. */
  withoutDropout<Result>(build: () => Result): Result {
    const before = this.#still;
    this.#still = true;
    try {
      return build();
    } finally {
      this.#still = before;
    }
  }

  /** Whether dropout draws: in training, outside {@link withoutDropout}. */
  get drops(): boolean {
    return this.mode === 'training' && !this.#still;
  }

  /** A dropout mask that the engine fills with 0 and 1/(1-rate). */
  mask(shape: Shape, rate: number): Value {
    if (!(rate >= 0 && rate < 1)) throw new RangeError(`graph: dropout rate must be in [0, 1), got ${rate}`);
    if (this.mode !== 'training') throw new TypeError('graph: only a training graph has dropout masks');
    const fixed = concreteShape('dropout', shape);
    const value = this.#value(this.#claim(`dropout#${this.masks.length}`), { dtype: 'float32', shape: fixed });
    this.masks.push({ value, rate });
    return value;
  }

  /** A tensor stored in the model. Small equal constants are shared. */
  constant(data: Tensor): Value {
    const key = data.data.length <= 64 ? `${data.dtype}[${data.shape.join()}]${data.data.join()}` : undefined;
    const known = key === undefined ? undefined : this.#constants.get(key);
    if (known !== undefined) return known;
    const value = this.#value(this.#fresh('constant'), { dtype: data.dtype, shape: data.shape }, data);
    if (key !== undefined) this.#constants.set(key, value);
    return value;
  }

  /** A one-element constant of shape `()`. */
  scalar(number: number, dtype: DType = 'float32'): Value {
    return this.constant(tensor(dtype, [], elements(dtype, [number])));
  }

  /** A vector of int64, as shapes and axes are given to operators. */
  integers(numbers: readonly number[]): Value {
    return this.constant(tensor('int64', [numbers.length], BigInt64Array.from(numbers, BigInt)));
  }

  /** Applies an operator. The shape rule checks the inputs. */
  apply<Name extends OperatorName>(
    operator: Name,
    inputs: readonly (Value | undefined)[],
    attributes: OperatorAttributes[Name],
  ): readonly Value[] {
    for (const input of inputs) {
      if (input !== undefined && input.graph !== this) {
        throw new TypeError(`graph: ${operator} got '${input.name}' of another graph`);
      }
    }
    const types = this.#rules[operator].shape(inputs, attributes);
    const outputs = types.map((type) => this.#value(this.#fresh(operator), type));
    const node: Node = { operator, inputs, attributes, outputs };
    this.nodes.push(node);
    for (const output of outputs) this.#producers.set(output, node);
    return outputs;
  }

  /** The node that makes a value; undefined for inputs, parameters, masks and constants. */
  producer(value: Value): Node | undefined {
    return this.#producers.get(value);
  }

  /** The same value, through which no gradient flows. */
  detach(value: Value): Value {
    const [same] = this.apply('Identity', [value], {}) as [Value];
    this.#detached.add(same);
    return same;
  }

  /** Emits a node again with other inputs; detached outputs stay detached. */
  repeat(node: Node, inputs: readonly (Value | undefined)[]): readonly Value[] {
    const outputs = this.apply(node.operator, inputs, node.attributes);
    node.outputs.forEach((output, i) => {
      if (this.#detached.has(output)) this.#detached.add(outputs[i] as Value);
    });
    return outputs;
  }

  isDetached(value: Value): boolean {
    return this.#detached.has(value);
  }

  #inScope<Result>(scope: string, build: () => Result): Result {
    const before = this.#scope;
    this.#scope = scope;
    try {
      return build();
    } finally {
      this.#scope = before;
    }
  }

  #value(name: string, type: ValueType, constant?: Tensor): Value {
    return { name, graph: this, ...type, ...(constant === undefined ? {} : { constant }) };
  }

  #claim(name: string): string {
    if (name === '' || this.#names.has(name)) {
      throw new BioscanError('mismatch', `graph: name '${name}', got it twice or empty, expected a new one`);
    }
    this.#names.add(name);
    return name;
  }

  #fresh(prefix: string): string {
    let count = this.#names.size;
    while (this.#names.has(`${prefix}#${count}`)) count++;
    return this.#claim(`${prefix}#${count}`);
  }
}

function elements(dtype: DType, numbers: readonly number[]): Tensor['data'] {
  switch (dtype) {
    case 'float32':
      return Float32Array.from(numbers);
    case 'float64':
      return Float64Array.from(numbers);
    case 'int64':
      return BigInt64Array.from(numbers, BigInt);
    case 'int32':
      return Int32Array.from(numbers);
    case 'int8':
      return Int8Array.from(numbers);
    case 'uint8':
    case 'bool':
      return Uint8Array.from(numbers);
    case 'float16':
      throw new TypeError('graph: float16 constants are given as a tensor');
    default:
      return dtype satisfies never;
  }
}
