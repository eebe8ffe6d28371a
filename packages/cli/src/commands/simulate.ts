import type { Command } from 'commander';
import { bold, writeSpecimens } from '@bioscan/data';
import { simulate } from '@bioscan/sim';
import type { AddCommand } from '../command-context.js';
import { wholeNumber } from '../option-parsers.js';

interface SimulateOptions {
  readonly seed: number;
  readonly specimens: number;
  readonly species: number;
}

export const simulateCommand: AddCommand = (program, contextOf) => {
  program
    .command('simulate')
    .description('write a simulated table of barcodes that evolved on a taxonomy (BOLD-like TSV)')
    .argument('<out>', 'table to write, such as records.tsv')
    .option('--seed <n>', 'the same seed gives the same table', wholeNumber(0), 1)
    .option('--specimens <n>', 'number of records', wholeNumber(100), 4000)
    .option('--species <n>', 'number of species among them', wholeNumber(10), 240)
    .action(async (out: string, options: SimulateOptions, command: Command) => {
      const { console } = contextOf(command);
      const { specimens, banner } = simulate(options);
      await writeSpecimens(out, specimens, bold);
      console.say(banner);
      console.result(`${out}: ${specimens.length.toLocaleString('en')} records`, {
        file: out,
        records: specimens.length,
        banner,
      });
    });
};
