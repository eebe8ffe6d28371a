import { readFileSync } from 'node:fs';
import { fromFloat16, toFloat16 } from '@bioscan/core';
import { expect, it } from 'vitest';

const golden = JSON.parse(readFileSync(new URL('../../../fixtures/core/float16.json', import.meta.url), 'utf8')) as {
  readonly words: readonly number[];
  readonly halves: readonly number[];
};

it('rounds to the bits that numpy gives', () => {
  expect(golden.words.length).toBeGreaterThan(400);
  const values = new Float32Array(Uint32Array.from(golden.words).buffer);
  expect([...toFloat16(values)]).toEqual(golden.halves);
});

it('widens every half and finds its way back', () => {
  const halves = Uint16Array.from({ length: 0x10000 }, (_, bits) => bits);
  const values = fromFloat16(halves);
  const back = toFloat16(values);
  for (const bits of halves) {
    const isNaN = (bits & 0x7c00) === 0x7c00 && (bits & 0x3ff) !== 0;
    if (isNaN) expect(values[bits]).toBeNaN();
    else if (back[bits] !== bits) expect.fail(`bits ${bits} came back as ${back[bits] ?? 'nothing'}`);
  }
  expect(values[0x3c00]).toBe(1);
  expect(values[0x0001]).toBe(2 ** -24);
});
