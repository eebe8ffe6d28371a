import { Option, type Command } from 'commander';
import type { EncoderProvenance } from '@bioscan/core';
import { decodeBarcodeCheckpoint, pretrainingFiles } from '@bioscan/dna';
import { checkLeakage } from '@bioscan/qc';
import { nodeStore } from '@bioscan/runtime/node';
import { tableText } from '@bioscan/report';
import { exitCodes } from '../exit-codes.js';
import { assignmentOf } from '../open-world/split-column.js';
import type { AddCommand } from '../command-context.js';
import { readRecords } from '../read-records.js';

interface AuditOptions {
  readonly run: string[];
  readonly failOn?: 'error' | 'warning';
}

export const auditCommand: AddCommand = (program, contextOf) => {
  program
    .command('audit')
    .description(
      'look for what leaks between splits: equal, contained and near barcodes, BINs of unseen species in pretrain',
    )
    .argument('<table>', 'records with a split column, as `bioscan split` writes them')
    .addOption(
      new Option('--fail-on <severity>', 'exit with 1 when there is a finding of this severity or worse').choices([
        'error',
        'warning',
      ]),
    )
    .option('--run <folders...>', 'pretrained encoders whose corpus is compared with the queries', [])
    .addHelpText('after', auditHelp)
    .action(async (file: string, options: AuditOptions, command: Command) => {
      const context = contextOf(command);
      const table = await readRecords(file, context);
      const encoders = await Promise.all(options.run.map(corpusOfRun));
      const audit = checkLeakage([...table], assignmentOf(table, file), { encoders });
      const findings = audit.findings.map(({ severity, check, message }) => `${severity}: ${message} (${check})`);
      context.console.result([tableText(audit.table), ...findings].join('\n'), audit);
      const serious = audit.findings.some(
        ({ severity }) => severity === 'error' || (options.failOn === 'warning' && severity === 'warning'),
      );
      if (options.failOn !== undefined && serious) context.exit(exitCodes.findings);
    });
};

const auditHelp = `
equal: the same letters after stripping N; contained: one is a stretch of the other; near: at most 1 % apart over 300 sites or more.
Contained and near barcodes of the same species are no fault of a split: they say how close a query's nearest key may be.`;

/** What a run says of the barcodes that it was trained on. */
async function corpusOfRun(folder: string): Promise<EncoderProvenance> {
  const { checkpoint } = decodeBarcodeCheckpoint(await nodeStore(folder).read(pretrainingFiles.model));
  const { config, corpus } = checkpoint;
  return {
    id: folder,
    modality: 'dna',
    dimension: config.width,
    settings: { steps: checkpoint.steps },
    ...(corpus === undefined ? {} : { corpus }),
  };
}
