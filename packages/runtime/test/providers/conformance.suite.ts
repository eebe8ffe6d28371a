import { describe, expect, it } from 'vitest';
import { adamw, inGraphStep, trainingStep } from '@bioscan/graph';
import { openRuntime, type Provider } from '@bioscan/runtime/node';
import { checkRuntime } from '../../../../tools/testing/check-runtime.js';
import { network, networkFeeds, type NetworkSize } from '../networks.js';

const provider = process.env['BIOSCAN_PROVIDER'] as Provider;

checkRuntime(`openRuntime on ${provider}`, () => openRuntime({ provider, threads: 1 }), { tolerance: 1e-5 });

const size: NetworkSize = { batch: 2, tokens: 6, width: 16, layers: 2, vocabulary: 21, dropout: 0.1 };

/** Losses of eight steps of a BERT, dropout and clipping included. */
async function losses(on: Provider, inGraph: 'loop' | 'single' | 'kernel'): Promise<readonly number[]> {
  const { graph, loss, initial } = network(size);
  const options = { loss, optimizer: adamw({ clipNorm: 1 }), seed: 5 };
  const step =
    inGraph === 'kernel' ? trainingStep(graph, options) : inGraphStep(graph, { ...options, loop: inGraph === 'loop' });
  const runtime = openRuntime({ provider: on, threads: 1 });
  try {
    const session = await runtime.train(step, initial);
    const feeds = Array.from({ length: 8 }, (_, i) => networkFeeds(size, i));
    const metrics = await session.steps(
      feeds,
      feeds.map(() => ({ learningRate: 1e-2, beta1: 0.9 })),
    );
    expect((await session.read()).step).toBe(8);
    return metrics.map((metric) => Number(metric.loss!.data[0]));
  } finally {
    await runtime.close();
  }
}

describe(`training on ${provider}`, () => {
  it.each(['single', 'loop', 'kernel'] as const)('has the losses of the CPU to four decimals (%s)', async (mode) => {
    const expected = await losses('cpu', 'kernel');
    const got = await losses(provider, mode);
    expect(expected).toHaveLength(8);
    expect(expected[7]).toBeLessThan(expected[0]!);
    got.forEach((loss, i) => {
      expect(Math.abs(loss - expected[i]!)).toBeLessThan(5e-5);
    });
  });
});
