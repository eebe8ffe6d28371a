import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { arch, platform, versions as nodeVersions } from 'node:process';
import { InvalidArgumentError, type Command } from 'commander';
import {
  alignmentFiles,
  exportModality,
  retrievalScore,
  trainAlignment,
  type AlignmentResult,
  type AlignmentRun,
} from '@bioscan/align';
import { BioscanError, type LabelRank, type Store } from '@bioscan/core';
import { fuse, planMemory, showMemory } from '@bioscan/graph';
import { nodeStore, openRuntime, type EngineRuntime } from '@bioscan/runtime/node';
import { readAlignConfig, type AlignConfig } from '../align/align-config.js';
import { builtModel, modelRecord, trainedModel, withFrozenEmbedded } from '../align/align-model.js';
import { alignRows, type AlignRows } from '../align/align-rows.js';
import { dataFolder } from '../align/data-folder.js';
import { modalitiesFile, openAlignRun } from '../align/open-align-run.js';
import { rowsFile, rowsRecord } from '../align/rows-record.js';
import type { AddCommand, CommandContext } from '../command-context.js';
import { positiveNumber, wholeNumber } from '../option-parsers.js';
import { version } from '../version.js';

interface AlignOptions {
  readonly out: string;
  readonly epochs?: number;
  readonly steps?: number;
  readonly seed?: number;
  readonly fold?: NonNullable<AlignConfig['fold']>;
  readonly threads?: number;
}

export const alignCommand: AddCommand = (program, contextOf) => {
  program
    .command('align')
    .description('train photos, barcodes and names of the same specimens into one space')
    .argument('<config>', 'config file (JSON), or a folder laid out as BIOSCAN-5M such as bioscan simulate writes')
    .option('--out <folder>', 'run folder; the same command again resumes there', 'runs/align')
    .option('--epochs <n>', 'passes over the rows, instead of the config', positiveNumber)
    .option('--steps <n>', 'optimiser steps, instead of the config', wholeNumber(1))
    .option('--seed <n>', 'parameters, order, augmentation and dropout, instead of the config', wholeNumber(0))
    .option(
      '--fold <i/n>',
      'leave one fold of plates and its barcodes out, such as 1/3, for bioscan qc --aligned',
      fold,
    )
    .option('--threads <n>', 'threads of the engine; default: all cores', wholeNumber(1))
    .addHelpText('after', alignHelp)
    .action(async (file: string, options: AlignOptions, command: Command) => {
      const context = contextOf(command);
      const { config, base } = configOf(file, options);
      const rows = await alignRows(config, base, context);
      if (rows.heldOut > 0)
        context.console.say(`no validation split: ${rows.heldOut} rows are held out, by whole barcodes`);
      const store = nodeStore(options.out);
      await reportRejects(rows, store, options.out, context);
      const runtime = openRuntime(options.threads === undefined ? {} : { threads: options.threads });
      try {
        const result = await alignIn(options.out, { config, base, rows, store, runtime }, context);
        await writeEncoders(options.out, store);
        printResult(options.out, result, context);
      } finally {
        await runtime.close();
      }
    });
};

const alignHelp = `
Config, all fields optional but "table" (paths relative to the file):
  "table", "photos": folder or { "folder", "layout", "boxes" }, "split": "table" | "open-world", "train": ["pretrain", "train"],
  "modalities": { "image": { "tower": "convolutional" | "vit" | "timm" | "onnx", … }, "dna": { "tower": "barcodebert" | "cnn" | "kmers" | "checkpoint", … },
    "text": { … } }, each with "training": "full" | "frozen" | { "kind": "lora" | "locked", "pattern", … }, "projection", "views"
  "objective": a term or a list of them, each with a "weight":
    { "loss": "info-nce" | "nt-xent" | "sigmoid", "positives": "own" | a label, "normalised", "star" | "pairs": [{ "between": […, …], "weight" }] }
    or { "kind": "classify", "modality", "label", "head": "linear" | "cosine" },
  "logitScale": { "initial", "largest", "fixed" }, factors on the cosines,
  "sampler": { "kind": "shuffled" | "one-per" | "within", "label" } or { "kind": "stratified", "modality", "least" },
  "budget": { "epochs" | "steps", "batchSize", "peakLearningRate", "schedule", … }, "optimizer", "average", "width", "seed",
  "validation": { "splits", "query", "key", "label", "statistic", "rows", "every", "patience" }
Ctrl-C keeps the last good state. Resumed runs end with the same bytes as uninterrupted ones. Photos that cannot be read are listed in photo-rejects.tsv.
The folder ends with an ONNX encoder a modality; bioscan export makes an identifier of it.`;

function configOf(
  file: string,
  { epochs, steps, seed, fold: left }: AlignOptions,
): { readonly config: AlignConfig; readonly base: string } {
  if (epochs !== undefined && steps !== undefined) {
    throw new BioscanError('bad-input', 'cli: align, got --epochs and --steps, expected one of them');
  }
  const isFolder = statSync(file, { throwIfNoEntry: false })?.isDirectory() === true;
  const base = isFolder ? join(file, 'align.json') : file;
  const config = isFolder ? readAlignConfig('{}', file, dataFolder(file)) : readAlignConfig(textOf(file), file);
  const { steps: _, epochs: __, ...budget } = config.budget;
  const length = steps === undefined ? (epochs === undefined ? undefined : { epochs }) : { steps };
  return {
    base,
    config: {
      ...config,
      budget: length === undefined ? config.budget : { ...budget, ...length },
      seed: seed ?? config.seed,
      ...(left === undefined ? {} : { fold: left }),
    },
  };
}

function fold(text: string): NonNullable<AlignConfig['fold']> {
  const [index = 0, of = 0] = text.split('/').map(Number);
  if (Number.isInteger(index) && Number.isInteger(of) && of >= 2 && index >= 1 && index <= of) return { index, of };
  throw new InvalidArgumentError('expected a fold and their number, such as 1/3');
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new BioscanError(
      'not-found',
      `cli: ${file}, got no file that can be read, expected a config or a folder`,
      { file },
      { cause },
    );
  }
}

async function reportRejects(
  { rejectedPhotos, missingPhotos }: AlignRows,
  store: Store,
  out: string,
  { console }: CommandContext,
): Promise<void> {
  if (missingPhotos > 0) console.say(`${missingPhotos} records have no photo`);
  if (rejectedPhotos.length === 0) return;
  const lines = rejectedPhotos.map(
    ({ id, reason, message }) => `${id}\t${reason}\t${message.replaceAll(/\s+/g, ' ')}\n`,
  );
  await store.write('photo-rejects.tsv', new TextEncoder().encode(`processid\treason\tmessage\n${lines.join('')}`));
  console.say(`set aside: ${rejectedPhotos.length} photos that cannot be used, listed in ${out}/photo-rejects.tsv`);
}

interface AlignWork {
  readonly config: AlignConfig;
  readonly base: string;
  readonly rows: AlignRows;
  readonly store: Store;
  readonly runtime: EngineRuntime;
}

async function alignIn(out: string, work: AlignWork, context: CommandContext): Promise<AlignmentResult> {
  const { config, base, rows, store, runtime } = work;
  const { console, signal } = context;
  const record = await modelRecord(config, base, out, rows.data);
  const built = await builtModel(record, out);
  const frozen = console.progress('frozen towers');
  const embed = (data: AlignRows['data'], augmented: boolean): Promise<AlignRows['data']> =>
    withFrozenEmbedded(data, built, runtime, {
      ...{ seed: config.seed, augmented, signal },
      onProgress: (name, progress) => {
        frozen.update(progress, name);
      },
    });
  const data = await embed(rows.data, true);
  const validation = rows.validation === undefined ? undefined : await embed(rows.validation, false);
  frozen.end();
  if (validation === undefined)
    console.say('no record in the splits of the validation: the last parameters will be the best');
  // What opens its checkpoints and deals its rows again; a folder that holds a run has it already.
  if (!(await store.list(alignmentFiles.config)).includes(alignmentFiles.config)) {
    await writeRecord(store, modalitiesFile, record);
    await writeRecord(store, rowsFile, rowsRecord(config, base, out, rows));
  }
  const line = console.progress('aligning');
  try {
    const run = runOf(config, {
      model: trainedModel(record, built),
      data,
      ...(validation === undefined ? {} : { validation }),
    });
    return await trainAlignment(run, {
      ...{ runtime, store, signal },
      versions: { bioscan: version, node: nodeVersions.node, platform: `${platform} ${arch}` },
      onPlan: ({ step, warnings, rows: usable, budget }) => {
        for (const warning of warnings) console.say(warning);
        console.say(`${usable.rows.length} rows, ${budget.steps} steps; memory: about ${showMemory(planMemory(step))}`);
      },
      onProgress: ({ measures, latest, ...progress }) => {
        const score = latest === undefined ? '' : `, validation ${latest.score.toFixed(3)}`;
        line.update(progress, `loss ${(measures['loss'] ?? Number.NaN).toFixed(3)}${score}`);
      },
    });
  } finally {
    line.end();
  }
}

/** The best parameters as one ONNX model a modality: tower, projection, unit length. */
async function writeEncoders(out: string, store: Store): Promise<void> {
  const { model, state } = await openAlignRun(out, store);
  for (const [name, { tower }] of Object.entries(model.modalities)) {
    // Counted vectors have no tower that could be shipped.
    if (tower.parameters.length === 0) continue;
    await store.write(`${name}.onnx`, exportModality(model, state, name, { passes: [fuse()] }));
  }
}

async function writeRecord(store: Store, name: string, record: unknown): Promise<void> {
  await store.write(name, new TextEncoder().encode(`${JSON.stringify(record, undefined, 2)}\n`));
}

function runOf(
  config: AlignConfig,
  parts: Pick<AlignmentRun, 'model' | 'data'> & { readonly validation?: AlignRows['data'] },
): AlignmentRun {
  const { budget, sampler, optimizer, average, seed, validation: judged } = config;
  const { every, patience, query, key, statistic } = judged;
  const { model, data, validation } = parts;
  const label = judged.label ?? (validation === undefined ? undefined : sharedRank(validation));
  return {
    ...{ model, data, sampler, budget, optimizer, seed },
    ...(average === undefined ? {} : { average }),
    ...(validation === undefined || label === undefined
      ? {}
      : {
          validation: {
            data: validation,
            score: retrievalScore({ query, key, label, statistic }),
            ...(every === undefined ? {} : { every }),
            ...(patience === undefined ? {} : { patience }),
          },
        }),
  };
}

/** The finest rank at which two rows have the same name. */
function sharedRank({ labels }: AlignRows['data']): LabelRank | undefined {
  return (['species', 'genus', 'subfamily', 'family', 'order', 'bin'] as const).find((rank) => {
    const names = (labels[rank] ?? []).filter((name) => name !== undefined);
    return new Set(names).size < names.length;
  });
}

function printResult(
  out: string,
  { best, last, evaluations, stoppedEarly }: AlignmentResult,
  { console }: CommandContext,
): void {
  const top = evaluations.find(({ step }) => step === best.step);
  const score = top === undefined ? '' : `, best validation ${top.score.toFixed(3)} after ${top.step}`;
  const patience = stoppedEarly ? ' (out of patience)' : '';
  console.result(`${out}: ${last.step} steps${patience}${score}`, {
    ...{ run: out, steps: last.step, stoppedEarly, evaluations },
    ...(top === undefined ? {} : { best: top }),
  });
}
