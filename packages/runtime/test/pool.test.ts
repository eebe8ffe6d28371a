import { afterAll, describe, expect, it } from 'vitest';
import { isBioscanError } from '@bioscan/core';
import { nodePool, serveTasks } from '@bioscan/runtime/node';

const worker = new URL('workers/tasks.mjs', import.meta.url);
const pool = nodePool(worker, { size: 2 });
afterAll(() => pool.close());

describe('nodePool', () => {
  it('runs tasks by name, more of them than threads', async () => {
    const results = await Promise.all(Array.from({ length: 30 }, (_, i) => pool.run<number>('double', i)));
    expect(results).toEqual(Array.from({ length: 30 }, (_, i) => i * 2));
  });

  it('runs two tasks at a time', async () => {
    const order: string[] = [];
    const run = async (value: string, milliseconds: number): Promise<void> => {
      order.push(await pool.run<string>('later', { value, milliseconds }));
    };
    await Promise.all([run('slow', 200), run('quick', 1), run('after quick', 1)]);
    expect(order).toEqual(['quick', 'after quick', 'slow']);
  });

  it('keeps errors as they were thrown', async () => {
    const error: unknown = await pool.run('fail', 7).catch((thrown: unknown) => thrown);
    expect(isBioscanError(error)).toBe(true);
    expect(error).toMatchObject({
      code: 'bad-row',
      message: 'test: row 7',
      details: { row: 7 },
      cause: { message: 'inner' },
    });
    expect((error as Error).cause).toBeInstanceOf(RangeError);
    await expect(pool.run('type', 0)).rejects.toThrow(TypeError);
    await expect(pool.run('no-such-task', 0)).rejects.toThrow(/no task 'no-such-task', expected double, later/);
    await expect(pool.run('toString', 0)).rejects.toThrow(/no task/);
  });

  it('rejects an input that cannot be sent', async () => {
    await expect(pool.run('double', () => 1)).rejects.toThrow(/could not be cloned/);
    expect(await pool.run('double', 4)).toBe(8);
  });

  it('replaces a thread that ended', async () => {
    await expect(pool.run('leave', 0)).rejects.toThrow(/ended with code 3/);
    expect(await Promise.all([1, 2, 3].map((value) => pool.run('double', value)))).toEqual([2, 4, 6]);
  });

  it('stops in mid-task when it is closed', async () => {
    const closing = nodePool(worker, { size: 1 });
    const outcomes = Promise.allSettled([closing.run('forever', 0), closing.run('double', 1)]);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await closing.close();
    for (const outcome of await outcomes)
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'cancelled' } });
    await expect(closing.run('double', 1)).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('says where serveTasks belongs', () => {
    // A test file may itself run in a thread, which is not one of a pool's.
    if (process.send !== undefined)
      expect(() => {
        serveTasks({});
      }).toThrow(/nodePool/);
    expect(() => nodePool(worker, { size: 0 })).toThrow(RangeError);
  });
});
