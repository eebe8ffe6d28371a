import { allocate, tensor } from '@bioscan/core';
import { describe, expect, it } from 'vitest';
import { encodeModel } from '../src/encode-model.js';
import { gather, gradients, sum, trainingGraph } from '../src/index.js';
import { openSession, runSession } from './session.js';

const rows = 4098;
const width = 64;
const count = 1312;

/** The sum of all looked-up rows: its slope by a row is how often the row was looked up. */
function lookupSlopes(): Uint8Array {
  const graph = trainingGraph();
  const ids = graph.input('ids', 'int64', [16, count / 16]);
  const table = graph.parameter('table', [rows, width], { initial: 'zeros' });
  const slope = gradients(sum(gather(table, ids)), [table]).get(table);
  if (slope === undefined) throw new Error('no slope');
  return encodeModel(graph, { outputs: new Map([['slope', slope]]) });
}

describe('the gradient of an embedding', () => {
  it.each([1, 2, 4])('counts duplicate ids exactly in 200 runs on %i threads', async (threads) => {
    const session = await openSession(lookupSlopes(), threads);
    // Seven rows share all lookups: each is hit about 187 times.
    const ids = BigInt64Array.from({ length: count }, (_, i) => BigInt((i * i) % 7) * 500n);
    const expected = new Map<number, number>();
    for (const id of ids) expected.set(Number(id), (expected.get(Number(id)) ?? 0) + 1);
    const feeds = {
      ids: tensor('int64', [16, count / 16], ids),
      table: tensor('float32', [rows, width], allocate('float32', rows * width)),
    };
    let exact = 0;
    for (let run = 0; run < 200; run++) {
      const { slope } = await runSession(session, feeds);
      const data = slope?.data as Float32Array;
      const wrong = data.findIndex((value, i) => value !== (expected.get(Math.floor(i / width)) ?? 0));
      if (wrong < 0) exact++;
    }
    await session.release();
    expect(exact).toBe(200);
  });
});
