import type { CheckFinding, CheckName } from '../library/check-finding.js';
import { levenshtein } from '@bioscan/dna/distance';
import type { Library } from '../library/library.js';
import { count, groupBy } from '../library/words.js';
import { processIds } from '../sequences/ids-of.js';
import type { Backbone } from './backbone.js';

export interface NameOptions {
  /** A checklist; without it only the table's own names are compared. */
  readonly backbone?: Backbone;
  /** Times that the frequent spelling must be commoner than the suspected one; default 5. */
  readonly ratio?: number;
}

/**
 * Species names that are synonyms, misspelt (one or two letters from a name of the same genus that is in the checklist or much commoner) or differ
 * from another only in the gender of the ending. One finding a name. Run it before a conflict of names is called an error.
 */
export function checkNames(library: Library, options: NameOptions = {}): CheckFinding[] {
  const { backbone, ratio = 5 } = options;
  // As the table has them: `names` are settled already.
  const byName = groupBy(library.records.keys(), (record) => {
    if (library.names[record]?.species === undefined) return undefined;
    const [genus, epithet] = (library.records[record]?.lineage.species ?? '')
      .replace(/\s*\([^)]*\)\s*/, ' ')
      .split(/\s+/);
    return epithet === undefined ? undefined : `${genus ?? ''} ${epithet}`;
  });
  const byGenus = groupBy(byName.keys(), genusOf);
  return [...byName].flatMap(([name, members]): CheckFinding[] => {
    const accepted = backbone?.accepted(name);
    const records = processIds(library, members);
    if (accepted !== undefined) {
      if (accepted === name) return [];
      return [finding('synonym', 'info', name, accepted, records, 'is a synonym of', 'rename to the accepted name')];
    }
    const frequent = (byGenus.get(genusOf(name)) ?? []).filter(
      (other) => (byName.get(other)?.length ?? 0) >= ratio * members.length,
    );
    const candidates = [...new Set([...(backbone?.speciesOf(genusOf(name)) ?? []), ...frequent])];
    const gender = [...candidates, ...(byGenus.get(genusOf(name)) ?? [])].find(
      (other) =>
        other !== name && differInGender(name, other) && (byName.get(other)?.length ?? Infinity) > members.length,
    );
    if (gender !== undefined) {
      return [
        finding(
          'gender-ending',
          'warning',
          name,
          gender,
          records,
          'differs only in the gender of its ending from',
          'rename',
        ),
      ];
    }
    const close = nearest(name, candidates);
    if (close === undefined) return [];
    return [
      finding(
        'misspelt-name',
        'warning',
        name,
        close,
        records,
        `(${count(members.length, 'record')}) is spelt almost like`,
        'correct the spelling',
      ),
    ];
  });
}

function finding(
  check: CheckName,
  severity: CheckFinding['severity'],
  name: string,
  other: string,
  records: readonly string[],
  relation: string,
  action: string,
): CheckFinding {
  return {
    check,
    severity,
    records,
    message: `${name} ${relation} ${other}.`,
    evidence: { name, suggestion: other, score: check === 'misspelt-name' ? 0.7 : 0.5 },
    action,
  };
}

const endings = [['us', 'a', 'um'], ['is', 'e'], ['er', 'ra', 'rum'], ['ior', 'ius'], ['ensis', 'ense']]; // prettier-ignore

function differInGender(a: string, b: string): boolean {
  return endings.some((group) =>
    group.some((x) => group.some((y) => x !== y && a.endsWith(x) && b === a.slice(0, -x.length) + y)),
  );
}

/** The one name within two letters; of several the nearest. Short epithets differ in two letters by nature. */
function nearest(name: string, candidates: readonly string[]): string | undefined {
  const epithet = name.slice(genusOf(name).length + 1);
  const limit = epithet.length < 6 ? 1 : 2;
  let best: string | undefined;
  let least = limit + 1;
  for (const candidate of candidates) {
    if (candidate === name || Math.abs(candidate.length - name.length) > limit) continue;
    const distance = levenshtein(name, candidate);
    if (distance < least) [best, least] = [candidate, distance];
  }
  return best;
}

function genusOf(name: string): string {
  return name.split(' ', 1)[0] ?? '';
}

/** Genera that stand in several families, orders … : homonyms, or records with a wrong lineage. The rarer placement is the suspect. */
export function checkLineages(library: Library): CheckFinding[] {
  const byGenus = groupBy(library.records.keys(), (record) => library.names[record]?.genus);
  return [...byGenus].flatMap(([genus, members]): CheckFinding[] => {
    const byFamily = groupBy(members, (record) => {
      const { order, family } = library.names[record] ?? {};
      return family === undefined ? undefined : `${family}${order === undefined ? '' : ` (${order})`}`;
    });
    if (byFamily.size < 2) return [];
    const sorted = [...byFamily].sort((a, b) => b[1].length - a[1].length);
    return [
      {
        check: 'genus-several-families',
        severity: 'warning',
        records: processIds(
          library,
          sorted.slice(1).flatMap(([, own]) => own),
        ),
        message: `${genus} stands in several families: ${sorted.map(([family, own]) => `${family}, ${count(own.length, 'record')}`).join('; ')}.`,
        evidence: { genus, families: sorted.map(([family]) => family), score: 0.4 },
        action: 'correct the lineage, unless two genera share the name',
      },
    ];
  });
}
