import { InvalidArgumentError, Option, type Command } from 'commander';
import { classicalDetector, cropPresets } from '@bioscan/vision';
import { nodeStore } from '@bioscan/runtime/node';
import type { AddCommand } from '../command-context.js';
import { cropPhotos } from '../crop/crop-photos.js';
import { wholeNumber } from '../option-parsers.js';

interface CropCommandOptions {
  readonly preset: keyof typeof cropPresets;
  readonly fill: 'preset' | 'background';
  readonly size?: number;
  readonly confidence: number;
  readonly quality: number;
}

export const cropCommand: AddCommand = (program, contextOf) => {
  program
    .command('crop')
    .description('find the specimen in each dish photo of a folder, crop and measure it')
    .argument(
      '<photos>',
      'folder with photos named by process id (up to the first dot); folders in it are searched too',
    )
    .argument(
      '<out>',
      'folder for crops/, boxes.tsv, measurements.tsv and rejects.tsv; run again to go on after a stop',
    )
    .addOption(
      new Option('--preset <name>', 'how a box becomes a crop')
        .choices(Object.keys(cropPresets))
        .default('bioscan5m' satisfies keyof typeof cropPresets),
    )
    .addOption(
      new Option('--fill <name>', "beyond the photo: the preset's colour or the dish's own")
        .choices(['preset', 'background'])
        .default('preset'),
    )
    .option('--size <pixels>', 'shorter side of the crops, such as 256; default: as cut', wholeNumber(1))
    .option('--confidence <share>', 'photos below it are set aside', share, 0.2)
    .option('--quality <percent>', 'of the JPEG files', percent, 90)
    .addHelpText('after', cropHelp)
    .action(async (photos: string, out: string, options: CropCommandOptions, command: Command) => {
      const { console, signal } = contextOf(command);
      const { preset, fill, size, confidence, quality } = options;
      const line = console.progress('cropping');
      const summary = await cropPhotos(photos, out, nodeStore(out), {
        detector: classicalDetector({ confidence }),
        crop: {
          preset: cropPresets[preset],
          ...(fill === 'background' ? { fill } : {}),
          ...(size === undefined ? {} : { size }),
        },
        confidence,
        quality,
        signal,
        onProgress: (progress, remark) => {
          line.update(progress, remark);
        },
      }).finally(() => {
        line.end();
      });
      if (summary.skipped > 0) console.say(`${summary.skipped} photos were done by an earlier run`);
      for (const [flag, count] of Object.entries(summary.flags)) console.say(`look at ${count} with ${flag}`);
      console.result(`${out}: ${summary.cropped} crops of ${summary.photos} photos, ${summary.rejected} set aside`, {
        folder: out,
        ...summary,
      });
    });
};

const cropHelp = `
Set aside in rejects.tsv: files that cannot be read, empty dishes, photos of something else (low confidence), a second photo of a process id.
measurements.tsv: mask pixels as on 1024 x 768, size fields of the raw box, millimetres at the fixed scale of the BIOSCAN imager; flags to look at.`;

function share(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0 && value <= 1) return value;
  throw new InvalidArgumentError('expected a number from 0 to 1');
}

function percent(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= 100) return value;
  throw new InvalidArgumentError('expected a whole number from 1 to 100');
}
