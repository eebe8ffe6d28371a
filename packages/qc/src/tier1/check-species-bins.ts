import type { CheckFinding } from '../library/check-finding.js';
import type { Library } from '../library/library.js';
import { count, percent } from '../library/words.js';
import { taxaInSeveralBins, type Conflict, type ConflictOptions } from './name-counts.js';

/**
 * Species that span several BINs: cryptic diversity, or records under a wrong name. Records outside the BIN with most of them are the suspects
 * where that BIN has the majority; an even spread is no one's error.
 */
export function checkSpeciesBins(library: Library, options: ConflictOptions = {}): CheckFinding[] {
  return taxaInSeveralBins(library, 'species', options).map((conflict) => finding(library, conflict));
}

function finding(library: Library, { name, counts, total }: Conflict): CheckFinding {
  const [first, ...rest] = counts;
  const share = (first?.records.length ?? 0) / total;
  const parts = counts.map((part) => `${part.name} (${count(part.records.length, 'record')})`);
  const lone = rest.filter(({ records }) => records.length === 1).length;
  return {
    check: 'species-several-bins',
    severity: lone > 0 && share > 0.8 ? 'warning' : 'info',
    records: rest.flatMap(({ records }) => records).map((record) => library.records[record]?.processId ?? ''),
    message: `${name} spans ${counts.length} BINs: ${parts.slice(0, 4).join(', ')}${parts.length > 4 ? ' …' : ''}; ${percent(share)} lie in the first.`,
    evidence: {
      species: name,
      bins: counts.map((part) => part.name),
      counts: counts.map((part) => String(part.records.length)),
      majorityShare: share,
      score: (first?.records.length ?? 0) / (total + 1),
    },
    action: 'look whether the smaller BINs stand beside it (cryptic species) or elsewhere in the tree (wrong name)',
  };
}
