/**
 * A morning of triage on a BOLD-like export: which records are likely wrong, why, and what is the cheapest next step. Nothing is changed until you
 * say so.
 *
 *   npx tsx examples/11-a-morning-of-triage.ts [--out folder]
 *
 * Here the table is SIMULATED, with errors planted, so that the list can be held against the truth at the end.
 */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { applyFindings, bold, readSpecimenTable, readSpecimens, writeSpecimens, type Decision } from '@bioscan/data';
import { bagsGrades, casesAsCsv, library, rankCases, runChecks, type BagsGrade } from '@bioscan/qc';
import { tableText } from '@bioscan/report';
import { errorsAt, simulate, worlds } from '@bioscan/sim';

const { values: options } = parseArgs({
  options: { out: { type: 'string', default: mkdtempSync(join(tmpdir(), 'bioscan-triage-')) } },
});

// ## 1. The export

const simulation = simulate({
  specimens: 1500,
  species: 90,
  seed: 8,
  world: { ...worlds.complete, errors: errorsAt(0.01) },
});
const file = join(options.out, 'export.tsv');
await writeSpecimens(
  file,
  simulation.specimens.map(({ other: _, ...row }) => row),
  bold,
);
console.log(simulation.banner);

// ## 2. Look at everything once
//
// `library` settles names (placeholders are no names), groups barcodes and finds the barcode region in each. Every check reads it and returns findings.

const records = library(await readSpecimenTable(file));
const { findings, skipped } = await runChecks(records);
console.log(
  `\n${records.records.length} records, ${records.haplotypes.barcodes.length} barcodes, ${findings.length} findings`,
);
for (const what of skipped) console.log(`not checked: ${what}`);

// ## 3. How good is the library, species by species?

const grades = new Map<BagsGrade, number>();
for (const { grade } of bagsGrades(records)) grades.set(grade, (grades.get(grade) ?? 0) + 1);
console.log(`\n${tableText({ title: 'BAGS', columns: ['grade', 'species'], rows: [...grades].sort() })}`);

// ## 4. The list
//
// Findings of a record become one case, ranked by the estimated chance that the record bears an error. Discoveries are kept apart.

const cases = rankCases(records, findings, { prevalence: 0.1 });
for (const { processId, precision, findings: own, action } of cases.slice(0, 8)) {
  console.log(`${Math.round(100 * precision)} %  ${processId}  ${own[0]?.message ?? ''}\n      next: ${action}`);
}
const discoveries = cases.filter(({ kind }) => kind === 'novelty');
console.log(
  `\n${discoveries.length} records in lineages that may be new: ${discoveries[0]?.findings[0]?.message ?? 'none'}`,
);
console.log(
  `${casesAsCsv(records, cases).split('\r\n').length - 2} rows for a spreadsheet; \`bioscan qc --out\` writes them, and a page to decide on`,
);

// ## 5. Decide, and write a new table
//
// Only what you accept is applied, to a new table, with a log.

const decisions = cases
  .filter(({ kind, precision }) => kind === 'error' && precision > 0.95)
  .map(({ processId, findings: own }): Decision => ({ processId, exclude: true, reason: own[0]?.check ?? '' }));
const applied = applyFindings(readSpecimens(file), decisions);
const { rows } = await writeSpecimens(join(options.out, 'curated.tsv'), applied.rows, bold);
console.log(`\ncurated.tsv: ${rows} records, ${applied.log.length} left out`);

// ## 6. Was it right?

const wrong = new Set(simulation.errors.map(({ processId }) => processId));
const right = decisions.filter(({ processId }) => wrong.has(processId)).length;
console.log(
  `${right} of the ${decisions.length} records left out bore a planted error (SIMULATED: property of the generator)`,
);
