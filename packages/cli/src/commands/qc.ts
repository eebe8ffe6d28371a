import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { placeholderRule, type SpecimenRow } from '@bioscan/data';
import {
  bagsGrades,
  casesAsCsv,
  checkCrossModal,
  fittedSuspicion,
  library,
  rankCases,
  runChecks,
  type CheckRun,
  type Library,
  type TriageCase,
  type TriageInputs,
} from '@bioscan/qc';
import { tableText, triagePage } from '@bioscan/report';
import type { AddCommand, CommandContext } from '../command-context.js';
import { exitCodes } from '../exit-codes.js';
import { wholeNumber } from '../option-parsers.js';
import { alignedRuns } from '../qc/aligned-runs.js';
import { embeddingNeighbours } from '../qc/embedding-neighbours.js';
import { readPhotoMeasures } from '../qc/photo-measures.js';
import { naturalEarth, readBackbone, readContaminants } from '../qc/triage-inputs.js';
import { triagePageOf } from '../qc/triage-page-of.js';
import { readRecords } from '../read-records.js';
import { writeTextFile } from '../write-file.js';

interface QcOptions {
  readonly embedding?: string;
  readonly backbone?: string;
  readonly contaminants?: string;
  readonly photos?: string;
  readonly crops?: string;
  readonly aligned?: string[];
  readonly out?: string;
  readonly prevalence: number;
  readonly cases: number;
  readonly failOn?: number;
}

export const qcCommand: AddCommand = (program, contextOf) => {
  program
    .command('qc')
    .description('find the records that are likely wrong, and say why: names, BINs, barcodes, plates, places')
    .argument(
      '<table>',
      'records; BINs, species, barcodes, sample ids and coordinates are used where the table has them',
    )
    .option('--out <folder>', 'write findings.csv, findings.json, grades.csv and triage.html there')
    .option('--embedding <file>', 'label against neighbourhood in this embedding (bioscan embed), or in 4-mers: kmers')
    .option('--backbone <tsv>', 'checklist: NameUsage.tsv of the Catalogue of Life or Taxon.tsv of GBIF')
    .option('--contaminants <fasta>', 'sequences that must not be there: Wolbachia, human, hosts')
    .option('--aligned <runs...>', 'photo against barcode: runs of bioscan align, one a fold (align --fold 1/3 …)')
    .option('--crops <folder>', 'empty, crowded and cut-off photos: the output folder of bioscan crop')
    .option('--photos <folder>', 'small photos (to 200 kB) named by process id, shown on the page')
    .option('--prevalence <percent>', 'share of wrong records that you expect', percent, 2)
    .option('--cases <n>', 'cases with a tree on the page', wholeNumber(1), 100)
    .addOption(
      new Option('--fail-on <percent>', 'exit with 1 when a record is at least this likely wrong').argParser(percent),
    )
    .addHelpText('after', qcHelp)
    .action(async (file: string, options: QcOptions, command: Command) => {
      const context = contextOf(command);
      const { made, inputs } = await prepare(file, options, context);
      const line = context.console.progress('checks');
      const run = await runChecks(made, inputs, {
        signal: context.signal,
        onStep: (step, done, total) => {
          line.update({ done, total }, step);
        },
      }).finally(() => {
        line.end();
      });
      const cases = rankCases(made, run.findings, { prevalence: options.prevalence / 100 });
      if (options.out !== undefined) await writeOut(options.out, file, { made, run, cases }, options);
      for (const what of run.skipped) context.console.say(`not checked: ${what}`);
      context.console.result(summaryText(made, run, cases, options.out), summary(made, run, cases, options.out));
      const { failOn } = options;
      if (failOn !== undefined && cases.some(({ kind, precision }) => kind === 'error' && 100 * precision >= failOn)) {
        context.exit(exitCodes.findings);
      }
    });
};

const qcHelp = `
Nothing is changed. Decide on the page (triage.html), save the decisions, and write a new table with: bioscan apply
Discoveries (a detached lineage under one name) are listed apart from errors.`;

async function prepare(
  file: string,
  options: QcOptions,
  context: CommandContext,
): Promise<{ made: Library; inputs: TriageInputs }> {
  const table = await readRecords(file, context);
  const checklist = options.backbone === undefined ? undefined : await readBackbone(options.backbone);
  if (checklist !== undefined)
    context.console.say(`${options.backbone ?? ''}: ${checklist.size.toLocaleString('en')} species names`);
  const made = library(table, {
    isPlaceholder: ({ genus, species }) => placeholderRule({ genus, species }, 'strict') !== undefined,
    ...(checklist === undefined ? {} : { acceptedName: (species: string) => checklist.accepted(species) }),
  });
  const { embedding, contaminants, crops, aligned } = options;
  return {
    made,
    inputs: {
      countries: await naturalEarth(),
      ...(checklist === undefined ? {} : { backbone: checklist }),
      ...(contaminants === undefined ? {} : { contaminants: await readContaminants(contaminants) }),
      ...(embedding === undefined ? {} : { neighbours: await embeddingNeighbours(made, embedding) }),
      ...(crops === undefined ? {} : { photos: await readPhotoMeasures(crops) }),
      ...(aligned === undefined ? {} : await crossModal(made, [...table], aligned, context)),
    },
  };
}

/** Photos against barcodes, cross-fitted; the same in-sample is printed only, since a model agrees with what it learnt. */
async function crossModal(
  made: Library,
  rows: readonly SpecimenRow[],
  folders: readonly string[],
  context: CommandContext,
): Promise<Pick<TriageInputs, 'crossModal'>> {
  const { crossFitted, inSample, scored, total } = await alignedRuns(made, rows, folders, context);
  const findings = (input: TriageInputs['crossModal']): number =>
    input === undefined ? 0 : checkCrossModal(made, input).length;
  const seen = inSample === undefined ? 0 : new Set(inSample.photo.queryIds).size;
  context.console.say(
    `photo against barcode: ${findings(crossFitted)} findings on ${scored} records that no model saw; in-sample ${findings(inSample)} on ${seen}`,
  );
  if (scored < total) {
    context.console.say(
      `${total - scored} of ${total} records with photo and barcode were seen by every run, with their plate or barcode: not judged; align once a fold (--fold 1/3, 2/3, 3/3)`,
    );
  }
  return crossFitted === undefined ? {} : { crossModal: crossFitted };
}

interface Triage {
  readonly made: Library;
  readonly run: CheckRun;
  readonly cases: readonly TriageCase[];
}

async function writeOut(folder: string, file: string, { made, run, cases }: Triage, options: QcOptions): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeTextFile(join(folder, 'findings.csv'), casesAsCsv(made, cases));
  const { seconds, skipped } = run;
  const value = {
    table: basename(file),
    weights: fittedSuspicion.source,
    prevalence: options.prevalence / 100,
    seconds,
    skipped,
    cases,
  };
  await writeTextFile(join(folder, 'findings.json'), `${JSON.stringify(value)}\n`);
  const grades = bagsGrades(made).map(({ species, grade, records, bins, sharedWith }) =>
    [species, grade, records, bins.join(' '), sharedWith.join('; ')].join(','),
  );
  await writeTextFile(join(folder, 'grades.csv'), `species,grade,records,bins,shared_with\n${grades.join('\n')}\n`);
  const page = await triagePageOf(made, cases, run, {
    table: basename(file),
    most: options.cases,
    modelSource: fittedSuspicion.source,
    ...(options.photos === undefined ? {} : { photos: options.photos }),
  });
  await writeTextFile(join(folder, 'triage.html'), triagePage(page));
}

function summary(
  made: Library,
  { findings, seconds, skipped }: CheckRun,
  cases: readonly TriageCase[],
  out?: string,
): object {
  const checks = new Map<string, number>();
  for (const { check } of findings) checks.set(check, (checks.get(check) ?? 0) + 1);
  const of = (kind: TriageCase['kind']): number => cases.filter((one) => one.kind === kind).length;
  return {
    records: made.records.length,
    errors: of('error'),
    novelties: of('novelty'),
    notes: of('note'),
    checks: Object.fromEntries([...checks].sort()),
    seconds,
    skipped,
    ...(out === undefined ? {} : { folder: out }),
  };
}

function summaryText(
  made: Library,
  { findings }: CheckRun,
  cases: readonly TriageCase[],
  out: string | undefined,
): string {
  const byCheck = new Map<string, { findings: number; records: Set<string> }>();
  for (const { check, records } of findings) {
    const entry = byCheck.get(check) ?? { findings: 0, records: new Set<string>() };
    byCheck.set(check, entry);
    entry.findings++;
    for (const id of records) entry.records.add(id);
  }
  const checks = tableText({
    title: 'Checks',
    columns: ['check', 'findings', 'records'],
    rows: [...byCheck]
      .sort((a, b) => (a[0] < b[0] ? -1 : 1))
      .map(([check, entry]) => [check, entry.findings, entry.records.size]),
  });
  const sure = cases.filter(({ kind }) => kind === 'error');
  const top = sure.slice(0, 10).map(({ processId, precision, findings: own, action }) => {
    return `${String(Math.round(100 * precision)).padStart(3)} %  ${processId}  ${own[0]?.message ?? ''}\n       next: ${action}`;
  });
  const novelties = cases.filter(({ kind }) => kind === 'novelty').length;
  return [
    checks,
    '',
    `${sure.length.toLocaleString('en')} of ${made.records.length.toLocaleString('en')} records may be wrong, ${novelties.toLocaleString('en')} may be discoveries. Likeliest errors:`,
    ...top,
    ...(out === undefined
      ? ['', 'More with --out <folder>: all findings, and a page to decide on.']
      : ['', `All of it: ${join(out, 'triage.html')}`]),
  ].join('\n');
}

function percent(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value > 0 && value < 100) return value;
  throw new InvalidArgumentError('expected a number between 0 and 100');
}
