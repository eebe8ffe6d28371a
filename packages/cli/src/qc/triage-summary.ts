import { join } from 'node:path';
import type { Finding } from '@bioscan/core';
import {
  checkTiers,
  stopCounts,
  tierOfCheck,
  type CheckFinding,
  type CheckName,
  type CheckRun,
  type Library,
  type TriageCase,
} from '@bioscan/qc';
import { tableText } from '@bioscan/report';

/** What a triage came to. */
export interface Triage {
  readonly made: Library;
  readonly run: CheckRun;
  readonly cases: readonly TriageCase[];
}

/** The summary as JSON. */
export function triageSummary({ made, run, cases }: Triage, out?: string): object {
  const { findings, seconds, skipped } = run;
  const checks: Record<string, number> = {};
  for (const { check } of [...findings].sort((a, b) => (a.check < b.check ? -1 : 1))) {
    checks[check] = (checks[check] ?? 0) + 1;
  }
  const of = (kind: TriageCase['kind']): number => cases.filter((one) => one.kind === kind).length;
  return {
    records: made.records.length,
    errors: of('error'),
    novelties: of('novelty'),
    notes: of('note'),
    stops: stopCounts(made),
    checks,
    seconds,
    skipped,
    ...(out === undefined ? {} : { folder: out }),
  };
}

/** Cases that the summary lists; the page and the tables have all. */
const listed = 8;

/** The summary as one screen: what fired, by tier, and the likeliest errors with what to do next. */
export function triageSummaryText({ made, run, cases }: Triage, out: string | undefined): string {
  const errors = cases.filter(({ kind }) => kind === 'error');
  const likely = errors.filter(({ precision }) => precision >= 0.5).length;
  const novelties = cases.filter(({ kind }) => kind === 'novelty').length;
  return [
    checkTable(run.findings),
    stopLine(made),
    '',
    `${number(errors.length)} of ${number(made.records.length)} records look suspicious, ${number(likely)} of them more likely wrong than right; ${number(novelties)} may be discoveries.`,
    ...(errors.length === 0 ? [] : ['Likeliest errors:', ...topCases(errors)]),
    '',
    out === undefined
      ? 'More with --out <folder>: all findings, and a page to decide on.'
      : `Decide on ${join(out, 'triage.html')}; all findings: findings.csv; reports.csv, grades.csv and criteria.csv beside it.`,
  ].join('\n');
}

function checkTable(findings: readonly CheckFinding[]): string {
  const byCheck = new Map<CheckName, { findings: number; records: Set<string>; severity: Finding['severity'] }>();
  for (const { check, records, severity } of findings) {
    const entry = byCheck.get(check) ?? { findings: 0, records: new Set<string>(), severity };
    byCheck.set(check, entry);
    entry.findings++;
    for (const id of records) entry.records.add(id);
  }
  const rows = checkTiers.flatMap((tier) =>
    [...byCheck]
      .filter(([check]) => tierOfCheck(check) === tier)
      .sort(
        (a, b) =>
          severities.indexOf(a[1].severity) - severities.indexOf(b[1].severity) ||
          b[1].records.size - a[1].records.size,
      )
      .map(([check, { findings: times, records, severity }], i) => [
        i === 0 ? tier : '',
        check,
        severity,
        times,
        records.size,
      ]),
  );
  return tableText({ title: 'Checks', columns: ['tier', 'check', 'severity', 'findings', 'records'], rows });
}

const severities: readonly Finding['severity'][] = ['error', 'warning', 'info'];

function stopLine(made: Library): string {
  const { whole, overLong, window } = stopCounts(made);
  return `Stops (table 5): ${number(window)} records inside the barcode region; ${number(whole)} over whole sequences, ${number(overLong)} of them longer than 700 letters.`;
}

/** One line of each shared finding: a whole plate would fill the list. */
function topCases(errors: readonly TriageCase[]): string[] {
  const seen = new Map<string, number>();
  const first = errors.filter(({ findings }) => {
    const message = findings[0]?.message ?? '';
    const times = (seen.get(message) ?? 0) + 1;
    seen.set(message, times);
    return times === 1;
  });
  return first.slice(0, listed).map(({ processId, precision, findings, action }) => {
    const message = findings[0]?.message ?? '';
    const others = (seen.get(message) ?? 1) - 1;
    const more = others === 0 ? '' : ` (and ${number(others)} more ${others === 1 ? 'record' : 'records'})`;
    return `${String(Math.round(100 * precision)).padStart(3)} %  ${processId}${more}  ${message}\n       next: ${action}`;
  });
}

function number(value: number): string {
  return value.toLocaleString('en');
}
