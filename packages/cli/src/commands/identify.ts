import type { Command } from 'commander';
import { isSetAside, type PhotoResult } from '@bioscan/identify';
import { openIdentifier } from '@bioscan/identify/node';
import { openRuntime } from '@bioscan/runtime/node';
import { Option } from 'commander';
import type { AddCommand } from '../command-context.js';
import { exitCodes } from '../exit-codes.js';
import { identificationText } from '../identifier/identification-text.js';
import { photoPaths } from '../identifier/photo-paths.js';
import { shareBelowOne, wholeNumber } from '../option-parsers.js';

interface IdentifyOptions {
  readonly confidence: number;
  readonly neighbours: number;
  readonly precision: 'float32' | 'int8';
}

export const identifyCommand: AddCommand = (program, contextOf) => {
  program
    .command('identify')
    .description(
      'name the insects on photos: taxa with calibrated confidence, nearest reference specimens, a warning where a photo is unlike the training photos',
    )
    .argument('<identifier>', 'folder, as `bioscan export` writes it')
    .argument('<photos...>', 'photo files, or folders of them')
    .option('--confidence <share>', 'how sure an asserted name must be', shareBelowOne, 0.9)
    .option('--neighbours <n>', 'reference specimens that are named with --json', wholeNumber(1), 5)
    .addOption(new Option('--precision <name>', 'encoder').choices(['float32', 'int8']).default('float32'))
    .addHelpText(
      'after',
      '\nA photo that cannot be read is set aside with its reason and counted; the others are identified.\nExit code: 0 where some photo was identified, 3 where none could be read or the identifier is damaged.',
    )
    .action(async (folder: string, given: string[], options: IdentifyOptions, command: Command) => {
      const context = contextOf(command);
      const { console, signal } = context;
      const paths = await photoPaths(given);
      const runtime = openRuntime();
      const line = console.progress('identifying');
      try {
        const { precision, confidence, neighbours } = options;
        const identifier = await openIdentifier(folder, runtime, { precision });
        const { banner } = identifier.manifest.facts;
        for (const caution of identifier.cautions) console.say(caution);
        const results: PhotoResult[] = [];
        const asked = { confidence, neighbours, total: paths.length, signal };
        const stream = identifier.identifyAll(paths, {
          ...asked,
          onProgress: (progress) => {
            line.update(progress);
          },
        });
        for await (const result of stream) results.push(result);
        const aside = results.filter(isSetAside).length;
        line.end();
        if (aside > 0) console.say(`${aside} of ${paths.length} photos set aside`);
        const { cautions, manifest } = identifier;
        console.result(identificationText(results), { identifier: manifest.name, banner, cautions, results });
        if (aside === results.length) context.exit(exitCodes.badInput);
      } finally {
        line.end();
        await runtime.close();
      }
    });
};
