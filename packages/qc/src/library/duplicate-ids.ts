import { barcodeKey, ranks, type Specimen } from '@bioscan/core';
import type { CheckFinding } from './check-finding.js';

/** What rows with one process id disagree on: an error where they do, a note where they repeat each other. */
export function duplicateIdFindings(first: Specimen, others: readonly Specimen[]): CheckFinding {
  const fields = new Set(others.flatMap((other) => conflicts(first, other)));
  const { processId } = first;
  const times = others.length + 1;
  if (fields.size === 0) {
    return {
      check: 'duplicate-id',
      severity: 'info',
      records: [processId],
      message: `${processId} stands in ${times} rows that agree; the first is used.`,
      evidence: { rows: times },
      action: 'remove the repeated rows',
    };
  }
  return {
    check: 'conflicting-duplicate-id',
    severity: 'error',
    records: [processId],
    message: `${processId} stands in ${times} rows that disagree on ${[...fields].join(', ')}; the first is used.`,
    evidence: { rows: times, fields: [...fields] },
    action: 'ask which row is right',
  };
}

function conflicts(a: Specimen, b: Specimen): string[] {
  const found: string[] = ranks.filter((rank) => a.lineage[rank] !== b.lineage[rank]);
  if (a.bin !== b.bin) found.push('bin');
  if (barcodeKey(a.barcode ?? '') !== barcodeKey(b.barcode ?? '')) found.push('barcode');
  if (a.sampleId !== b.sampleId) found.push('sample id');
  if (a.place?.country !== b.place?.country) found.push('country');
  if (a.place?.latitude !== b.place?.latitude || a.place?.longitude !== b.place?.longitude) found.push('coordinates');
  return found;
}
