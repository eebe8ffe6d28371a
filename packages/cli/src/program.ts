import { Command } from 'commander';
import { alignCommand } from './commands/align.js';
import { applyCommand } from './commands/apply.js';
import { attributeCommand } from './commands/attribute.js';
import { auditCommand } from './commands/audit.js';
import { convertCommand } from './commands/convert.js';
import { cropCommand } from './commands/crop.js';
import { distancesCommand } from './commands/distances.js';
import { embedCommand } from './commands/embed.js';
import { exportCommand } from './commands/export.js';
import { geographyCommand } from './commands/geography.js';
import { identifyCommand } from './commands/identify.js';
import { pilotCommand } from './commands/pilot.js';
import { pretrainCommand } from './commands/pretrain.js';
import { priceCommand } from './commands/price.js';
import { probeCommand } from './commands/probe.js';
import { qcCommand } from './commands/qc.js';
import { simulateCommand } from './commands/simulate.js';
import { splitCommand } from './commands/split.js';
import { sweepCommand } from './commands/sweep.js';
import type { CommandContext } from './command-context.js';
import { openConsole, type Streams } from './console.js';
import { version } from './version.js';

/** The whole command line. Nothing runs before `parseAsync`. */
export function program(streams: Streams, signal: AbortSignal, outcome: { exitCode: number }): Command {
  const root = new Command('bioscan')
    .description('DNA barcodes from a table of records to an open-world report.')
    .version(version)
    .option('--json', 'print one JSON value on stdout; progress and remarks stay on stderr')
    .showHelpAfterError('(bioscan <command> --help explains)')
    .configureOutput({
      writeOut: (text) => streams.stdout.write(text),
      writeErr: (text) => streams.stderr.write(text),
    })
    .exitOverride()
    .addHelpText('after', overview);
  const contextOf = (command: Command): CommandContext => ({
    console: openConsole(streams, command.optsWithGlobals<{ json?: boolean }>().json === true),
    signal,
    exit: (code) => {
      outcome.exitCode = code;
    },
  });
  const commands = [
    simulateCommand,
    splitCommand,
    auditCommand,
    distancesCommand,
    geographyCommand,
    pretrainCommand,
    convertCommand,
    embedCommand,
    probeCommand,
    sweepCommand,
    cropCommand,
    exportCommand,
    identifyCommand,
    pilotCommand,
    alignCommand,
    qcCommand,
    applyCommand,
    attributeCommand,
    priceCommand,
  ];
  for (const add of commands) add(root, contextOf);
  return root;
}

const overview = `
From records to a report, in order:
  bioscan simulate records.tsv                        no data at hand? make some
  bioscan split records.tsv split.tsv                 who is seen, who is unseen, by whole barcodes
  bioscan audit split.tsv                             does anything leak between the splits?
  bioscan pretrain split.tsv --run runs/first         a small BarcodeBERT; resumes where it was stopped
  bioscan probe split.tsv --run runs/first --report report.html
  bioscan sweep split.tsv --shapes 4-2-4,6-2-4 --width 128 --steps 500 --out runs/sweep
                                                      which k-mers, layers and heads? resumes
  bioscan convert checkpoint.pt runs/published        or take an encoder that others published

The library itself:
  bioscan distances records.tsv --out distances       how far barcodes lie apart within species, genera, …
  bioscan geography records.tsv --out places          countries, skew, a map

Photos:
  bioscan crop photos/ crops/                         find, crop and measure the specimens of dish photos
  bioscan export identifier/ --encoder model.onnx --photos crops/crops --table records.tsv
  bioscan identify identifier/ photo.jpg              names with calibrated confidence
  bioscan pilot identifier/ labelled-photos/          does it work on photos of your own?
  bioscan align data/ --out runs/align                photos and barcodes of a data set into one space; resumes
  bioscan attribute data/ --out runs/attribute        is it the DNA? every control on equal terms
  bioscan price data/ --cost 2 --out runs/price       what sequencing more specimens buys

Curation:
  bioscan qc records.tsv --out triage/                which records are wrong, and why; decide on triage/triage.html
  bioscan apply records.tsv decisions.json fixed.tsv  write a new table with what you decided

Tables may be gzipped; BIOSCAN-5M, BIOSCAN-1M, Canadian Invertebrates and BOLD-like headers are recognised.
Exit codes: 0 done, 1 found what --fail-on names, 2 usage, 3 wrong data, 4 failure, 130 interrupted.`;
