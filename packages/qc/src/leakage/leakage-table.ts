import type { ReportTable } from '@bioscan/core';
import type { LeakCount } from './leak-count.js';
import { leakClasses } from './links.js';

/** One row a split, one column a split it was compared with: records equal / contained / near. */
export function leakageTable(splits: readonly string[], counts: readonly LeakCount[]): ReportTable {
  const cells = new Map<string, number>();
  for (const { split, against, leak, records } of counts) cells.set(`${split}\t${against}\t${leak}`, records);
  return {
    title: 'Records with a partner in another split: equal / contained / near',
    columns: ['split', ...splits.map((split) => `in ${split}`)],
    rows: splits.map((split) => [
      split,
      ...splits.map((against) =>
        split === against ? '' : leakClasses.map((leak) => cells.get(`${split}\t${against}\t${leak}`) ?? 0).join(' / '),
      ),
    ]),
    note: 'Each barcode counts once, in its worst class.',
  };
}
