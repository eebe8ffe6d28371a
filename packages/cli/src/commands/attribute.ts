import { join } from 'node:path';
import type { Command } from 'commander';
import {
  allArms,
  arms,
  attribution,
  attributionReport,
  powerText,
  type Arm,
  type AttributionHost,
} from '@bioscan/align/controls';
import type { Report } from '@bioscan/core';
import { reportPage, reportText } from '@bioscan/report';
import { nodeStore } from '@bioscan/runtime/node';
import { simulatorVersion } from '@bioscan/sim';
import { openArmLanes } from '../attribution/arm-lanes.js';
import { attributionInputs } from '../attribution/attribution-inputs.js';
import type { AddCommand, CommandContext } from '../command-context.js';
import { positiveNumber, wholeNumber } from '../option-parsers.js';
import { version } from '../version.js';
import { writeTextFile } from '../write-file.js';

export interface AttributeOptions {
  readonly out: string;
  readonly worlds: number;
  readonly seeds: number;
  readonly steps?: number;
  readonly quick: boolean;
  readonly lanes: number;
  readonly seed: number;
}

export const attributeCommand: AddCommand = (program, contextOf) => {
  program
    .command('attribute')
    .description(
      'is it the DNA? trains every control of alignment on equal terms; one table with intervals and the sentence it supports',
    )
    .argument('[folder]', 'photos and barcodes laid out as BIOSCAN-5M; without it: simulated worlds')
    .option(
      '--out <folder>',
      'finished runs, report.html and report.json; the same command again goes on there',
      'runs/attribute',
    )
    .option('--worlds <n>', 'simulated worlds to report', wholeNumber(2), 5)
    .option('--seeds <n>', 'seeds of each arm', wholeNumber(1), 3)
    .option('--steps <n>', 'training steps of an arm (default: 150)', positiveNumber)
    .option(
      '--quick',
      'one seed, three arms, one grid point, and one small world where it is simulated: about a minute',
      false,
    )
    .option('--lanes <n>', 'arms that train side by side, one engine thread each', wholeNumber(1), 2)
    .option('--seed <n>', 'deals specimens; which worlds tune', wholeNumber(0), 0)
    .addHelpText(
      'after',
      '\nThe power of the comparison is printed before anything reported is trained. Ctrl-C keeps what is done.',
    )
    .action(async (folder: string | undefined, options: AttributeOptions, command: Command) => {
      const context = contextOf(command);
      const report = await attributeReport(folder, options, context);
      await writeReport(options.out, report);
      context.console.result(`${reportText(report)}\nreport: ${join(options.out, 'report.html')}`, report);
    });
};

/** Runs the arms and makes the report; what `bioscan attribute` does before it writes. */
async function attributeReport(
  folder: string | undefined,
  options: AttributeOptions,
  context: CommandContext,
): Promise<Report> {
  const { out, worlds, quick, seed, steps } = options;
  const lanes = openArmLanes(options.lanes);
  try {
    const source = { out, worlds, quick, seed, ...(folder === undefined ? {} : { folder }) };
    const inputs = await attributionInputs(source, lanes, context);
    const line = context.console.progress('arms');
    const host: AttributionHost = {
      run: lanes.run,
      store: nodeStore(join(out, 'runs')),
      versions: folder === undefined ? { generator: simulatorVersion } : {},
      concurrency: lanes.count,
      signal: context.signal,
      onProgress: ({ done, total, job }) => {
        line.update({ done, total }, `${job.subject}: ${job.arm.name}`);
      },
      onPower: (power) => {
        context.console.say(powerText(power));
      },
    };
    const result = await attribution(
      {
        arms: armsFor(folder, quick),
        grid: inputs.grid,
        tuning: inputs.tuning,
        subjects: inputs.subjects,
        seeds: Array.from({ length: quick ? 1 : options.seeds }, (_, i) => i + 1),
        budget: { ...inputs.budget, ...(steps === undefined ? {} : { steps }) },
      },
      host,
    );
    line.end();
    return attributionReport(result, {
      title: `Is it the DNA? ${folder ?? (quick ? 'A quick look at one simulated world' : `${worlds} simulated worlds`)}`,
      limits: inputs.limits,
      command: `bioscan attribute ${folder ?? ''}`.trim(),
      versions: {
        bioscan: version,
        node: process.versions.node,
        ...(folder === undefined ? { generator: simulatorVersion } : {}),
      },
    });
  } finally {
    await lanes.close();
  }
}

/** Own photos start from an untrained tower, whose frozen head says nothing. */
function armsFor(folder: string | undefined, quick: boolean): readonly Arm[] {
  if (quick) return [arms.raw(), arms.imageOnly({ passes: 1 }), arms.imageDna()];
  return folder === undefined ? allArms() : allArms().filter(({ frozen }) => frozen === undefined);
}

/** report.html for people, report.json for programs. */
export async function writeReport(out: string, report: Report): Promise<void> {
  await writeTextFile(join(out, 'report.html'), await reportPage(report));
  await writeTextFile(join(out, 'report.json'), JSON.stringify(report));
}
