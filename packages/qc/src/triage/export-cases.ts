import type { Library } from '../library/library.js';
import { csvText } from './csv.js';
import type { TriageCase } from './rank-cases.js';

/** Columns of the exported list; one row a finding, in the order of the cases. */
export const caseColumns = [
  'processid', 'kind', 'precision', 'check', 'severity', 'category', 'message', 'action', 'species', 'bin', 'evidence',
] as const; // prettier-ignore

/** Cases as RFC 4180 text with a header. A record with several findings has several rows. */
export function casesAsCsv(library: Library, cases: readonly TriageCase[]): string {
  const rows = cases.flatMap(({ processId, kind, precision, findings, category, action }) => {
    const record = library.records[library.indexOf(processId) ?? -1];
    return findings.map(({ check, severity, message, evidence, action: own }) => [
      processId, kind, precision.toFixed(3), check, severity, category, message, own ?? action,
      record?.lineage.species ?? '', record?.bin ?? '', JSON.stringify(evidence),
    ]); // prettier-ignore
  });
  return csvText([caseColumns, ...rows]);
}
