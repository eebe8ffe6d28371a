import type { Command } from 'commander';
import { Option } from 'commander';
import { BioscanError, ranks, type LabelRank } from '@bioscan/core';
import { nodeStore, openRuntime } from '@bioscan/runtime/node';
import { presets, sized, type ImagePooling, type Preprocessing } from '@bioscan/vision';
import type { AddCommand } from '../command-context.js';
import { exportPhotos } from '../identifier/export-photos.js';
import { exportSummary } from '../identifier/export-summary.js';
import { shareBelowOne, wholeNumber } from '../option-parsers.js';
import { readRecords } from '../read-records.js';

interface ExportCommandOptions {
  readonly encoder: string;
  readonly photos: string;
  readonly table: string;
  readonly preprocessing: keyof typeof presets;
  readonly size?: number;
  readonly pooling: ImagePooling;
  readonly name: string;
  readonly licence: string;
  readonly ranks?: string[];
  readonly novelPrior: number;
  readonly keys: 'float32' | 'int8';
  readonly banner?: string;
  readonly replace: boolean;
  readonly seed: number;
}

export const exportCommand: AddCommand = (program, contextOf) => {
  program
    .command('export')
    .description('make an identifier: one folder with encoder, reference photos as vectors, calibration, gate and card')
    .argument('<identifier>', 'folder to write')
    .requiredOption('--encoder <file>', 'image encoder as ONNX')
    .requiredOption('--photos <folder>', 'photos named by process id (up to the first dot), folders in it included')
    .requiredOption(
      '--table <file>',
      'names of the specimens; with a split column, train and key_unseen are references, val validates',
    )
    .addOption(
      new Option('--preprocessing <name>', 'how the encoder wants its pictures')
        .choices(Object.keys(presets))
        .default('imagenet'),
    )
    .option('--size <pixels>', 'side of the pictures; default: of the preprocessing', wholeNumber(1))
    .addOption(new Option('--pooling <name>', 'of tokens or a grid').choices(['mean', 'first']).default('mean'))
    .option('--name <text>', 'on the card', 'A photo identifier')
    .option('--licence <text>', 'of photos and names, on the card', 'not stated')
    .option('--ranks <names...>', 'default: order, family, genus, species, as far as there are names')
    .option('--novel-prior <share>', 'share of photos of species without a key to expect', shareBelowOne, 0.1)
    .addOption(new Option('--keys <dtype>', 'how vectors are stored').choices(['float32', 'int8']).default('float32'))
    .option('--banner <text>', 'such as "SIMULATED: …"; simulated data sets are recognised')
    .option('--replace', 'write over an identifier that is there', false)
    .option('--seed <n>', 'roles of photos, bootstrap', wholeNumber(0), 0)
    .action(async (folder: string, options: ExportCommandOptions, command: Command) => {
      const context = contextOf(command);
      const table = await readRecords(options.table, context);
      const runtime = openRuntime();
      const lines = new Map<string, ReturnType<typeof context.console.progress>>();
      try {
        const {
          encoder,
          photos,
          pooling,
          name,
          licence,
          banner,
          seed,
          novelPrior,
          keys: keyPrecision,
          replace,
        } = options;
        const chosen = ranksOf(options.ranks);
        const exported = await exportPhotos(
          nodeStore(folder),
          runtime,
          {
            encoder,
            photos,
            table,
            preprocessing: preprocessingOf(options),
            pooling,
            name,
            licence,
            ...(banner === undefined ? {} : { banner }),
          },
          {
            seed,
            novelPrior,
            keyPrecision,
            replace,
            ...(chosen === undefined ? {} : { ranks: chosen }),
            signal: context.signal,
            say: (line) => {
              context.console.say(line);
            },
            onProgress: (what, progress) => {
              const line = lines.get(what) ?? context.console.progress(`embedding ${what}`);
              lines.set(what, line);
              line.update(progress);
              if (progress.done === progress.total) line.end();
            },
          },
        );
        for (const { photo, message } of exported.setAside) context.console.say(`set aside: ${photo}: ${message}`);
        context.console.result(exportSummary(folder, exported), exported);
      } finally {
        for (const line of lines.values()) line.end();
        await runtime.close();
      }
    });
};

function preprocessingOf({ preprocessing, size }: ExportCommandOptions): Preprocessing {
  return size === undefined ? presets[preprocessing] : sized(presets[preprocessing], size);
}

function ranksOf(names: readonly string[] | undefined): LabelRank[] | undefined {
  if (names === undefined) return undefined;
  const unknown = names.find((name) => !ranks.some((rank) => rank === name));
  if (unknown === undefined) return ranks.filter((rank) => names.includes(rank));
  throw new BioscanError('bad-input', `cli: --ranks, got '${unknown}', expected some of ${ranks.join(', ')}`);
}
