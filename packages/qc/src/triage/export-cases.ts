import type { Library } from '../library/library.js';
import type { TriageCase } from './rank-cases.js';

/** Columns of the exported list; one row a finding, in the order of the cases. */
export const caseColumns = [
  'processid', 'kind', 'precision', 'check', 'severity', 'category', 'message', 'action', 'species', 'bin', 'evidence',
] as const; // prettier-ignore

/** Cases as RFC 4180 text with a header. A record with several findings has several rows. */
export function casesAsCsv(library: Library, cases: readonly TriageCase[]): string {
  const lines = [caseColumns.join(',')];
  for (const { processId, kind, precision, findings, category, action } of cases) {
    const record = library.records[library.indexOf(processId) ?? -1];
    for (const { check, severity, message, evidence, action: own } of findings) {
      const cells = [
        processId, kind, precision.toFixed(3), check, severity, category, message, own ?? action,
        record?.lineage.species ?? '', record?.bin ?? '', JSON.stringify(evidence),
      ]; // prettier-ignore
      lines.push(cells.map(quoted).join(','));
    }
  }
  return `${lines.join('\r\n')}\r\n`;
}

/** Cells that a spreadsheet would take for a formula get an apostrophe, as OWASP advises. */
function quoted(cell: string): string {
  const safe = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
