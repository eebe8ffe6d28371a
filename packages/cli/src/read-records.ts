import { readSpecimenTable, type SpecimenTable } from '@bioscan/data';
import type { CommandContext } from './command-context.js';

/** Reads a table, with progress, and says what was set aside. */
export async function readRecords(file: string, { console, signal }: CommandContext): Promise<SpecimenTable> {
  const line = console.progress(`reading ${file}`);
  const table = await readSpecimenTable(file, {
    signal,
    onProgress: (progress) => {
      line.update(progress);
    },
  });
  line.end();
  console.say(`${file}: ${table.length.toLocaleString('en')} records (${table.source.schema})`);
  if (table.rejects.count > 0) {
    const reasons = Object.entries(table.rejects.byReason).map(([reason, count]) => `${reason} ${String(count)}`);
    console.say(`${table.rejects.count.toLocaleString('en')} problems set aside: ${reasons.join(', ')}`);
  }
  return table;
}
