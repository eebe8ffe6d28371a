import type { Progress } from '@bioscan/core';
import { readSpecimenTable, type ReadOptions, type SpecimenTable } from '@bioscan/data';
import type { CommandContext } from './command-context.js';

/** Reads a table, with progress, and says what was set aside and which column is perhaps misspelt. */
export async function readRecords(
  file: string,
  { console, signal }: CommandContext,
  options: Pick<ReadOptions, 'duplicates'> = {},
): Promise<SpecimenTable> {
  const line = console.progress(`reading ${file}`);
  const onProgress = (progress: Progress): void => {
    line.update(progress);
  };
  const table = await readSpecimenTable(file, { ...options, signal, onProgress }).finally(() => {
    line.end();
  });
  console.say(`${file}: ${table.length.toLocaleString('en')} records (${table.source.schema})`);
  for (const [written, expected] of table.source.misspelt) {
    console.say(`column '${written}' is not read; if it is '${expected}', rename it`);
  }
  const { count, fieldCount, byReason } = table.rejects;
  if (count + fieldCount > 0) {
    const reasons = Object.entries(byReason).map(([reason, times]) => `${reason} ${times}`);
    console.say(`set aside: ${count} rows and ${fieldCount} fields (${reasons.join(', ')})`);
  }
  return table;
}
