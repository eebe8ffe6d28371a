import { describe, expect, it } from 'vitest';
import { adamw, conv, linear, mean, mul, reshape, trainingGraph, trainingStep } from '@bioscan/graph';

describe('operations of a training step', () => {
  it('counts a linear layer three times: forward, by its weights, by its input', () => {
    const graph = trainingGraph();
    const x = graph.input('x', 'float32', [8, 5]);
    const hidden = linear(x, 'first', 6);
    const out = linear(hidden, 'second', 4);
    const step = trainingStep(graph, { loss: mean(mul(out, out)), optimizer: adamw(), seed: 1 });
    // The first layer's input is no parameter, so its slope is not taken.
    expect(step.operations).toBe(2 * 8 * (2 * 5 * 6 + 3 * 6 * 4));
  });

  it('counts a convolution by kernel, channels and places', () => {
    const graph = trainingGraph();
    const x = graph.input('x', 'float32', [2, 3, 8, 8]);
    const weight = graph.parameter('weight', [4, 3, 3, 3], { initial: { normal: 1 } });
    const y = reshape(conv(x, weight, undefined, { strides: 2, padding: 1 }), [2, 64]);
    const step = trainingStep(graph, { loss: mean(mul(y, y)), optimizer: adamw(), seed: 1 });
    const forward = 2 * 2 * 4 * 4 * 4 * 27;
    expect((step.operations as number) / forward).toBeGreaterThanOrEqual(2);
    expect((step.operations as number) / forward).toBeLessThan(2.6);
  });
});
