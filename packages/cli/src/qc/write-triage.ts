import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Finding } from '@bioscan/core';
import { casesAsCsv, criteriaAsCsv, fittedSuspicion, gradesAsCsv, reportsAsCsv } from '@bioscan/qc';
import { triagePage } from '@bioscan/report';
import { writeTextFile } from '../write-file.js';
import { triagePageOf } from './triage-page-of.js';
import type { Triage } from './triage-summary.js';

export interface WriteTriageOptions {
  /** The table that was checked. */
  readonly file: string;
  readonly prevalence: number;
  /** Cases with a tree on the page. */
  readonly most: number;
  readonly photos?: string;
}

/** Writes the list (findings.csv, findings.json), the reports, grades and criteria, and the page to decide on. */
export async function writeTriage(
  folder: string,
  { made, run, cases }: Triage,
  options: WriteTriageOptions,
): Promise<void> {
  const { file, prevalence, most, photos } = options;
  await mkdir(folder, { recursive: true });
  const write = (name: string, text: string): Promise<void> => writeTextFile(join(folder, name), text);
  await write('findings.csv', casesAsCsv(made, cases));
  const { seconds, skipped } = run;
  const about = { table: basename(file), weights: fittedSuspicion.source, prevalence, seconds, skipped };
  await write('findings.json', `${JSON.stringify({ ...about, ...eachOnce(cases) })}\n`);
  await write('reports.csv', reportsAsCsv(made, cases));
  await write('grades.csv', gradesAsCsv(made));
  await write('criteria.csv', criteriaAsCsv(made));
  const page = await triagePageOf(made, cases, run, {
    table: basename(file),
    most,
    modelSource: fittedSuspicion.source,
    ...(photos === undefined ? {} : { photos }),
  });
  await write('triage.html', triagePage(page));
}

/** A finding may name thousands of records: it stands once, and cases name it by its position, strongest first. */
function eachOnce(cases: Triage['cases']): object {
  const places = new Map<Finding, number>();
  const placeOf = (finding: Finding): number => {
    const place = places.get(finding) ?? places.size;
    places.set(finding, place);
    return place;
  };
  const referring = cases.map(({ findings, ...one }) => ({ ...one, findings: findings.map(placeOf) }));
  return { findings: [...places.keys()], cases: referring };
}
