import { Option, type Command } from 'commander';
import { BioscanError, rng } from '@bioscan/core';
import { isSetAside } from '@bioscan/identify';
import { openIdentifier } from '@bioscan/identify/node';
import { reportPage, reportText } from '@bioscan/report';
import { openRuntime } from '@bioscan/runtime/node';
import type { AddCommand } from '../command-context.js';
import { labelledPhotos } from '../identifier/labelled-photos.js';
import { pilot, type PilotPhoto } from '../identifier/pilot-report.js';
import { shareBelowOne, wholeNumber } from '../option-parsers.js';
import { readRecords } from '../read-records.js';
import { version } from '../version.js';
import { writeTextFile } from '../write-file.js';

interface PilotCommandOptions {
  readonly table?: string;
  readonly confidence: number;
  readonly precision: 'float32' | 'int8';
  readonly report?: string;
  readonly seed: number;
}

export const pilotCommand: AddCommand = (program, contextOf) => {
  program
    .command('pilot')
    .description(
      'try an identifier on a few dozen photos of your own: accuracy with intervals, and whether they look as its own photos did',
    )
    .argument('<identifier>', 'folder, as `bioscan export` writes it')
    .argument('<photos>', 'folder of labelled photos: in folders named by taxon, or named by process id with --table')
    .option('--table <file>', 'records with the names of the photos')
    .option('--confidence <share>', 'how sure an asserted name must be', shareBelowOne, 0.9)
    .addOption(new Option('--precision <name>', 'encoder').choices(['float32', 'int8']).default('float32'))
    .option('--report <file>', 'write an HTML report')
    .option('--seed <n>', 'bootstrap and permutations', wholeNumber(0), 0)
    .addHelpText(
      'after',
      '\nA few dozen photos are enough for a first answer; with fewer than 20 the report says that they are too few to tell.\nPhotos that cannot be read are set aside and counted. Exit code: 0 with a report, 3 where no labelled photo could be read.',
    )
    .action(async (folder: string, photos: string, options: PilotCommandOptions, command: Command) => {
      const context = contextOf(command);
      const { console, signal } = context;
      const { table, confidence, precision, report: file, seed } = options;
      const records = table === undefined ? undefined : await readRecords(table, context);
      const runtime = openRuntime();
      const line = console.progress('identifying');
      try {
        const identifier = await openIdentifier(folder, runtime, { precision });
        for (const caution of identifier.cautions) console.say(caution);
        const labelled = await labelledPhotos(photos, identifier.contents.references, records);
        const truths = new Map(labelled.photos.map(({ path, truth }) => [path, truth]));
        const judged: PilotPhoto[] = [];
        const aside: { readonly id: string; readonly reason: string; readonly message: string }[] = [];
        const asked = { confidence, total: truths.size, signal };
        const results = identifier.identifyAll(truths.keys(), {
          ...asked,
          onProgress: (progress) => {
            line.update(progress);
          },
        });
        for await (const result of results) {
          const truth = truths.get(result.id);
          if (isSetAside(result)) aside.push(result);
          else if (truth !== undefined) judged.push({ truth, identification: result.identification });
        }
        line.end();
        for (const { id, reason, message } of aside) console.say(`set aside: ${id} (${reason}): ${message}`);
        if (judged.length === 0)
          throw new BioscanError('bad-input', `cli: pilot, got no photo of ${photos} that can be read`);
        const { unlabelled, by } = labelled;
        const done = pilot(judged, identifier.contents, {
          rng: rng(seed),
          seed,
          command: `bioscan pilot ${folder} ${photos}${table === undefined ? '' : ` --table ${table}`} --seed ${seed}`,
          versions: { bioscan: version, node: process.versions.node },
          warnings: [
            ...(unlabelled.length === 0
              ? []
              : [`${unlabelled.length} photos without a label (by ${by}) were left out.`]),
            ...(aside.length === 0 ? [] : [`${aside.length} photos could not be read.`]),
          ],
        });
        if (file !== undefined) await writeTextFile(file, await reportPage(done.report));
        const { report, shift, asserted } = done;
        console.result(`${reportText(report)}${file === undefined ? '' : `\nreport: ${file}`}`, {
          report,
          shift,
          asserted,
          setAside: aside,
          unlabelled,
        });
      } finally {
        line.end();
        await runtime.close();
      }
    });
};
