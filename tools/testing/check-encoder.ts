import assert from 'node:assert/strict';
import type { Encoder } from '@bioscan/core';

/**
 * Conformance of an encoder: shapes, finite numbers, order, independence of the batch, repeatability, provenance that says what it is and
 * survives JSON. Give it at least three inputs that differ. Throws AssertionError; returns how many things were checked.
 */
export async function checkEncoder<Input>(
  encoder: Encoder<Input>,
  inputs: readonly Input[],
  { tolerance = 1e-4 }: { readonly tolerance?: number } = {},
): Promise<{ checks: number }> {
  let checks = 0;
  const check = (holds: boolean, what: string): void => {
    checks++;
    assert.ok(holds, `${encoder.id}: ${what}`);
  };
  assert.ok(inputs.length >= 3, 'checkEncoder needs three inputs');
  const { dimension, provenance } = encoder;
  const width = dimension;
  const together = await encoder.encode(inputs);
  const again = await encoder.encode(inputs);
  const backwards = await encoder.encode(inputs.toReversed());
  const near = (a: Float32Array, b: Float32Array): boolean =>
    a.length === b.length &&
    a.every((value, i) => Math.abs(value - (b[i] ?? NaN)) <= tolerance * Math.max(1, Math.abs(value)));
  const rowOf = (data: Float32Array, i: number): Float32Array => data.subarray(i * width, (i + 1) * width);

  check(Number.isInteger(dimension) && dimension > 0, 'dimension is a whole number from 1');
  check(Number.isInteger(encoder.maxBatch) && encoder.maxBatch > 0, 'maxBatch is a whole number from 1');
  check(together.shape.join() === [inputs.length, width].join(), 'vectors are (n, dimension)');
  check(together.data.every(Number.isFinite), 'numbers are finite');
  check(near(together.data, again.data), 'the same inputs give the same vectors');
  check(
    inputs.every((_, i) => near(rowOf(together.data, i), rowOf(backwards.data, inputs.length - 1 - i))),
    'row i is that of input i',
  );
  for (const [i, input] of inputs.entries()) {
    const alone = await encoder.encode([input]);
    check(near(alone.data, rowOf(together.data, i)), `input ${i} alone is encoded as among others`);
  }
  check(
    inputs.some((_, i) => !near(rowOf(together.data, 0), rowOf(together.data, i))),
    'different inputs do not all get one vector',
  );
  check((await encoder.encode([])).shape.join() === [0, width].join(), 'no inputs give (0, dimension)');
  check(provenance.id === encoder.id && provenance.dimension === width, 'provenance has its id and dimension');
  check(provenance.modality === encoder.modality, 'provenance has its modality');
  const read = JSON.parse(JSON.stringify(provenance)) as unknown;
  check(assertEqual(read, provenance), 'provenance survives JSON');
  return { checks };
}

function assertEqual(a: unknown, b: unknown): boolean {
  assert.deepEqual(a, b);
  return true;
}
