import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { tensor } from '@bioscan/core';
import { openRuntime } from '@bioscan/runtime/node';

const model = (name: string): Uint8Array => new Uint8Array(readFileSync(`fixtures/runtime/${name}.onnx`));
const runtime = openRuntime({ threads: 1 });
afterAll(() => runtime.close());

function slowFeeds(rounds: number) {
  return {
    rounds: tensor('int64', [], BigInt64Array.of(BigInt(rounds))),
    x: tensor(
      'float32',
      [256, 256],
      Float32Array.from({ length: 65_536 }, (_, i) => (i % 17) / 17),
    ),
  };
}

describe('a runtime while it works', () => {
  it('lets timers tick during a run', async () => {
    const session = await runtime.open(model('slow'));
    let ticks = 0;
    const timer = setInterval(() => ticks++, 5);
    await session.run(slowFeeds(600));
    clearInterval(timer);
    expect(ticks).toBeGreaterThanOrEqual(5);
  });

  it('rejects pending calls with cancelled when it is closed during a run', async () => {
    const closing = openRuntime({ threads: 1 });
    const session = await closing.open(model('slow'));
    const calls = [session.run(slowFeeds(2000)), session.run(slowFeeds(1))];
    const outcomes = Promise.allSettled(calls);
    await new Promise((resolve) => setTimeout(resolve, 20));
    await closing.close();
    for (const outcome of await outcomes) {
      expect(outcome.status).toBe('rejected');
      expect((outcome as PromiseRejectedResult).reason).toMatchObject({ code: 'cancelled' });
    }
    await expect(session.run(slowFeeds(1))).rejects.toMatchObject({ code: 'cancelled' });
  });
});
