import type { Library } from '../library/library.js';
import { csvText } from '../triage/csv.js';
import { bagsGrades } from './bags.js';
import { criteria, recordCriteria } from './record-criteria.js';

/** BAGS grades of all species with both presets, as RFC 4180 text. */
export function gradesAsCsv(library: Library): string {
  const original = bagsGrades(library, 'original');
  const rows = bagsGrades(library, 'bge').map(({ species, grade, records, bins, sharedWith }, i) => [
    species, grade, original[i]?.grade ?? '', records, bins.join(' '), sharedWith.join('; '),
  ]); // prettier-ignore
  return csvText([['species', 'grade_bge', 'grade_original', 'records', 'bins', 'shared_with'], ...rows]);
}

/**
 * The sixteen record criteria, a row a record, as RFC 4180 text: `yes`, `no`, or empty where no record of the table says anything about it, how many
 * are met, and why the others are not.
 */
export function criteriaAsCsv({ records }: Library): string {
  const results = records.map(recordCriteria);
  const asked = criteria.map((_, i) => results.some((own) => own[i]?.told === true));
  const rows = records.map(({ processId, lineage, bin }, r) => {
    const own = (results[r] ?? []).filter((_, i) => asked[i]);
    const cells = criteria.map((criterion) => {
      const result = own.find((one) => one.criterion === criterion);
      return result === undefined ? '' : result.met ? 'yes' : 'no';
    });
    const unmet = own.filter(({ met }) => !met).map(({ criterion, reason }) => `${criterion}: ${reason}`);
    return [
      processId, lineage.species ?? '', bin ?? '', own.filter(({ met }) => met).length, ...cells, unmet.join('; '),
    ]; // prettier-ignore
  });
  const header = ['processid', 'species', 'bin', 'met', ...criteria.map((name) => name.replaceAll(' ', '_')), 'unmet'];
  return csvText([header, ...rows]);
}
