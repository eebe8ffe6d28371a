import { join } from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { placeholderRule } from '@bioscan/data';
import { checkCrossModal, library, rankCases, runChecks, type Library, type TriageInputs } from '@bioscan/qc';
import type { AddCommand, CommandContext } from '../command-context.js';
import { exitCodes } from '../exit-codes.js';
import { wholeNumber } from '../option-parsers.js';
import { alignedRuns } from '../qc/aligned-runs.js';
import { embeddingNeighbours } from '../qc/embedding-neighbours.js';
import { readPhotoMeasures } from '../qc/photo-measures.js';
import { naturalEarth, readBackbone, readContaminants } from '../qc/triage-inputs.js';
import { triageSummary, triageSummaryText } from '../qc/triage-summary.js';
import { writeTriage } from '../qc/write-triage.js';
import { readRecords } from '../read-records.js';

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
    .option(
      '--out <folder>',
      'write findings.csv, findings.json, reports.csv, grades.csv, criteria.csv and triage.html there',
    )
    .option('--embedding <file>', 'label against neighbourhood in this embedding (bioscan embed), or in 4-mers: kmers')
    .option('--backbone <tsv>', 'checklist: NameUsage.tsv of the Catalogue of Life or Taxon.tsv of GBIF')
    .option('--contaminants <fasta>', 'sequences that must not be there: Wolbachia, human, hosts')
    .option('--aligned <runs...>', 'photo against barcode: runs of bioscan align, one a fold (align --fold 1/3 …)')
    .option(
      '--crops <folder>',
      'empty, crowded and cut-off photos: the output folder of bioscan crop; crops go on the page',
    )
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
      const triage = { made, run, cases };
      const photos = options.photos ?? (options.crops === undefined ? undefined : join(options.crops, 'crops'));
      if (options.out !== undefined) {
        await writeTriage(options.out, triage, {
          file,
          prevalence: options.prevalence / 100,
          most: options.cases,
          ...(photos === undefined ? {} : { photos }),
        });
      }
      for (const what of run.skipped) context.console.say(`not checked: ${what}`);
      context.console.result(triageSummaryText(triage, options.out), triageSummary(triage, options.out));
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
  // Rows with one process id are compared, not set aside.
  const table = await readRecords(file, context, { duplicates: 'keep' });
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
      ...(aligned === undefined ? {} : await crossModal(made, aligned, context)),
    },
  };
}

/** Photos against barcodes, cross-fitted; the same in-sample is printed only, since a model agrees with what it learnt. */
async function crossModal(
  made: Library,
  folders: readonly string[],
  context: CommandContext,
): Promise<Pick<TriageInputs, 'crossModal'>> {
  const { crossFitted, inSample, scored, total } = await alignedRuns(made, made.records, folders, context);
  const findings = (input: TriageInputs['crossModal']): number =>
    input === undefined ? 0 : checkCrossModal(made, input).length;
  const seen = inSample === undefined ? 0 : new Set(inSample.photo.queryIds).size;
  context.console.say(
    `photo against barcode: ${findings(crossFitted)} findings on ${scored} records that took no part in their model; in-sample ${findings(inSample)} on ${seen}`,
  );
  if (scored < total) {
    context.console.say(
      `${total - scored} of ${total} records with photo and barcode took part in every run (trained it or chose its parameters), themselves or by their plate or barcode: not judged; align once a fold (--fold 1/3, 2/3, 3/3)`,
    );
  }
  return crossFitted === undefined ? {} : { crossModal: crossFitted };
}

function percent(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value > 0 && value < 100) return value;
  throw new InvalidArgumentError('expected a number between 0 and 100');
}
