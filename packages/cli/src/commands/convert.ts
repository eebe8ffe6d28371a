import { basename } from 'node:path';
import { poolings, type Pooling } from '@bioscan/dna';
import { BioscanError, isBioscanError } from '@bioscan/core';
import { decodeWeights, type ByteSource, type WeightFile } from '@bioscan/graph';
import { nodeStore } from '@bioscan/runtime/node';
import { InvalidArgumentError, Option, type Command } from 'commander';
import type { AddCommand } from '../command-context.js';
import { convertWeights, type Conversion, type ConvertOptions } from '../convert/convert-weights.js';
import { openFileSource } from '../file-source.js';
import { wholeNumber } from '../option-parsers.js';

export const convertCommand: AddCommand = (program, contextOf) => {
  program
    .command('convert')
    .description('turn a published PyTorch or safetensors checkpoint into ONNX encoders that say what they are')
    .argument('<checkpoint>', '.pt, .pth, .bin or .safetensors: BarcodeBERT, BarcodeMAE, BERT, a ViT of timm, CLIBD')
    .argument('<out>', 'folder to write')
    .option(
      '--heads <n>',
      'attention heads, which weights do not show; for CLIBD image,dna,text such as 12,12,8',
      headList,
    )
    .option('--architecture <name>', "a ViT's name in timm, such as vit_base_patch16_224: says its heads")
    .addOption(
      new Option('--pooling <name>', "default: as the checkpoint's authors pool").choices([...poolings, 'mean']),
    )
    .option('--image <pixels>', 'side of the pictures of a ViT; default: what it was trained on', wholeNumber(1))
    .option('--tokens <n>', 'tokens a row of a text BERT; default: 20', wholeNumber(1))
    .addHelpText('after', help)
    .action(async (file: string, out: string, options: ConvertOptions & { pooling?: Pooling }, command: Command) => {
      const { console } = contextOf(command);
      const source = openFileSource(file);
      try {
        const weights = weightsOf(source, file);
        const conversion = convertWeights(weights, options);
        const written = await writeEncoders(conversion, out, { file: basename(file), format: weights.format });
        const lines = Object.entries(conversion.encoders).map(
          ([name, { summary }]) => `${name}${name === '' ? '' : ' '}${summary}`,
        );
        console.result([...lines, `written: ${written.map((name) => `${out}/${name}`).join(', ')}`].join('\n'), {
          family: conversion.family,
          encoders: Object.fromEntries(
            Object.entries(conversion.encoders).map(([name, { descriptor }]) => [name, descriptor]),
          ),
          files: written,
          ...(conversion.logitScale === undefined ? {} : { logitScale: conversion.logitScale }),
        });
      } finally {
        source.close();
      }
    });
};

const help = `
Writes encoder.onnx, model.safetensors and encoder.json (vocabulary or preprocessing, pooling, architecture, what was merged and dropped);
for CLIBD one folder each for image, dna and text. A converted BarcodeBERT works with --run <out> in embed, audit and probe.
Nothing inside the checkpoint is executed, and no path in it is followed.`;

/** The weights in a file; what is wrong with it is said with its name and the way out. */
function weightsOf(source: ByteSource, path: string): WeightFile {
  try {
    return decodeWeights(source);
  } catch (error) {
    if (!isBioscanError(error)) throw error;
    const fix = error.code === 'truncated' ? 'it is cut short: download or copy it again' : 'is it the weights file?';
    throw new BioscanError(
      error.code,
      `cli: '${path}': ${error.message}; ${fix}`,
      { ...error.details, path },
      { cause: error },
    );
  }
}

function headList(text: string): readonly number[] {
  const numbers = text.split(',').map(Number);
  if (numbers.every((number) => Number.isInteger(number) && number > 0)) return numbers;
  throw new InvalidArgumentError('expected whole numbers such as 12 or 12,12,8');
}

/** One encoder after the other, so that no two models are in memory at once. */
async function writeEncoders(
  { encoders, logitScale, family }: Conversion,
  out: string,
  source: { readonly file: string; readonly format: string },
): Promise<string[]> {
  const store = nodeStore(out);
  const written: string[] = [];
  const write = async (name: string, bytes: Uint8Array): Promise<void> => {
    await store.write(name, bytes);
    written.push(name);
  };
  for (const [name, encoder] of Object.entries(encoders)) {
    const folder = name === '' ? '' : `${name}/`;
    await write(`${folder}encoder.onnx`, encoder.onnx());
    await write(`${folder}model.safetensors`, encoder.weights());
    await write(`${folder}encoder.json`, json({ ...encoder.descriptor, source }));
  }
  if (logitScale !== undefined) {
    await write(
      `${family}.json`,
      json({ family, encoders: Object.keys(encoders), logitScale, normalise: true, source }),
    );
  }
  return written;
}

function json(value: unknown): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(value, undefined, 2)}\n`);
}
