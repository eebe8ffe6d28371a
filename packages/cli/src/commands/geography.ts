import { join } from 'node:path';
import type { Command } from 'commander';
import type { Report } from '@bioscan/core';
import type { SpecimenTable } from '@bioscan/data';
import { equalAreaGrid, geographyCounts, geographyReport } from '@bioscan/eval';
import { reportPage, reportText } from '@bioscan/report';
import type { AddCommand } from '../command-context.js';
import { wholeNumber } from '../option-parsers.js';
import { readRecords } from '../read-records.js';
import { version } from '../version.js';
import { writeTextFile } from '../write-file.js';

interface GeographyOptions {
  readonly out?: string;
  readonly cell: number;
  readonly listed: number;
}

export const geographyCommand: AddCommand = (program, contextOf) => {
  program
    .command('geography')
    .description('where records come from: countries, provinces, how skewed, and a map')
    .argument('<table>', 'records with countries or coordinates')
    .option('--out <folder>', 'report.html with the map, and report.json')
    .option('--cell <kilometres>', 'side of a cell of the map', wholeNumber(1), 100)
    .option('--listed <n>', 'countries and provinces that are listed', wholeNumber(1), 15)
    .action(async (file: string, options: GeographyOptions, command: Command) => {
      const context = contextOf(command);
      const table = await readRecords(file, context);
      const report = countPlaces(table, file, options);
      const page = options.out === undefined ? undefined : await writeReport(options.out, report);
      const lines = [reportText(report), ...(page === undefined ? [] : [`Report: ${page}`])];
      context.console.result(lines.join('\n'), report);
    });
};

function countPlaces(table: SpecimenTable, file: string, { cell, listed }: GeographyOptions): Report {
  const half = table.rejects.byReason['half-pair'] ?? 0;
  return geographyReport(geographyCounts(table, equalAreaGrid(cell)), {
    title: 'Where records come from',
    listed,
    warnings: half === 0 ? [] : [`${half} half coordinate pairs were set aside when reading.`],
    provenance: {
      command: `bioscan geography ${file} --cell ${cell}`,
      seeds: [],
      encoders: [],
      dataHash: table.source.sha256,
      versions: { bioscan: version, node: process.versions.node },
    },
  });
}

async function writeReport(out: string, report: Report): Promise<string> {
  const page = join(out, 'report.html');
  await writeTextFile(join(out, 'report.json'), JSON.stringify(report));
  await writeTextFile(page, await reportPage(report));
  return page;
}
