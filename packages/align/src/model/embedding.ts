import { BioscanError, tensor, type Identified, type Tensor } from '@bioscan/core';
import type { AlignmentData, ModalityRows } from '../alignment-data.js';

/** Inputs of rows with their ids, read a batch at a time. */
export async function* identified(
  { ids }: AlignmentData,
  column: ModalityRows,
  rows: readonly number[],
  batchSize: number,
): AsyncGenerator<Identified<unknown>> {
  for (let first = 0; first < rows.length; first += batchSize) {
    const part = rows.slice(first, first + batchSize);
    const read = await column.read(part);
    for (const [i, row] of part.entries()) yield { id: ids[row] as string, input: read[i] };
  }
}

/** @throws BioscanError `engine` when a session gave no vectors */
export function embeddingOf(found: Tensor | undefined): Tensor<'float32'> {
  if (found?.data instanceof Float32Array) return tensor('float32', found.shape, found.data);
  throw new BioscanError('engine', "align: the model has no output 'embedding'");
}
