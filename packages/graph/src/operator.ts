import type { AttributeKinds, OperatorAttributes, OperatorName } from './attributes.js';
import type { Value, ValueType } from './graph.js';

/** What a rule of differentiation sees of a node: `cotangents[i]` is the slope of the loss by output i, absent where the loss does not depend on it. */
export interface Backward<Name extends OperatorName> {
  readonly inputs: readonly (Value | undefined)[];
  readonly outputs: readonly Value[];
  readonly attributes: OperatorAttributes[Name];
  readonly cotangents: readonly (Value | undefined)[];
  /** Slopes by the inputs, found by building the outputs again of plainer operators and differentiating those. */
  readonly through: (build: () => readonly Value[]) => readonly (Value | undefined)[];
}

/** All that the package knows of an operator. */
export interface Operator<Name extends OperatorName> {
  readonly domain: '' | 'com.microsoft';
  readonly attributes: AttributeKinds<Name>;
  /** What ONNX takes for attributes that a file leaves out, where the type here asks for them. */
  readonly defaults?: Partial<OperatorAttributes[Name]>;
  /** Checks the inputs and gives the types of the outputs. */
  readonly shape: (
    inputs: readonly (Value | undefined)[],
    attributes: OperatorAttributes[Name],
  ) => readonly ValueType[];
  /** How many of the last outputs a model may leave out. Default 0. */
  readonly optionalOutputs?: number;
  /**
   * Vector-Jacobian product: emits one slope an input, of that input's shape, undefined where there is none.
   * What turns out unused is pruned, so rules need not ask who wants it. 'none': no gradient passes.
   */
  readonly vjp: ((node: Backward<Name>) => readonly (Value | undefined)[]) | 'none';
}

/** Rules for some operators; the whole table is `{ [Name in OperatorName]: Operator<Name> }`. */
export type Operators<Name extends OperatorName = OperatorName> = { readonly [Key in Name]: Operator<Key> };
