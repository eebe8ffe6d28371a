import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Store } from '@bioscan/core';

/** The contract of a {@link Store}: `make` gives an empty one each time. */
export function checkStore(name: string, make: () => Store | Promise<Store>): void {
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
  const text = (value: Uint8Array): string => new TextDecoder().decode(value);

  describe(`${name} keeps the contract of a store`, () => {
    it('reads back what was written, also nothing and every byte', async () => {
      const store = await make();
      for (const value of [
        new Uint8Array(),
        Uint8Array.from({ length: 256 }, (_, i) => i),
        new Uint8Array(300_000).fill(7),
      ]) {
        await store.write('a/b.bin', value);
        const got = await store.read('a/b.bin');
        expect(got).toHaveLength(value.length);
        expect(got.every((byte, i) => byte === value[i])).toBe(true);
      }
    });

    it('keeps the caller and itself apart', async () => {
      const store = await make();
      const given = bytes('old');
      await store.write('a', given);
      given.fill(0);
      const got = await store.read('a');
      expect(text(got)).toBe('old');
      got.fill(0);
      expect(text(await store.read('a'))).toBe('old');
    });

    it('replaces as a whole: a shorter value leaves nothing of the longer', async () => {
      const store = await make();
      await store.write('a', bytes('a long value'));
      await store.write('a', bytes('short'));
      expect(text(await store.read('a'))).toBe('short');
    });

    it('appends in call order, to what is there and to nothing', async () => {
      const store = await make();
      await store.write('log', bytes('0\n'));
      const lines = Array.from({ length: 50 }, (_, i) => `${i + 1}\n`);
      await Promise.all(lines.map((line) => store.append('log', bytes(line))));
      expect(text(await store.read('log'))).toBe(['0\n', ...lines].join(''));
      await store.append('new/log', bytes('x'));
      expect(text(await store.read('new/log'))).toBe('x');
    });

    it('says not-found, and for a removed name again', async () => {
      const store = await make();
      await expect(store.read('nothing')).rejects.toMatchObject({ code: 'not-found' });
      await expect(store.read('no/thing/here')).rejects.toMatchObject({ code: 'not-found' });
      await store.write('a/b', bytes('x'));
      await expect(store.read('a')).rejects.toMatchObject({ code: 'not-found' });
      await store.remove('a/b');
      await store.remove('a/b');
      await expect(store.read('a/b')).rejects.toMatchObject({ code: 'not-found' });
      expect(await store.list('')).toEqual([]);
    });

    it('lists names by prefix, sorted, whatever the order of writing', async () => {
      const part = fc.stringMatching(/^[a-c][a-c0-9._-]{0,2}$/);
      const names = fc.uniqueArray(
        fc.array(part, { minLength: 2, maxLength: 2 }).map((parts) => parts.join('/')),
        { maxLength: 8 },
      );
      await fc.assert(
        fc.asyncProperty(names, fc.stringMatching(/^[a-c]?[a-c]?$/), async (all, prefix) => {
          const store = await make();
          for (const one of all) await store.write(one, bytes(one));
          expect(await store.list(prefix)).toEqual(all.filter((one) => one.startsWith(prefix)).sort());
          expect(await store.list('a/')).toEqual(all.filter((one) => one.startsWith('a/')).sort());
        }),
        { numRuns: 15 },
      );
    });
  });
}
