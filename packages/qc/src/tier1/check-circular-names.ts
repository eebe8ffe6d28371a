import type { CheckFinding } from '../library/check-finding.js';
import type { Library } from '../library/library.js';
import { count, groupBy } from '../library/words.js';

/** Names that were read off the barcode, one note a method: they agree with the barcode by construction and count as evidence nowhere. */
export function checkCircularNames({ records, names, circular }: Library): CheckFinding[] {
  const read = records.filter((_, i) => circular[i] === 1 && names[i]?.species !== undefined);
  const byMethod = groupBy(read, ({ curation }) => curation?.identificationMethod);
  return Array.from(byMethod, ([method, members]) => [method, members.map(({ processId }) => processId)] as const).map(
    ([method, ids]) => ({
      check: 'name-from-barcode',
      severity: 'info' as const,
      records: ids,
      message: `${count(ids.length, 'species name')} came from the barcode itself ('${method}'): not used as evidence.`,
      evidence: { method, count: ids.length },
    }),
  );
}
