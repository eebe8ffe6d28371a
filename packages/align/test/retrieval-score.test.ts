import { tensor, type EmbeddingBlock } from '@bioscan/core';
import { inMemory, retrievalScore, type AlignmentData } from '@bioscan/align';
import { expect, it } from 'vitest';

it('passes over the specimen itself and over keys without the label, which cannot answer', async () => {
  const ids = ['a', 'b', 'c', 'd', 'e'];
  const angles = [0, 0.1, 0.3, 1.5, 1.3];
  const data: AlignmentData = {
    ids,
    modalities: { image: inMemory(ids) },
    labels: { species: ['A', undefined, 'A', 'B', 'B'] },
    hash: '',
  };
  const flat = angles.flatMap((angle) => [Math.cos(angle), Math.sin(angle)]);
  const image: EmbeddingBlock = { ids, vectors: tensor('float32', [5, 2], Float32Array.from(flat)) };
  // Nearest to a and to c is b, which has no name; the next is of their species.
  expect(await retrievalScore({ query: 'image', key: 'image' }).score({ image }, data)).toBe(1);
});
