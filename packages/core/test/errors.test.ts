import { describe, expect, it } from 'vitest';
import { BioscanError, isBioscanError, memoryStore, nearestName, tensor } from '@bioscan/core';

describe('errors', () => {
  it('are recognised by their brand, also from another copy of the package', () => {
    const foreign = Object.defineProperty(new Error('from elsewhere'), Symbol.for('bioscan.error'), { value: true });
    expect(isBioscanError(foreign)).toBe(true);
    expect(isBioscanError(new BioscanError('bad-row', 'data: row 3, got …'))).toBe(true);
    expect(isBioscanError(new Error('plain'))).toBe(false);
    expect(isBioscanError(undefined)).toBe(false);
  });

  it('suggest the nearest name, and nothing when none is near', () => {
    expect(nearestName('proccess_id', ['processid', 'sampleid'])).toBe('processid');
    expect(nearestName('zzzzzz', ['processid'])).toBeUndefined();
  });

  it('say which shape does not fit', () => {
    expect(() => tensor('float32', [2, 3], new Float32Array(5))).toThrow('shape [2, 3] holds 6 elements, got 5');
  });
});

describe('memoryStore', () => {
  it('keeps bytes of its own, lists by prefix and says what it lacks', async () => {
    const store = memoryStore();
    const bytes = Uint8Array.of(1, 2);
    await store.write('run/b', bytes);
    bytes[0] = 9;
    await store.append('run/b', Uint8Array.of(3));
    await store.write('run/a', bytes);
    expect(Array.from(await store.read('run/b'))).toEqual([1, 2, 3]);
    expect(await store.list('run/')).toEqual(['run/a', 'run/b']);
    await store.remove('run/a');
    await expect(store.read('run/a')).rejects.toThrow("store has no 'run/a'");
  });
});
