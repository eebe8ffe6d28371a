import type { CheckFinding } from '../library/check-finding.js';
import type { Library } from '../library/library.js';
import { checkLeakage, type LeakageOptions } from './check-leakage.js';

/** Example records of each class and pair of splits that become findings of the triage; counts are always complete. */
const examples = 100;

/**
 * Equal, contained and near barcodes across the splits that the table itself names, as the leakage audit finds them; nothing where there are not two
 * splits. Notes: a leaked record is no wrong record.
 */
export function checkSplits({ records }: Library, options: LeakageOptions = {}): CheckFinding[] {
  const assignment = new Map(
    records.flatMap(({ processId, split }) => (split === undefined ? [] : [[processId, split] as const])),
  );
  if (new Set(assignment.values()).size < 2) return [];
  return [...checkLeakage(records, assignment, { examples, ...options }).findings];
}
