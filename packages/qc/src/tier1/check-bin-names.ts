import { ranks, type Rank } from '@bioscan/core';
import type { CheckFinding } from '../library/check-finding.js';
import type { Library } from '../library/library.js';
import { count, percent } from '../library/words.js';
import { binsWithSeveralNames, type Conflict, type ConflictOptions } from './name-counts.js';

/**
 * BINs whose records bear several names, reported once, at the coarsest rank that differs: one barcode cluster, several species, genera … orders.
 * The records of all but the commonest name are the suspects.
 */
export function checkBinNames(library: Library, options: ConflictOptions = {}): CheckFinding[] {
  const reported = new Set<string>();
  return ranks.flatMap((rank) =>
    binsWithSeveralNames(library, rank, options).flatMap((conflict) => {
      if (reported.has(conflict.name)) return [];
      reported.add(conflict.name);
      return [finding(library, conflict)];
    }),
  );
}

function finding(library: Library, { name, rank, counts, total }: Conflict): CheckFinding {
  const [first, ...rest] = counts;
  const top = first?.records.length ?? 0;
  const suspects = rest.flatMap(({ records }) => records);
  const even = top === rest[0]?.records.length;
  const parts = counts.map((part) => `${part.name} (${count(part.records.length, 'record')})`);
  return {
    check: 'bin-several-names',
    severity: severityOf(rank),
    records: (even ? counts.flatMap(({ records }) => records) : suspects).map(
      (record) => library.records[record]?.processId ?? '',
    ),
    message: `${name} holds several ${plural[rank]}: ${parts.slice(0, 4).join(', ')}${parts.length > 4 ? ' …' : ''}.`,
    evidence: {
      bin: name,
      rank,
      names: counts.map((part) => part.name),
      counts: counts.map((part) => String(part.records.length)),
      majority: first?.name ?? '',
      majorityShare: top / total,
      score: scoreOf(rank, top / (total + 1)),
    },
    action: even
      ? `compare the vouchers of both names; neither has a majority`
      : `check the ${percent(1 - top / total)} that are not ${first?.name ?? ''}: voucher first, then re-sequence`,
  };
}

/** Cross-order conflicts cannot be lumped species; congeners may be. */
function scoreOf(rank: Rank, majority: number): number {
  const depth = ranks.indexOf('species') - ranks.indexOf(rank);
  return Math.min(1, majority * (0.4 + 0.15 * depth));
}

function severityOf(rank: Rank): CheckFinding['severity'] {
  return rank === 'species' || rank === 'subfamily' ? 'warning' : 'error';
}

const plural: Readonly<Record<Rank, string>> = {
  phylum: 'phyla', class: 'classes', order: 'orders', family: 'families', subfamily: 'subfamilies', genus: 'genera', species: 'species',
}; // prettier-ignore
