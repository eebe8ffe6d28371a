import { BioscanError } from '@bioscan/core';
import type { SpecimenRow } from '@bioscan/data';

/** Process id to split, from the split column of a table. @throws BioscanError `missing-column` when no record has one */
export function assignmentOf(records: Iterable<SpecimenRow>, file: string): ReadonlyMap<string, string> {
  const assignment = new Map<string, string>();
  for (const { processId, split } of records) if (split !== undefined) assignment.set(processId, split);
  if (assignment.size > 0) return assignment;
  throw new BioscanError(
    'missing-column',
    `cli: ${file}, got no value in a column 'split', expected one; write it with: bioscan split ${file} split.tsv`,
    { file, column: 'split' },
  );
}
