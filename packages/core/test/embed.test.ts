import { describe, expect, it } from 'vitest';
import { collect, embed, isBioscanError, tensor, type Encoder, type Identified } from '@bioscan/core';

/** Encodes a string as (length, batch size of the call). */
function lengthEncoder(width = 2): Encoder<string> {
  return {
    id: 'length',
    modality: 'text',
    dimension: 2,
    maxBatch: 3,
    provenance: { id: 'length', modality: 'text', dimension: 2, settings: {} },
    encode: (batch) => {
      const rows = batch.flatMap((text) => [text.length, batch.length].slice(0, width));
      return Promise.resolve(tensor('float32', [batch.length, width], Float32Array.from(rows)));
    },
  };
}

const inputs: Identified<string>[] = ['a', 'bb', 'ccc', 'dddd'].map((input, i) => ({ id: `id-${i}`, input }));

describe('embed', () => {
  it('keeps ids, order and batching, and reports progress', async () => {
    const seen: number[] = [];
    const block = await collect(
      embed(lengthEncoder(), inputs, { total: 4, onProgress: ({ done }) => seen.push(done) }),
    );
    expect(block.ids).toEqual(['id-0', 'id-1', 'id-2', 'id-3']);
    expect(Array.from(block.vectors.data)).toEqual([1, 3, 2, 3, 3, 3, 4, 1]);
    expect(seen).toEqual([3, 4]);
  });

  it('stops between two batches when cancelled', async () => {
    const cancel = new AbortController();
    const blocks = embed(lengthEncoder(), inputs, {
      batchSize: 1,
      signal: cancel.signal,
      onProgress: () => {
        cancel.abort();
      },
    });
    await expect(collect(blocks)).rejects.toSatisfy((error) => isBioscanError(error) && error.code === 'cancelled');
  });

  it('refuses an encoder whose rows have the wrong width', async () => {
    await expect(collect(embed(lengthEncoder(1), inputs))).rejects.toThrow('returned shape [3, 1], expected [3, 2]');
  });

  it('refuses a batch that the encoder cannot take', () => {
    expect(() => embed(lengthEncoder(), inputs, { batchSize: 4 })).toThrow(RangeError);
  });
});
