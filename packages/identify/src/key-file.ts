import { BioscanError, tensor, type KeyMatrix, type Tensor } from '@bioscan/core';
import { floats, integers, joined, littleEndian } from './float-bytes.js';
import { identifierFiles, type KeyModality, type KeyRecord } from './manifest.js';
import { unitRows } from './unit-rows.js';

/** Vectors of references in one modality. */
export interface IdentifierKeys {
  readonly modality: KeyModality;
  /** `(n)`; position of each vector's specimen in the references. */
  readonly rows: Int32Array;
  /** `(n, dimension)`; scaled to length 1 when written. */
  readonly vectors: Tensor<'float32'>;
  /** See {@link KeyRecord}. Default 0. */
  readonly shift?: number;
}

/** Keys as they are searched. */
export interface OpenedKeys {
  readonly modality: KeyModality;
  readonly rows: Int32Array;
  readonly matrix: KeyMatrix;
  readonly shift: number;
}

/** Bytes of a key file: positions (int32), vectors (float32, or int8 codes), and for codes one float32 scale a row. Little-endian. */
export function encodeKeys({ rows, vectors }: IdentifierKeys, dtype: KeyRecord['dtype']): Uint8Array {
  const unit = unitRows(vectors);
  if (dtype === 'float32') return joined([littleEndian(rows), littleEndian(unit.data)]);
  const width = unit.shape[1] ?? 1;
  const codes = new Int8Array(unit.data.length);
  const scales = new Float32Array(rows.length);
  for (let row = 0; row < rows.length; row++) {
    const values = unit.data.subarray(row * width, (row + 1) * width);
    const scale = rowScale(values);
    scales[row] = scale;
    if (scale > 0) for (let i = 0; i < width; i++) codes[row * width + i] = Math.round((values[i] as number) / scale);
  }
  return joined([littleEndian(rows), new Uint8Array(codes.buffer), littleEndian(scales)]);
}

/** Vectors `(n, d)` as a key file of a dtype keeps them: of length 1, and rounded to 8 bits for `int8`. */
export function storedVectors(vectors: Tensor<'float32'>, dtype: KeyRecord['dtype']): Tensor<'float32'> {
  const unit = unitRows(vectors);
  if (dtype === 'float32') return unit;
  const [count = 0, width = 0] = unit.shape;
  const data = Float32Array.from(unit.data);
  for (let row = 0; row < count; row++) {
    const values = data.subarray(row * width, (row + 1) * width);
    const scale = rowScale(values);
    if (scale > 0) for (let i = 0; i < width; i++) values[i] = Math.round((values[i] as number) / scale) * scale;
  }
  return tensor('float32', unit.shape, data);
}

/** @throws BioscanError `mismatch` when the size is not that of the record, or a position is none of a reference */
export function decodeKeys(bytes: Uint8Array, record: KeyRecord, dimension: number, references: number): OpenedKeys {
  const { modality, count, dtype, shift } = record;
  const file = identifierFiles[modality];
  const width = dtype === 'float32' ? 4 * dimension : dimension + 4;
  if (bytes.length !== count * (4 + width)) {
    throw new BioscanError(
      'mismatch',
      `identify: ${file}, got ${bytes.length} bytes, expected ${count * (4 + width)} for ${count} ${dtype} keys of ${dimension}; export the identifier again`,
      { file },
    );
  }
  const rows = integers(bytes.subarray(0, 4 * count));
  const stranger = rows.find((row) => row < 0 || row >= references);
  if (stranger !== undefined) {
    throw new BioscanError(
      'mismatch',
      `identify: ${file}, got a key of reference ${stranger}, expected 0 to ${references - 1}; export the identifier again`,
      { file },
    );
  }
  const values = bytes.subarray(4 * count, 4 * count + count * (dtype === 'float32' ? 4 : 1) * dimension);
  const matrix: KeyMatrix =
    dtype === 'float32'
      ? { dimension, values: floats(values) }
      : {
          dimension,
          values: new Int8Array(values.slice().buffer),
          scales: floats(bytes.subarray(bytes.length - 4 * count)),
        };
  return { modality, rows, matrix, shift };
}

function rowScale(values: Float32Array): number {
  return Math.fround(values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0) / 127);
}
