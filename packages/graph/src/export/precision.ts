import { dynamicInt8 } from './dynamic-int8.js';
import type { ExportPass } from './draft.js';
import { float16 } from './float16.js';
import { fuse } from './fuse.js';

/** How the numbers of an exported encoder are stored and multiplied. `int8` needs no calibration; see `staticInt8` for fixed ranges. */
export type Precision = 'float32' | 'float16' | 'int8';

export const precisions: readonly Precision[] = ['float32', 'float16', 'int8'];

/** The passes that export at a precision for ONNX Runtime, fused kernels included. */
export function exportPasses(precision: Precision): readonly ExportPass[] {
  switch (precision) {
    case 'float32':
      return [fuse()];
    case 'float16':
      return [fuse(), float16()];
    case 'int8':
      return [fuse(), dynamicInt8()];
    default:
      throw new TypeError(`graph: unknown precision ${String(precision satisfies never)}`);
  }
}
