import { ranks, type Rank } from '@bioscan/core';
import type { CheckFinding } from '../library/check-finding.js';
import type { Library } from '../library/library.js';
import { count, groupBy } from '../library/words.js';
import { processIds } from './ids-of.js';

/**
 * One barcode under different names, reported at the coarsest rank that differs. Records under all but the commonest name are the suspects; with a
 * tie all are. Names that were read off the barcode do not count. Linear.
 */
export function checkSharedBarcodes(library: Library): CheckFinding[] {
  const { haplotypes, names, circular } = library;
  return haplotypes.members.flatMap((members): CheckFinding[] => {
    if (members.length < 2) return [];
    for (const rank of ranks) {
      const groups = groupBy(
        members.filter((record) => circular[record] !== 1),
        (record) => names[record]?.[rank],
      );
      if (groups.size > 1) return [finding(library, rank, groups)];
    }
    return [];
  });
}

function finding(library: Library, rank: Rank, groups: ReadonlyMap<string, readonly number[]>): CheckFinding {
  const sorted = [...groups].sort((a, b) => b[1].length - a[1].length || (a[0] < b[0] ? -1 : 1));
  const top = sorted[0]?.[1].length ?? 0;
  const total = sorted.reduce((sum, [, members]) => sum + members.length, 0);
  const tied = top === sorted[1]?.[1].length;
  const suspects = (tied ? sorted : sorted.slice(1)).flatMap(([, members]) => members);
  const depth = ranks.indexOf('species') - ranks.indexOf(rank);
  const parts = sorted.slice(0, 4).map(([name, members]) => `${name} (${count(members.length, 'record')})`);
  return {
    check: 'identical-barcode-names',
    severity: rank === 'species' ? 'warning' : 'error',
    records: processIds(library, suspects),
    message: `One and the same barcode stands under ${sorted.length} names: ${parts.join(', ')}${sorted.length > 4 ? ' …' : ''}.`,
    evidence: {
      rank,
      names: sorted.map(([name]) => name),
      counts: sorted.map(([, members]) => String(members.length)),
      score: Math.min(1, (top / (total + 1)) * (0.5 + 0.15 * depth)),
    },
    action:
      rank === 'species'
        ? 'compare the vouchers; rename, or note the shared barcode'
        : 'rename after a look at the voucher, or re-sequence',
  };
}
