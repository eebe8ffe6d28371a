import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { ranks, type LabelRank, type Report } from '@bioscan/core';
import {
  distanceMeasures,
  distanceReport,
  distancesByRank,
  planDistances,
  type DistanceMeasure,
  type DistanceReport,
} from '@bioscan/qc';
import { reportPage, reportText } from '@bioscan/report';
import { nodeStore } from '@bioscan/runtime/node';
import type { AddCommand, CommandContext } from '../command-context.js';
import { wholeNumber } from '../option-parsers.js';
import { readRecords } from '../read-records.js';
import { version } from '../version.js';
import { workerPool } from '../worker-pool.js';
import { writeTextFile } from '../write-file.js';

interface DistancesOptions {
  readonly measure: DistanceMeasure;
  readonly ranks: readonly LabelRank[];
  readonly out?: string;
  readonly sample: number;
  readonly exact?: number;
  readonly seed: number;
  readonly threads: number;
}

export const distancesCommand: AddCommand = (program, contextOf) => {
  program
    .command('distances')
    .description('barcode distances within classes, orders, families, genera and species, beside the published ones')
    .argument('<table>', 'records with names and barcodes')
    .addOption(
      new Option('--measure <name>', 'how two barcodes are compared')
        .choices([...distanceMeasures])
        .default('p' satisfies DistanceMeasure),
    )
    .option('--ranks <names>', 'such as order,species; bin is one too', rankList, defaultRanks)
    .option('--out <folder>', 'report.html, report.json and what is done so far: the same command goes on after a stop')
    .option(
      '--exact <pairs>',
      'compare groups of up to so many pairs whole (default: all species, others to 20,000)',
      wholeNumber(1),
    )
    .option('--sample <pairs>', 'pairs drawn from a larger group', wholeNumber(2), 10_000)
    .option('--seed <n>', 'of the draws', wholeNumber(0), 1)
    .option('--threads <n>', 'threads (default: one a core)', wholeNumber(1), availableParallelism())
    .addHelpText('after', distancesHelp)
    .action(async (file: string, options: DistancesOptions, command: Command) => {
      const context = contextOf(command);
      const { report, page } = await measure(file, options, context);
      context.console.result(
        [reportText(report), ...(page === undefined ? [] : [`Report: ${page}`])].join('\n'),
        report,
      );
    });
};

const defaultRanks: readonly LabelRank[] = ['class', 'order', 'family', 'genus', 'species'];

const distancesHelp = `
p, k2p: a site, over the overlap of both barcodes, end gaps free, N fits anything. levenshtein, damerau: edits between barcodes of one length (the
commonest). paper: the BIOSCAN-5M paper's, barcodes cut or padded to 625 letters, groups of 5 or more. Different barcodes only, each once.`;

async function measure(
  file: string,
  options: DistancesOptions,
  context: CommandContext,
): Promise<{ report: Report; page: string | undefined }> {
  const { measure: name, ranks: at, sample, exact, seed, threads, out } = options;
  const table = await readRecords(file, context);
  const records = [...table];
  const plan = planDistances(records, {
    measure: name,
    ranks: at,
    seed,
    sampledPairs: sample,
    ...(exact === undefined ? {} : { exactPairs: exact }),
  });
  const line = context.console.progress('comparing');
  const pool = workerPool(threads);
  const { signal } = context;
  const stop = (): void => void pool?.close();
  signal.addEventListener('abort', stop);
  try {
    const found = await distancesByRank(plan, {
      signal,
      ...(pool === undefined ? {} : { pool }),
      ...(out === undefined ? {} : { store: nodeStore(out) }),
      onProgress: (progress) => {
        line.update(progress);
      },
    });
    const report = reportOf(distanceReport(plan, found, records), file, options, table.source.sha256);
    return { report, page: out === undefined ? undefined : await writeReport(out, report) };
  } finally {
    signal.removeEventListener('abort', stop);
    line.end();
    await pool?.close();
  }
}

function reportOf(
  parts: DistanceReport,
  file: string,
  { measure, ranks: at, seed }: DistancesOptions,
  dataHash: string,
): Report {
  const { summary, tables, figures, warnings, limits } = parts;
  return {
    title: 'Barcode distances by rank',
    summary, tables, figures, warnings, limits,
    provenance: {
      command: `bioscan distances ${file} --measure ${measure} --ranks ${at.join(',')} --seed ${seed}`,
      seeds: [seed],
      encoders: [],
      dataHash,
      versions: { bioscan: version, node: process.versions.node },
    },
  }; // prettier-ignore
}

async function writeReport(out: string, report: Report): Promise<string> {
  const page = join(out, 'report.html');
  await writeTextFile(join(out, 'report.json'), JSON.stringify(report));
  await writeTextFile(page, await reportPage(report));
  return page;
}

function rankList(text: string): LabelRank[] {
  const known: readonly string[] = [...ranks, 'bin'];
  const names = text.split(',').map((name) => name.trim().toLowerCase());
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return names as LabelRank[];
  throw new InvalidArgumentError(`'${unknown}' is none of ${known.join(', ')}`);
}
