import type { Tensor } from '@bioscan/core';

/** Operators without attributes. */
type NoAttributes = Readonly<Record<string, never>>;

interface AxisAttribute {
  readonly axis: number;
}

interface KeepAttribute {
  readonly keepdims: 0 | 1;
}

interface FusedMatMulAttributes {
  readonly alpha: number;
  readonly transA: 0 | 1;
  readonly transB: 0 | 1;
}

/** Where a window slides over the spatial axes of (n, channels, …spatial); what is absent is 1, or 0 for pads. */
export interface WindowAttributes {
  readonly auto_pad?: string;
  readonly dilations?: readonly number[];
  readonly kernel_shape?: readonly number[];
  /** Begins of all spatial axes, then their ends. */
  readonly pads?: readonly number[];
  readonly strides?: readonly number[];
}

export interface ConvAttributes extends WindowAttributes {
  readonly group?: number;
}

export interface PoolAttributes extends WindowAttributes {
  readonly ceil_mode?: number;
  readonly kernel_shape: readonly number[];
}

interface WindowOperators {
  Conv: ConvAttributes;
  ConvTranspose: ConvAttributes & {
    readonly output_padding?: readonly number[];
    readonly output_shape?: readonly number[];
  };
  MaxPool: PoolAttributes & { readonly storage_order?: number };
  AveragePool: PoolAttributes & { readonly count_include_pad?: number };
  GlobalAveragePool: NoAttributes;
  GlobalMaxPool: NoAttributes;
}

interface NormalizationOperators {
  BatchNormalization: { readonly epsilon?: number; readonly momentum?: number; readonly training_mode?: number };
  InstanceNormalization: { readonly epsilon?: number };
  GroupNormalization: { readonly epsilon?: number; readonly num_groups: number };
  LpNormalization: { readonly axis?: number; readonly p?: number };
}

interface ArrangeOperators {
  Flatten: { readonly axis?: number };
  Pad: { readonly mode?: string };
  Tile: NoAttributes;
  DepthToSpace: { readonly blocksize: number; readonly mode?: string };
  SpaceToDepth: { readonly blocksize: number };
  Trilu: { readonly upper?: number };
}

interface ActivationOperators {
  HardSigmoid: { readonly alpha?: number; readonly beta?: number };
  HardSwish: NoAttributes;
  LeakyRelu: { readonly alpha?: number };
  PRelu: NoAttributes;
  ThresholdedRelu: { readonly alpha?: number };
  Elu: { readonly alpha?: number };
  Selu: { readonly alpha?: number; readonly gamma?: number };
  Celu: { readonly alpha?: number };
  Softplus: NoAttributes;
  Softsign: NoAttributes;
  Mish: NoAttributes;
  Clip: NoAttributes;
  FastGelu: NoAttributes;
  QuickGelu: { readonly alpha?: number };
}

/** Every operator that graphs are made of, and its attributes. The rule table is exhausted by this type. */
export interface OperatorAttributes
  extends WindowOperators, NormalizationOperators, ArrangeOperators, ActivationOperators {
  Add: NoAttributes;
  Sub: NoAttributes;
  Mul: NoAttributes;
  Div: NoAttributes;
  Pow: NoAttributes;
  Neg: NoAttributes;
  Abs: NoAttributes;
  Exp: NoAttributes;
  Log: NoAttributes;
  Sqrt: NoAttributes;
  Reciprocal: NoAttributes;
  Erf: NoAttributes;
  Sin: NoAttributes;
  Cos: NoAttributes;
  Tan: NoAttributes;
  Sign: NoAttributes;
  Floor: NoAttributes;
  Ceil: NoAttributes;
  Round: NoAttributes;
  Min: NoAttributes;
  Max: NoAttributes;
  Sum: NoAttributes;
  Mean: NoAttributes;
  Tanh: NoAttributes;
  Relu: NoAttributes;
  Sigmoid: NoAttributes;
  Gelu: NoAttributes;
  Identity: NoAttributes;
  MatMul: NoAttributes;
  FusedMatMul: FusedMatMulAttributes;
  Gemm: FusedMatMulAttributes & { readonly beta: number };
  Transpose: { readonly perm: readonly number[] };
  Reshape: NoAttributes;
  Expand: NoAttributes;
  Squeeze: NoAttributes;
  Unsqueeze: NoAttributes;
  Concat: AxisAttribute;
  Slice: NoAttributes;
  Split: AxisAttribute;
  ReduceSum: KeepAttribute;
  ReduceMean: KeepAttribute;
  ReduceMax: KeepAttribute;
  Softmax: AxisAttribute;
  LogSoftmax: AxisAttribute;
  LayerNormalization: AxisAttribute & { readonly epsilon: number };
  Gather: AxisAttribute;
  GatherElements: AxisAttribute;
  ScatterElements: AxisAttribute & { readonly reduction: 'none' | 'add' };
  Where: NoAttributes;
  Cast: { readonly to: number };
  ConstantOfShape: { readonly value: Tensor };
  Equal: NoAttributes;
  Less: NoAttributes;
  Greater: NoAttributes;
  LessOrEqual: NoAttributes;
  GreaterOrEqual: NoAttributes;
  IsNaN: NoAttributes;
  IsInf: { readonly detect_negative?: number; readonly detect_positive?: number };
  Mod: { readonly fmod?: number };
  CastLike: NoAttributes;
  And: NoAttributes;
  Xor: NoAttributes;
  Or: NoAttributes;
  Not: NoAttributes;
  ArgMax: AxisAttribute & KeepAttribute;
  BiasGelu: NoAttributes;
  DynamicQuantizeMatMul: NoAttributes;
  QuantizeLinear: AxisAttribute;
  DequantizeLinear: AxisAttribute;
  SkipLayerNormalization: { readonly epsilon: number };
  MultiHeadAttention: { readonly num_heads: number; readonly scale: number; readonly mask_filter_value: number };
}

export type OperatorName = keyof OperatorAttributes;

/** How an attribute is stored in ONNX. */
export type AttributeKind = 'int' | 'float' | 'string' | 'ints' | 'tensor';
export type AttributeKinds<Name extends OperatorName> = {
  readonly [Key in keyof OperatorAttributes[Name]]-?: AttributeKind;
};
