import { join } from 'node:path';
import { splitHash } from '@bioscan/data';
import { maskedObjectives } from '@bioscan/dna';
import { reportPage, reportText } from '@bioscan/report';
import { nodeStore, openRuntime } from '@bioscan/runtime/node';
import { InvalidArgumentError, Option, type Command } from 'commander';
import type { AddCommand } from '../command-context.js';
import { paperProbeNames, type PaperProbe } from '../open-world/paper-probes.js';
import { openWorldSets } from '../open-world/sets.js';
import { assignmentOf } from '../open-world/split-column.js';
import { positiveNumber, wholeNumber } from '../option-parsers.js';
import { readRecords } from '../read-records.js';
import { planSweep, sweepGrid, type SweepPlan, type SweepShape } from '../sweep/plan-sweep.js';
import { runSweep } from '../sweep/run-sweep.js';
import { sweepReport } from '../sweep/sweep-report.js';
import { version } from '../version.js';
import { writeTextFile } from '../write-file.js';

interface SweepCommandOptions {
  readonly out: string;
  readonly shapes: readonly SweepShape[];
  readonly width: number;
  readonly objective: keyof typeof maskedObjectives;
  readonly steps?: number;
  readonly epochs?: number;
  readonly batch: number;
  readonly rate?: number;
  readonly probes: readonly PaperProbe[];
  readonly fineTuneEpochs?: number;
  readonly seeds: readonly number[];
}

export const sweepCommand: AddCommand = (program, contextOf) => {
  program
    .command('sweep')
    .description(
      "search over k-mer length, layers and heads, as the paper's Table 6: each cell is pretrained and probed",
    )
    .argument('<table>', 'records with a split column, as `bioscan split` writes them')
    .requiredOption('--out <folder>', 'cells, runs and report.html; the same command again goes on there')
    .requiredOption('--shapes <list>', 'such as 8-4-4,4-4-4, or a grid such as 4,6,8-4-4,12', shapeList)
    .option('--width <n>', 'hidden width of all cells', wholeNumber(4), 768)
    .addOption(
      new Option('--objective <name>', 'what is learned').choices(Object.keys(maskedObjectives)).default('barcodebert'),
    )
    .addOption(new Option('--steps <n>', 'optimiser steps a cell').argParser(wholeNumber(1)).conflicts('epochs'))
    .option('--epochs <n>', "passes over the corpus a cell; default: the paper's 35", wholeNumber(1))
    .option('--batch <n>', 'barcodes a step', wholeNumber(1), 16)
    .option('--rate <x>', "peak learning rate; default: the paper's 1e-4 · batch / 64", positiveNumber)
    .option('--probes <list>', `of ${paperProbeNames.join(',')}`, probeList, ['knn', 'linear'] as const)
    .option('--fine-tune-epochs <n>', "default: the paper's 35", wholeNumber(1))
    .option('--seeds <list>', 'one run of each shape a seed', numberList, [0])
    .addHelpText(
      'after',
      '\nShapes are chosen on val and val_unseen; test figures are shown for the chosen ones.\nA cell that diverges or fails is shown as such; a failed one is tried again next time.',
    )
    .action(async (file: string, options: SweepCommandOptions, command: Command) => {
      const context = contextOf(command);
      const table = await readRecords(file, context);
      const assignment = assignmentOf(table, file);
      const sets = openWorldSets(table, assignment);
      const plan = planSweep(sets, settingsOf(options));
      context.console.say(`${plan.cells.length} cells: ${plan.cells.map(({ name }) => name).join(', ')}`);
      const runtime = openRuntime();
      const line = context.console.progress('sweep');
      try {
        const result = await runSweep(plan, sets, {
          ...{ runtime, store: nodeStore(options.out), signal: context.signal },
          onProgress: (cell, what, done, total) => {
            const at = { done: plan.cells.indexOf(cell), total: plan.cells.length };
            line.update(at, `${cell.name} ${what}${done === undefined ? '' : ` ${done}/${total ?? '?'}`}`);
          },
        });
        const report = sweepReport(result, {
          title: `Architecture search: ${file}`,
          limits: ['One table, one split, one gene.'],
          provenance: provenanceOf(file, options, plan, splitHash('column', {}, assignment), table.source.sha256),
        });
        const page = join(options.out, 'report.html');
        await writeTextFile(page, await reportPage(report));
        context.console.result(`${reportText(report)}\nreport: ${page}`, report);
      } finally {
        line.end();
        await runtime.close();
      }
    });
};

function settingsOf(options: SweepCommandOptions): Parameters<typeof planSweep>[1] {
  const { shapes, width, objective, steps, epochs = 35, batch, rate, probes, fineTuneEpochs, seeds } = options;
  const length = steps === undefined ? { epochs } : { steps };
  const budget = { ...length, batchSize: batch, ...(rate === undefined ? {} : { peakLearningRate: rate }) };
  return {
    ...{ shapes, width, objective: maskedObjectives[objective], budget, probes, seeds },
    ...(fineTuneEpochs === undefined ? {} : { fineTuning: { epochs: fineTuneEpochs } }),
  };
}

function provenanceOf(
  file: string,
  { shapes }: SweepCommandOptions,
  plan: SweepPlan,
  split: string,
  dataHash: string,
): Parameters<typeof sweepReport>[1]['provenance'] {
  const { width, budget } = plan.settings;
  return {
    command: `bioscan sweep ${file} --shapes ${shapes.map((shape) => shape.join('-')).join(',')} --width ${width} (budget ${JSON.stringify(budget)})`,
    splitHash: split,
    dataHash,
    versions: { bioscan: version, node: process.versions.node },
  };
}

/** `8-4-4,4-4-4` as it stands; `4,6,8-4-4,12` has commas inside its three parts and is the grid of them. */
function shapeList(text: string): readonly SweepShape[] {
  const listed = text.split(',').map(shapeOf);
  if (listed.every((shape) => shape !== undefined)) return listed;
  const [ks, layers, heads, ...more] = text.split('-').map((part) => part.split(',').map(Number));
  if (ks === undefined || layers === undefined || heads === undefined || more.length > 0) throw wrongShape();
  if (![...ks, ...layers, ...heads].every((number) => Number.isInteger(number) && number > 0)) throw wrongShape();
  return sweepGrid(ks, layers, heads);
}

function shapeOf(word: string): SweepShape | undefined {
  const found = /^(\d+)-(\d+)-(\d+)$/.exec(word);
  return found === null ? undefined : [Number(found[1]), Number(found[2]), Number(found[3])];
}

function wrongShape(): InvalidArgumentError {
  return new InvalidArgumentError('expected shapes such as 8-4-4,4-4-4 or a grid such as 4,6,8-4-4,12');
}

function probeList(text: string): readonly PaperProbe[] {
  const words = text.split(',');
  const probes = paperProbeNames.filter((name) => words.includes(name));
  if (probes.length === words.length) return probes;
  throw new InvalidArgumentError(`expected some of ${paperProbeNames.join(',')}`);
}

function numberList(text: string): readonly number[] {
  const numbers = text.split(',').map(Number);
  if (numbers.every((number) => Number.isInteger(number) && number >= 0)) return numbers;
  throw new InvalidArgumentError('expected whole numbers such as 0,1,2');
}
