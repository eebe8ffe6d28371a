import type { Command } from 'commander';
import { Option } from 'commander';
import { BioscanError, ranks, type LabelRank, type Progress } from '@bioscan/core';
import { nodeStore, openRuntime } from '@bioscan/runtime/node';
import { presets, sized, type ImagePooling, type Preprocessing } from '@bioscan/vision';
import type { MovedFiles } from '../align/rows-record.js';
import type { AddCommand } from '../command-context.js';
import { exportPhotos, type ExportPhotosOptions } from '../identifier/export-photos.js';
import { exportRun, type ExportRunInput } from '../identifier/export-run.js';
import { exportSummary } from '../identifier/export-summary.js';
import { shareBelowOne, wholeNumber } from '../option-parsers.js';
import { readRecords } from '../read-records.js';

interface ExportCommandOptions {
  readonly encoder?: string;
  readonly photos?: string;
  readonly table?: string;
  readonly boxes?: string;
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
    .usage(
      '[options] <run> <identifier>\n       bioscan export [options] --encoder <file> --photos <folder> --table <file> <identifier>',
    )
    .argument('<folders...>', 'run folder of bioscan align (none with --encoder), and the folder to write')
    .option('--encoder <file>', 'image encoder as ONNX, instead of a run')
    .option(
      '--photos <folder>',
      'photos named by process id (up to the first dot), folders in it included; with a run: where its photos are now',
    )
    .option(
      '--table <file>',
      'names of the specimens; with a split column, train and key_unseen are references, val validates; with a run: where its table is now',
    )
    .option('--boxes <file>', 'with a run: where its bounding boxes are now')
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
    .action(async (folders: readonly string[], options: ExportCommandOptions, command: Command) => {
      const context = contextOf(command);
      const source = sourceOf(folders, options, command);
      const runtime = openRuntime();
      const lines = new Map<string, ReturnType<typeof context.console.progress>>();
      try {
        const shared = {
          ...sharedOptions(options),
          say: (line: string) => {
            context.console.say(line);
          },
          onProgress: (what: string, progress: Progress) => {
            const line = lines.get(what) ?? context.console.progress(`embedding ${what}`);
            lines.set(what, line);
            line.update(progress);
            if (progress.done === progress.total) line.end();
          },
        };
        const store = nodeStore(source.identifier);
        const exported =
          'run' in source
            ? await exportRun(store, runtime, { ...cardOf(options), ...source }, { ...shared, context })
            : await exportPhotos(
                store,
                runtime,
                {
                  ...cardOf(options),
                  ...{ encoder: source.encoder, photos: source.photos, pooling: options.pooling },
                  table: await readRecords(source.table, context),
                  preprocessing: preprocessingOf(options),
                },
                { ...shared, signal: context.signal },
              );
        for (const { photo, message } of exported.setAside) context.console.say(`set aside: ${photo}: ${message}`);
        context.console.result(exportSummary(source.identifier, exported), exported);
      } finally {
        for (const line of lines.values()) line.end();
        await runtime.close();
      }
    });
};

type ExportSource =
  | ({ readonly identifier: string; readonly run: string } & MovedFiles)
  | { readonly identifier: string; readonly encoder: string; readonly photos: string; readonly table: string };

/** A run and where its files are, or an encoder with photos and table. */
function sourceOf(folders: readonly string[], options: ExportCommandOptions, command: Command): ExportSource {
  const { encoder, photos, table, boxes } = options;
  const [first = '', second, ...more] = folders;
  if (encoder === undefined) {
    if (second === undefined || more.length > 0)
      throw wrong(`${folders.length} folders without --encoder`, 'two: the run of bioscan align and the identifier');
    const given = ['preprocessing', 'size', 'pooling'].find((name) => command.getOptionValueSource(name) === 'cli');
    if (given !== undefined) throw wrong(`--${given} with a run`, 'it with --encoder only: a run knows its own');
    return {
      ...{ identifier: second, run: first },
      ...(table === undefined ? {} : { table }),
      ...(photos === undefined ? {} : { photos }),
      ...(boxes === undefined ? {} : { boxes }),
    };
  }
  if (second !== undefined) throw wrong(`${folders.length} folders and --encoder`, 'the identifier alone');
  if (photos === undefined || table === undefined)
    throw wrong(`--encoder without ${photos === undefined ? '--photos' : '--table'}`, 'encoder, photos and table');
  if (boxes !== undefined) throw wrong('--boxes with --encoder', 'cropped photos; see bioscan crop');
  return { identifier: first, encoder, photos, table };
}

function wrong(got: string, expected: string): BioscanError {
  return new BioscanError('bad-input', `cli: export, got ${got}, expected ${expected}`);
}

function cardOf({ name, licence, banner }: ExportCommandOptions): Pick<ExportRunInput, 'name' | 'licence' | 'banner'> {
  return { name, licence, ...(banner === undefined ? {} : { banner }) };
}

function sharedOptions({
  seed,
  novelPrior,
  keys,
  replace,
  ranks: names,
}: ExportCommandOptions): Pick<ExportPhotosOptions, 'seed' | 'novelPrior' | 'keyPrecision' | 'replace' | 'ranks'> {
  const chosen = ranksOf(names);
  return { seed, novelPrior, keyPrecision: keys, replace, ...(chosen === undefined ? {} : { ranks: chosen }) };
}

function preprocessingOf({ preprocessing, size }: ExportCommandOptions): Preprocessing {
  return size === undefined ? presets[preprocessing] : sized(presets[preprocessing], size);
}

function ranksOf(names: readonly string[] | undefined): LabelRank[] | undefined {
  if (names === undefined) return undefined;
  const unknown = names.find((name) => !ranks.some((rank) => rank === name));
  if (unknown === undefined) return ranks.filter((rank) => names.includes(rank));
  throw new BioscanError('bad-input', `cli: --ranks, got '${unknown}', expected some of ${ranks.join(', ')}`);
}
