import { Option, type Command } from 'commander';
import { barcodeBert, contrastiveObjective, maskedObjectives, pretrain, type PretrainingObjective } from '@bioscan/dna';
import { planMemory, showMemory } from '@bioscan/graph';
import { nodeStore, openRuntime } from '@bioscan/runtime/node';
import type { AddCommand } from '../command-context.js';
import { positiveNumber, wholeNumber } from '../option-parsers.js';
import { distinctBarcodes, pretrainingCorpus } from '../open-world/sets.js';
import { assignmentOf } from '../open-world/split-column.js';
import { readRecords } from '../read-records.js';
import { BioscanError } from '@bioscan/core';

interface PretrainOptions {
  readonly run: string;
  readonly k: number;
  readonly layers: number;
  readonly heads: number;
  readonly width: number;
  readonly objective: keyof typeof objectives;
  readonly steps: number;
  readonly batch: number;
  readonly rate: number;
  readonly seed: number;
  readonly threads?: number;
}

const objectives = {
  ...maskedObjectives,
  contrastive: contrastiveObjective(),
} satisfies Record<string, PretrainingObjective>;

export const pretrainCommand: AddCommand = (program, contextOf) => {
  program
    .command('pretrain')
    .description('pretrain a BarcodeBERT on the barcodes of the pretrain and train splits, without labels')
    .argument('<table>', 'records with a split column')
    .requiredOption('--run <folder>', 'where checkpoints and log go; the same command again resumes there')
    .option('--k <n>', 'letters a token', wholeNumber(1), 4)
    .option('--layers <n>', 'transformer layers', wholeNumber(0), 2)
    .option('--heads <n>', 'attention heads', wholeNumber(1), 4)
    .option('--width <n>', 'hidden width, a multiple of the heads', wholeNumber(4), 128)
    .addOption(
      new Option('--objective <name>', 'what is learned').choices(Object.keys(objectives)).default('barcodemae'),
    )
    .option('--steps <n>', 'optimiser steps', wholeNumber(1), 1000)
    .option('--batch <n>', 'barcodes a step', wholeNumber(1), 32)
    .option('--rate <x>', 'peak learning rate of the one-cycle schedule', positiveNumber, 1e-3)
    .option('--seed <n>', 'parameters, order, masks and dropout', wholeNumber(0), 0)
    .option('--threads <n>', 'threads of the engine; default: all cores', wholeNumber(1))
    .addHelpText(
      'after',
      '\nCtrl-C keeps the last good state. Resumed runs end with the same bytes as uninterrupted ones.',
    )
    .action(async (file: string, options: PretrainOptions, command: Command) => {
      const context = contextOf(command);
      const { k, layers, heads, width, seed } = options;
      const barcodes = await corpusOf(file, context);
      const runtime = openRuntime(options.threads === undefined ? {} : { threads: options.threads });
      const line = context.console.progress('pretraining');
      try {
        const { heldOut } = await pretrain(
          {
            tower: barcodeBert({ k, layers, heads, width }),
            objective: objectives[options.objective],
            barcodes: barcodes.train,
            validation: barcodes.validation,
            budget: { steps: options.steps, batchSize: options.batch, peakLearningRate: options.rate },
            seed,
          },
          {
            runtime,
            store: nodeStore(options.run),
            signal: context.signal,
            onPlan: (step) => {
              context.console.say(`memory: about ${showMemory(planMemory(step))}`);
            },
            onProgress: ({ measures, ...progress }) => {
              line.update(progress, `loss ${(measures['loss'] ?? Number.NaN).toFixed(3)}`);
            },
          },
        );
        context.console.result(
          `${options.run}: ${k}-${layers}-${heads} x ${width}, ${options.steps} steps${heldOut === undefined ? '' : `\nheld out: ${JSON.stringify(heldOut)}`}`,
          { run: options.run, steps: options.steps, heldOut },
        );
      } finally {
        line.end();
        await runtime.close();
      }
    });
};

/** Barcodes to learn from, and those of val for scores. */
async function corpusOf(
  file: string,
  context: Parameters<typeof readRecords>[1],
): Promise<{ readonly train: string[]; readonly validation: string[] }> {
  const table = await readRecords(file, context);
  const assignment = assignmentOf(table, file);
  const train = pretrainingCorpus(table, assignment);
  if (train.length === 0) {
    throw new BioscanError(
      'bad-input',
      `cli: ${file}, got no barcode in the splits pretrain and train, expected some`,
      { file },
    );
  }
  return { train, validation: distinctBarcodes(table, assignment, ['val']) };
}
