import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import type { MemoryPlan } from '@bioscan/graph';

interface Measured {
  readonly plan: MemoryPlan;
  readonly peak: number;
  readonly rss: readonly number[];
}

/** A process of its own, whose peak is its own. */
function measure(settings: { layers: number; batch: number; recomputed?: boolean }): Measured {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ['packages/runtime/test/measure-memory.mjs', JSON.stringify(settings)],
    { encoding: 'utf8', timeout: 120_000 },
  );
  expect(status, stderr).toBe(0);
  return JSON.parse(stdout) as Measured;
}

describe('memory of a training step', () => {
  it('is as planned, for two sizes, and steps after the second add little', () => {
    for (const settings of [
      { layers: 4, batch: 16 },
      { layers: 2, batch: 32 },
    ]) {
      const { plan, peak, rss } = measure(settings);
      // Above the plan: the initial state in transit, packed matrices, the allocator.
      expect(peak / plan.total).toBeGreaterThan(0.8);
      expect(peak / plan.total).toBeLessThan(1.6);
      expect(rss[3]! - rss[2]!).toBeLessThan(plan.parameters);
    }
  }, 240_000);

  it('falls when blocks are recomputed', () => {
    const kept = measure({ layers: 4, batch: 16 });
    const again = measure({ layers: 4, batch: 16, recomputed: true });
    expect(again.plan.activations).toBeLessThan(kept.plan.activations / 2);
    expect(again.peak).toBeLessThan(kept.peak * 0.8);
  }, 240_000);
});
