import { describe, expect, it } from 'vitest';
import { allowedGrowth, runBatch } from '../fuzz/batch.js';
import { readers } from '../fuzz/registry.js';

describe('readers of model files under mutated files', () => {
  it.each(readers.map(({ name }) => name))(
    '%s throws nothing but BioscanError, ends, and stays within its memory',
    async (reader) => {
      const result = await runBatch({ reader, seed: 2026, from: 0, to: 400 });
      if ('failure' in result) throw new Error(`${result.failure} near mutant ${result.near}`);
      expect(result.broken).toEqual([]);
      const { read = 0, ...refused } = result.outcomes;
      expect(read).toBeGreaterThan(0);
      expect(Object.values(refused).reduce((a, b) => a + b, 0)).toBe(400 - read);
      expect(result.grown).toBeLessThan(allowedGrowth(result.largest));
    },
  );
});
