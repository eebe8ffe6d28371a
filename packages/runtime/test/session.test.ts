import { afterAll, describe, expect, it } from 'vitest';
import { tensor } from '@bioscan/core';
import { openRuntime } from '@bioscan/runtime/node';
import { checkRuntime } from '../../../tools/testing/check-runtime.js';
import { loadOnnxRuntime } from '../src/worker/onnx-runtime.js';
import { model } from './fixtures.js';

const runtime = openRuntime({ threads: 1 });
afterAll(() => runtime.close());

checkRuntime('openRuntime', () => openRuntime({ threads: 1 }));
checkRuntime('openRuntime on two threads', () => openRuntime({ threads: 2 }));

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

  it('is closed by a signal, before and during a run', async () => {
    const controller = new AbortController();
    const engine = openRuntime({ threads: 1, signal: controller.signal });
    const session = await engine.open(model('slow'));
    const outcome = expect(session.run(slowFeeds(500))).rejects.toMatchObject({ code: 'cancelled', cause: 'enough' });
    setTimeout(() => {
      controller.abort('enough');
    }, 20);
    await outcome;
    await engine.close();
    expect(() => openRuntime({ signal: controller.signal })).toThrow(/cancelled/);
  });

  it('gives up the buffers of feeds on request only', async () => {
    const session = await runtime.open(model('affine'));
    const x = tensor('float32', [1, 3], Float32Array.of(1, 2, 3));
    await session.run({ x });
    expect(x.data).toHaveLength(3);
    await session.run({ x }, { transfer: true });
    expect(x.data).toHaveLength(0);
  });

  it('names the inputs when the model fails on them', async () => {
    const broken = await runtime.open(model('reshape'));
    const bad = { x: tensor('float32', [6], new Float32Array(6)), shape: tensor('int64', [1], BigInt64Array.of(4n)) };
    await expect(broken.run(bad)).rejects.toMatchObject({ code: 'engine' });
    await expect(broken.run(bad)).rejects.toThrow(/outputs y.*inputs x float32\[6\], shape int64\[1\]/s);
  });
});

describe('the engine that is not installed', () => {
  it('is taught', async () => {
    const missing = Object.assign(new Error("Cannot find package 'onnxruntime-node'"), {
      code: 'ERR_MODULE_NOT_FOUND',
    });
    const loading = loadOnnxRuntime(() => Promise.reject(missing));
    await expect(loading).rejects.toMatchObject({ code: 'unsupported' });
    await expect(loading).rejects.toThrow(/npm install onnxruntime-node.*ONNXRUNTIME_NODE_INSTALL=skip/);
    const broken = loadOnnxRuntime(() => Promise.reject(new Error('no binary')));
    await expect(broken).rejects.toThrow(/does not load on/);
  });
});
