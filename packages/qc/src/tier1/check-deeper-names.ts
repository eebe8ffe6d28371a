import { ranks, type Rank } from '@bioscan/core';
import type { CheckFinding } from '../library/check-finding.js';
import type { Library } from '../library/library.js';
import { count, groupBy } from '../library/words.js';

export interface DeeperNameOptions {
  /** Records of the BIN that must bear the name, none of them named from its barcode; default 3. */
  readonly minimum?: number;
}

/**
 * Records without a genus or species in a BIN whose named records all agree on one: a deeper name suggests itself. A note, and a name from the barcode:
 * whoever takes it over should say so in the identification method. One finding a BIN and rank, at the deepest that is agreed on.
 */
export function checkDeeperNames(library: Library, options: DeeperNameOptions = {}): CheckFinding[] {
  const { minimum = 3 } = options;
  const byBin = groupBy(library.records.keys(), (record) => library.records[record]?.bin);
  return [...byBin].flatMap(([bin, members]): CheckFinding[] => {
    const deepest = deepRanks.find((rank) => agreedName(library, members, rank, minimum) !== undefined);
    if (deepest === undefined) return [];
    const name = agreedName(library, members, deepest, minimum) ?? '';
    const unnamed = members.filter((record) => lacks(library, record, deepest) && fits(library, record, members));
    if (unnamed.length === 0) return [];
    const witnesses = members.filter((record) => library.names[record]?.[deepest] === name).length;
    return [
      {
        check: 'deeper-name',
        severity: 'info',
        records: unnamed.map((record) => library.records[record]?.processId ?? ''),
        message: `No ${deepest}, but all ${count(witnesses, 'named record')} of ${bin} are ${name}.`,
        evidence: { bin, rank: deepest, suggestion: name, witnesses },
        action: `name it ${name} after a look at the specimen, and say that the barcode suggested it`,
      },
    ];
  });
}

/** Deepest first; coarser names are rarely missing and say little. */
const deepRanks: readonly Rank[] = ['species', 'genus'];

/** The one name that records of the BIN bear at a rank; undefined below the minimum or where two differ. */
function agreedName(
  { names, circular }: Library,
  members: readonly number[],
  rank: Rank,
  minimum: number,
): string | undefined {
  const named = members.filter((record) => circular[record] !== 1 && names[record]?.[rank] !== undefined);
  const [first, ...others] = new Set(named.map((record) => names[record]?.[rank]));
  return others.length === 0 && named.length >= minimum ? first : undefined;
}

/** Not even a placeholder: a provisional name is somebody's opinion. */
function lacks({ records, names }: Library, record: number, rank: Rank): boolean {
  return names[record]?.[rank] === undefined && records[record]?.lineage[rank] === undefined;
}

/** Nothing coarser that it is named contradicts the others. */
function fits({ names }: Library, record: number, members: readonly number[]): boolean {
  return ranks.every((rank) => {
    const own = names[record]?.[rank];
    return own === undefined || members.every((other) => (names[other]?.[rank] ?? own) === own);
  });
}
