import { BioscanError } from '@bioscan/core';
import { serveTasks } from '@bioscan/runtime/node';

serveTasks({
  double: (value) => value * 2,
  later: async ({ value, milliseconds }) => {
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    return value;
  },
  fail: (row) => {
    throw new BioscanError('bad-row', `test: row ${row}`, { row }, { cause: new RangeError('inner') });
  },
  type: () => {
    throw new TypeError('not this');
  },
  forever: () => {
    for (;;);
  },
  leave: () => process.exit(3),
});
