import { join } from 'node:path';
import type { Command } from 'commander';
import { powerText, price, priceReport } from '@bioscan/align/controls';
import { reportText } from '@bioscan/report';
import { nodeStore } from '@bioscan/runtime/node';
import { simulatorVersion } from '@bioscan/sim';
import { openArmLanes } from '../attribution/arm-lanes.js';
import { attributionInputs } from '../attribution/attribution-inputs.js';
import type { AddCommand } from '../command-context.js';
import { positiveNumber, wholeNumber } from '../option-parsers.js';
import { version } from '../version.js';
import { writeReport, type AttributeOptions } from './attribute.js';

interface PriceCommandOptions extends AttributeOptions {
  readonly cost: number;
}

export const priceCommand: AddCommand = (program, contextOf) => {
  program
    .command('price')
    .description(
      'how much DNA must one buy? photo accuracy against the share of specimens sequenced, at random or the most different first',
    )
    .argument('[folder]', 'photos and barcodes laid out as BIOSCAN-5M; without it: simulated worlds')
    .requiredOption('--cost <amount>', 'of sequencing one specimen, in any currency', positiveNumber)
    .option(
      '--out <folder>',
      'finished runs, report.html and report.json; the same command again goes on there',
      'runs/price',
    )
    .option('--worlds <n>', 'simulated worlds to report', wholeNumber(2), 5)
    .option('--seeds <n>', 'seeds of each share', wholeNumber(1), 3)
    .option('--steps <n>', 'training steps of a share (default: 150)', positiveNumber)
    .option('--quick', 'one small simulated world, one seed', false)
    .option('--lanes <n>', 'trainings side by side, one engine thread each', wholeNumber(1), 2)
    .option('--seed <n>', 'deals specimens; which worlds tune', wholeNumber(0), 0)
    .action(async (folder: string | undefined, options: PriceCommandOptions, command: Command) => {
      const context = contextOf(command);
      const { out, worlds, quick, seed, steps, cost } = options;
      const lanes = openArmLanes(options.lanes);
      try {
        const source = { out, worlds, quick, seed, ...(folder === undefined ? {} : { folder }) };
        const { tuning, subjects, grid, budget, limits } = await attributionInputs(source, lanes, context);
        const line = context.console.progress('shares');
        const result = await price(
          {
            tuning,
            subjects,
            grid,
            budget: { ...budget, ...(steps === undefined ? {} : { steps }) },
            seeds: Array.from({ length: quick ? 1 : options.seeds }, (_, i) => i + 1),
            costPerSpecimen: cost,
          },
          {
            run: lanes.run,
            store: nodeStore(join(out, 'runs')),
            versions: folder === undefined ? { generator: simulatorVersion } : {},
            concurrency: lanes.count,
            signal: context.signal,
            runtime: lanes.runtime,
            know: (subject) => lanes.know(subject),
            onProgress: ({ done, total, job }) => {
              line.update({ done, total }, `${job.subject}: ${job.arm.name}`);
            },
            onPower: (power) => {
              context.console.say(powerText(power));
            },
          },
        );
        line.end();
        const report = priceReport(result, {
          title: `What sequencing buys: ${folder ?? 'simulated worlds'}`,
          limits,
          command: `bioscan price ${folder ?? ''} --cost ${cost}`,
          versions: {
            bioscan: version,
            node: process.versions.node,
            ...(folder === undefined ? { generator: simulatorVersion } : {}),
          },
        });
        await writeReport(out, report);
        context.console.result(`${reportText(report)}\nreport: ${join(out, 'report.html')}`, report);
      } finally {
        await lanes.close();
      }
    });
};
