import { InvalidArgumentError, type Command } from 'commander';
import { bold, writeSpecimens } from '@bioscan/data';
import {
  errorsAt,
  simulate,
  worlds,
  writeDataset,
  type PhotoChoice,
  type SimulationOptions,
  type World,
} from '@bioscan/sim';
import type { AddCommand, CommandContext } from '../command-context.js';
import { wholeNumber } from '../option-parsers.js';

interface SimulateOptions {
  readonly seed: number;
  readonly specimens: number;
  readonly species?: number;
  readonly photos?: PhotoChoice;
  readonly world?: World;
  readonly errors: number;
  readonly threads?: number;
}

export const simulateCommand: AddCommand = (program, contextOf) => {
  program
    .command('simulate')
    .description(
      'write a simulated collection: a table of barcodes (out ends in .tsv), or a data set laid out as BIOSCAN-5M (out is a folder)',
    )
    .argument('<out>', 'table such as records.tsv, or folder such as simulated/')
    .option('--seed <n>', 'the same seed gives the same bytes', wholeNumber(0), 1)
    .option('--specimens <n>', 'number of records', wholeNumber(100), 4000)
    .option('--species <n>', 'number of species among them (default: one for 16 specimens)', wholeNumber(10))
    .option('--photos <size>', 'photos of a folder: 256, 1024, both or none (default: 256)', photoChoice)
    .option(
      '--world <name>',
      `what holds in it: ${worldNames().join(', ')} (default: standard; complete for a table)`,
      namedWorld,
    )
    .option('--errors <percent>', 'plant errors of every kind, in so many percent of the records', percent, 0)
    .option('--threads <n>', 'photo workers (default: one a core)', wholeNumber(0))
    .addHelpText(
      'after',
      '\nA folder also holds simulation/truth.tsv, errors.tsv, settings.json and a contact sheet. Ctrl-C keeps what there is; the same command goes on.',
    )
    .action(async (out: string, options: SimulateOptions, command: Command) => {
      const context = contextOf(command);
      if (/\.(tsv|tsv\.gz)$/.test(out)) await writeTable(out, options, context);
      else await writeFolder(out, options, context);
    });
};

async function writeTable(out: string, options: SimulateOptions, { console }: CommandContext): Promise<void> {
  const { specimens, banner } = simulate(simulationOf(options, worlds.complete));
  // The old table form: names and barcodes only, so that `split` decides the splits.
  const rows = specimens.map(({ processId, sampleId, lineage, bin, barcode, place }) => ({
    processId,
    lineage,
    ...(sampleId === undefined ? {} : { sampleId }),
    ...(bin === undefined ? {} : { bin }),
    ...(barcode === undefined ? {} : { barcode }),
    ...(place === undefined ? {} : { place }),
  }));
  await writeSpecimens(out, rows, bold);
  console.say(banner);
  console.result(`${out}: ${rows.length.toLocaleString('en')} records`, { file: out, records: rows.length, banner });
}

async function writeFolder(out: string, options: SimulateOptions, { console, signal }: CommandContext): Promise<void> {
  const { photos = 256, threads } = options;
  const line = console.progress('photos');
  const summary = await writeDataset(out, simulationOf(options, worlds.standard), {
    photos,
    signal,
    ...(threads === undefined ? {} : { threads }),
    onProgress: ({ stage, done, total }) => {
      if (stage === 'photos') line.update({ done, total });
    },
  });
  line.end();
  console.say(summary.banner);
  const { records, plantedErrors, hash } = summary;
  const text = `${out}: ${records.toLocaleString('en')} records, ${plantedErrors} planted errors, hash ${hash.slice(0, 12)}`;
  console.result(text, { folder: out, records, plantedErrors, hash, banner: summary.banner, photos });
}

function simulationOf({ seed, specimens, species, world, errors }: SimulateOptions, usual: World): SimulationOptions {
  const chosen = world ?? usual;
  return {
    seed,
    specimens,
    ...(species === undefined ? {} : { species }),
    world: errors === 0 ? chosen : { ...chosen, errors: errorsAt(errors / 100) },
  };
}

function photoChoice(text: string): PhotoChoice {
  if (text === 'both' || text === 'none') return text;
  if (text === '256') return 256;
  if (text === '1024') return 1024;
  throw new InvalidArgumentError('expected 256, 1024, both or none');
}

function worldNames(): string[] {
  return Object.values(worlds).map(({ name }) => name);
}

function namedWorld(text: string): World {
  const found = Object.values(worlds).find(({ name }) => name === text);
  if (found !== undefined) return found;
  throw new InvalidArgumentError(`expected one of ${worldNames().join(', ')}`);
}

function percent(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0 && value <= 20) return value;
  throw new InvalidArgumentError('expected 0 to 20');
}
