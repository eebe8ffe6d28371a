import type { Library } from '../library/library.js';
import { csvText } from './csv.js';
import type { TriageCase } from './rank-cases.js';
import { reportCategories, reportCategory, type ReportCategory } from './report-categories.js';
import { notErrors } from './suspicion-model.js';

/** Columns of the reports; one row a record and category. */
export const reportColumns = ['processid', 'sampleid', 'category', 'precision', 'comment', 'action'] as const;

/**
 * Record-level reports in the categories that the BIOSCAN-5M project takes, as RFC 4180 text: a record whose findings fall under several categories has
 * a row in each. Notes that ask for nothing (a short barcode, a first record) are left out. No check sees whether an insect is broken.
 */
export function reportsAsCsv(library: Library, cases: readonly TriageCase[]): string {
  const rows = cases.flatMap((one) => {
    const { processId, precision } = one;
    const sampleId = library.records[library.indexOf(processId) ?? -1]?.sampleId ?? '';
    return Array.from(byCategory(one), ([category, findings]) => [
      processId,
      sampleId,
      category,
      precision.toFixed(3),
      findings.map(({ message }) => message).join(' '),
      findings[0]?.action ?? '',
    ]);
  });
  return csvText([reportColumns, ...rows]);
}

/** Findings worth a report by category, in the order of the categories. */
function byCategory({ findings }: TriageCase): Map<ReportCategory, TriageCase['findings']> {
  const groups = new Map<ReportCategory, TriageCase['findings']>();
  for (const category of reportCategories) {
    const own = findings.filter(
      (finding) => reportCategory(finding) === category && (category !== 'other' || !notErrors.has(finding.check)),
    );
    if (own.length > 0) groups.set(category, own);
  }
  return groups;
}
