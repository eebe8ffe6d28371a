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

/** Every operator that graphs are made of, and its attributes. The rule table is exhausted by this type. */
export interface OperatorAttributes {
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
  And: NoAttributes;
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
  readonly [Key in keyof OperatorAttributes[Name]]: AttributeKind;
};
