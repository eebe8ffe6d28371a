import type { Tensor } from '@bioscan/core';

/** Operators without attributes. */
type NoAttributes = Readonly<Record<string, never>>;

interface AxisAttribute {
  readonly axis: number;
}

interface ReduceAttributes {
  readonly keepdims: 0 | 1;
  readonly noop_with_empty_axes?: number;
}

interface ArgumentAttributes extends AxisAttribute {
  readonly keepdims: 0 | 1;
  readonly select_last_index?: number;
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

interface ReduceOperators {
  ReduceSum: ReduceAttributes;
  ReduceMean: ReduceAttributes;
  ReduceMax: ReduceAttributes;
  ReduceMin: ReduceAttributes;
  ReduceProd: ReduceAttributes;
  ReduceL1: ReduceAttributes;
  ReduceL2: ReduceAttributes;
  ReduceLogSum: ReduceAttributes;
  ReduceLogSumExp: ReduceAttributes;
  ReduceSumSquare: ReduceAttributes;
  ArgMax: ArgumentAttributes;
  ArgMin: ArgumentAttributes;
  CumSum: { readonly exclusive?: number; readonly reverse?: number };
  TopK: { readonly axis?: number; readonly largest?: number; readonly sorted?: number };
  Einsum: { readonly equation: string };
}

interface GeneratorOperators {
  ConstantOfShape: { readonly value: Tensor };
  Shape: { readonly start?: number; readonly end?: number };
  Size: NoAttributes;
  Range: NoAttributes;
  EyeLike: { readonly dtype?: number; readonly k?: number };
  OneHot: { readonly axis?: number };
  NonZero: NoAttributes;
}

interface IndexOperators {
  GatherND: { readonly batch_dims?: number };
  /** Replaces only: with reduction=add ONNX Runtime loses updates on more than one thread. */
  ScatterND: { readonly reduction?: string };
  Resize: {
    readonly antialias?: number;
    readonly axes?: readonly number[];
    readonly coordinate_transformation_mode?: string;
    readonly cubic_coeff_a?: number;
    readonly exclude_outside?: number;
    readonly extrapolation_value?: number;
    readonly keep_aspect_ratio_policy?: string;
    readonly mode?: string;
    readonly nearest_mode?: string;
  };
}

/** Every operator that graphs are made of, and its attributes. The rule table is exhausted by this type. */
export interface OperatorAttributes
  extends
    WindowOperators,
    NormalizationOperators,
    ArrangeOperators,
    ActivationOperators,
    ReduceOperators,
    GeneratorOperators,
    IndexOperators {
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
  Softmax: AxisAttribute;
  LogSoftmax: AxisAttribute;
  LayerNormalization: AxisAttribute & { readonly epsilon: number };
  Gather: AxisAttribute;
  GatherElements: AxisAttribute;
  ScatterElements: AxisAttribute & { readonly reduction: 'none' | 'add' };
  Where: NoAttributes;
  Cast: { readonly to: number };
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
