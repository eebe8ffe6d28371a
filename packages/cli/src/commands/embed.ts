import { embed, type Encoder } from '@bioscan/core';
import { writeEmbeddings } from '@bioscan/data/embeddings';
import {
  barcodeEncoder,
  cleanBarcode,
  decodeBarcodeCheckpoint,
  poolings,
  pretrainingFiles,
  type Pooling,
} from '@bioscan/dna';
import { precisions, type Precision } from '@bioscan/graph';
import { kmerEncoder } from '@bioscan/dna/baselines';
import { nodeStore, openRuntime } from '@bioscan/runtime/node';
import { Option, type Command } from 'commander';
import type { AddCommand } from '../command-context.js';
import { wholeNumber } from '../option-parsers.js';
import { onnxHelp, openDescribedEncoder } from '../dna-encoder/onnx-description.js';
import { readRecords } from '../read-records.js';

interface EmbedOptions {
  readonly run?: string;
  readonly kmers?: number;
  readonly onnx?: string;
  readonly pooling?: Pooling;
  readonly layer?: number;
  readonly precision: Precision;
  readonly split?: string[];
}

/** Options that only a pretrained encoder knows. */
const ofRuns = ['pooling', 'layer', 'precision'] as const;

/** A barcode shorter than the longest k-mer in use says nothing. */
const shortest = 8;

export const embedCommand: AddCommand = (program, contextOf) => {
  program
    .command('embed')
    .description(
      'turn the barcodes of a table into vectors: an Arrow file with process ids and where the vectors came from',
    )
    .argument('<table>', 'records with barcodes')
    .argument('<out>', 'file to write, such as embeddings.arrow')
    .addOption(new Option('--run <folder>', 'a pretrained encoder, as `bioscan pretrain` leaves it').conflicts('kmers'))
    .addOption(
      new Option('--kmers <k>', 'k-mer vectors instead: the baseline that needs no training')
        .argParser(wholeNumber(1))
        .conflicts([...ofRuns]),
    )
    .addOption(
      new Option('--onnx <description>', 'any ONNX DNA encoder, described by a JSON file').conflicts([
        'run',
        'kmers',
        ...ofRuns,
      ]),
    )
    .addOption(new Option('--pooling <name>', "default: the checkpoint's").choices([...poolings]))
    .option('--layer <n>', "0: the embedding output; default: the checkpoint's", wholeNumber(0))
    .addOption(
      new Option('--precision <name>', 'int8: a quarter of the size and faster')
        .choices([...precisions])
        .default('float32'),
    )
    .option('--split <names...>', 'only records of these splits')
    .addHelpText('after', onnxHelp)
    .action(async (file: string, out: string, options: EmbedOptions, command: Command) => {
      const context = contextOf(command);
      if (options.run === undefined && options.kmers === undefined && options.onnx === undefined)
        command.error("error: one of '--run <folder>', '--kmers <k>' and '--onnx <description>' is needed");
      const table = await readRecords(file, context);
      const wanted = options.split === undefined ? undefined : new Set(options.split);
      const withBarcode = [...table].flatMap(({ processId: id, barcode: input, split }) =>
        input !== undefined && (wanted === undefined || wanted.has(split ?? '')) ? [{ id, input }] : [],
      );
      const inputs = withBarcode.filter(({ input }) => cleanBarcode(input, 'clean').sequence.length >= shortest);
      const short = withBarcode.length - inputs.length;
      if (short > 0) context.console.say(`${short} barcodes shorter than ${shortest} letters were left out`);
      const { encoder, close } = await openEncoder(options);
      const line = context.console.progress('embedding');
      try {
        const total = inputs.length;
        const onProgress = (progress: { done: number }): void => {
          line.update(progress);
        };
        await writeEmbeddings(out, embed(encoder, inputs, { total, signal: context.signal, onProgress }));
        context.console.result(`${out}: ${total} vectors of ${encoder.dimension} by ${encoder.id}`, {
          file: out,
          vectors: total,
          source: summaryOf(encoder),
        });
      } finally {
        line.end();
        await close();
      }
    });
};

async function openEncoder({
  run,
  kmers,
  pooling,
  layer,
  precision,
  onnx,
}: EmbedOptions): Promise<{ encoder: Encoder<string>; close: () => Promise<void> }> {
  if (onnx !== undefined) return openOnnx(onnx);
  if (run === undefined) return { encoder: kmerEncoder({ k: kmers ?? 6 }), close: () => Promise.resolve() };
  const { checkpoint } = decodeBarcodeCheckpoint(await nodeStore(run).read(pretrainingFiles.model));
  const runtime = openRuntime();
  const readOut = {
    ...(pooling === undefined ? {} : { pooling }),
    ...(layer === undefined ? {} : { layer }),
    precision,
  };
  const encoder = await barcodeEncoder(checkpoint, runtime, readOut);
  return {
    encoder,
    close: async () => {
      await encoder.close();
      await runtime.close();
    },
  };
}

async function openOnnx(path: string): Promise<{ encoder: Encoder<string>; close: () => Promise<void> }> {
  const runtime = openRuntime();
  try {
    const { encoder } = await openDescribedEncoder(path, runtime);
    return { encoder, close: () => encoder.close().then(() => runtime.close()) };
  } catch (error) {
    await runtime.close();
    throw error;
  }
}

function summaryOf({ provenance: { corpus, ...source } }: Encoder<string>): object {
  return { ...source, ...(corpus === undefined ? {} : { corpus: `${corpus.members.length} ${corpus.kind}` }) };
}
