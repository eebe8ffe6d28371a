import { BioscanError, type DType } from '@bioscan/core';

/** Element types of ONNX (TensorProto.DataType). */
const codes = {
  float32: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  float64: 11,
} as const satisfies Record<DType, number>;

export function dtypeCode(dtype: DType): number {
  return codes[dtype];
}

/** @throws BioscanError `unsupported` */
export function dtypeOfCode(code: number): DType {
  for (const [dtype, known] of Object.entries(codes)) if (known === code) return dtype as DType;
  throw new BioscanError(
    'unsupported',
    `graph: element type ${code}, expected one of ${Object.keys(codes).join(', ')}`,
  );
}
