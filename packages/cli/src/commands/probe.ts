import type { Command } from 'commander';
import { BioscanError, rng, throwIfCancelled, type Runtime } from '@bioscan/core';
import { splitHash } from '@bioscan/data';
import { openEmbeddings } from '@bioscan/data/embeddings';
import { decodeBarcodeCheckpoint, pretrainingFiles, type BarcodeCheckpoint } from '@bioscan/dna';
import { reportPage, reportText } from '@bioscan/report';
import { nodeStore, openRuntime } from '@bioscan/runtime/node';
import {
  alignedSitesSystem,
  alignmentSystem,
  checkpointSystem,
  embeddingsSystem,
  kmerSystem,
  sintaxSystem,
  untrainedSystem,
} from '../open-world/systems.js';
import { blastRuns } from '../open-world/blast-system.js';
import { onnxHelp, openDescribedEncoder } from '../dna-encoder/onnx-description.js';
import { openWorldReport } from '../open-world/open-world-report.js';
import { chooseTransform } from '../open-world/choose-read-out.js';
import { encoderSystem, type System, type SystemRuns } from '../open-world/system.js';
import { robustnessCases } from '../open-world/robustness.js';
import { openWorldSets, type OpenWorldSets } from '../open-world/sets.js';
import { assignmentOf } from '../open-world/split-column.js';
import type { AddCommand } from '../command-context.js';
import { wholeNumber } from '../option-parsers.js';
import { readRecords } from '../read-records.js';
import { version } from '../version.js';
import { writeTextFile } from '../write-file.js';

interface ProbeOptions {
  readonly run: string[];
  readonly embeddings: string[];
  readonly onnx: string[];
  readonly report?: string;
  readonly linear: boolean;
  readonly robustness: boolean;
  readonly blast: boolean;
  readonly seed: number;
}

export const probeCommand: AddCommand = (program, contextOf) => {
  program
    .command('probe')
    .description(
      'ask encoders and baselines for the genus of unseen species and the species of seen ones; one table with intervals',
    )
    .argument('<table>', 'records with a split column, as `bioscan split` writes them')
    .option('--run <folders...>', 'pretrained encoders; runs of the same settings and other seeds are averaged', [])
    .option(
      '--embeddings <files...>',
      'embedding files of any encoder that hold the records of train, val, test, val_unseen and test_unseen',
      [],
    )
    .option('--onnx <descriptions...>', 'ONNX DNA encoders of any kind, each described by a JSON file', [])
    .option('--report <file>', 'write an HTML report')
    .option('--no-linear', 'skip the linear probe')
    .option('--robustness', 'also with frame offsets, truncation, short windows, an indel and Ns', false)
    .option('--blast', 'also with BLAST+ where it is installed (Debian: ncbi-blast+); otherwise the row says so', false)
    .option('--seed <n>', 'bootstrap, chance and probe', wholeNumber(0), 0)
    .addHelpText(
      'after',
      `\nk-mer vectors, alignment, SINTAX-like votes and an untrained encoder are always in the table.\n${onnxHelp}`,
    )
    .action(async (file: string, options: ProbeOptions, command: Command) => {
      const context = contextOf(command);
      const table = await readRecords(file, context);
      const assignment = assignmentOf(table, file);
      const sets = openWorldSets(table, assignment);
      const runtime = openRuntime();
      try {
        const systems = await systemsOf(sets, options, runtime, context.signal);
        const report = await openWorldReport({
          sets,
          systems,
          runtime,
          rng: rng(options.seed),
          linear: options.linear
            ? systems.filter(({ runs }) => runs[0]?.system.vectors !== undefined).map(({ name }) => name)
            : [],
          robustness: options.robustness ? robustnessCases : [],
          text: {
            title: `Open world: ${file}`,
            limits: ['One table, one split, one gene. Names are taken as the table has them.'],
            warnings: [],
            provenance: {
              command: `bioscan probe ${[file, ...optionWords(options)].join(' ')}`,
              seeds: systems.flatMap(({ runs }) => runs.flatMap(({ seed }) => seed ?? [])),
              splitHash: splitHash('column', {}, assignment),
              dataHash: table.source.sha256,
              versions: { bioscan: version, node: process.versions.node },
            },
          },
          onProgress: (what) => {
            throwIfCancelled(context.signal, 'probe');
            context.console.say(what);
          },
        });
        if (options.report !== undefined) {
          await writeTextFile(options.report, await reportPage(report));
        }
        context.console.result(
          `${reportText(report)}${options.report === undefined ? '' : `\nreport: ${options.report}`}`,
          report,
        );
      } finally {
        await runtime.close();
      }
    });
};

async function systemsOf(
  sets: OpenWorldSets,
  options: ProbeOptions,
  runtime: Runtime,
  signal: AbortSignal,
): Promise<SystemRuns[]> {
  const systems: SystemRuns[] = [
    { name: '6-mers', kind: 'baseline', runs: [{ system: await kmerSystem(6, sets, runtime) }] },
    { name: 'aligned sites', kind: 'baseline', runs: [{ system: await alignedSitesSystem(sets, runtime) }] },
    { name: 'alignment', kind: 'baseline', runs: [{ system: alignmentSystem(sets.keys) }] },
    { name: 'SINTAX-like votes', kind: 'baseline', runs: [{ system: sintaxSystem(sets, rng(options.seed)) }] },
  ];
  if (options.blast) systems.push(await blastRuns(sets.keys, { signal }));
  for (const group of await runGroups(options.run)) {
    const { name, members } = group;
    const untrained = [];
    const trained = [];
    for (const { seed, checkpoint } of members) {
      untrained.push(await untrainedSystem(checkpoint.config, seed, sets, runtime));
      trained.push(await checkpointSystem(checkpoint, seed, name, sets, runtime));
    }
    const { vocabulary, layers, heads, width } = group.config;
    const shape = `${vocabulary.k}-${layers}-${heads} x ${width}`;
    const bare = options.run.length === members.length ? 'untrained BarcodeBERT' : `untrained BarcodeBERT ${shape}`;
    if (!systems.some((one) => one.name === bare)) systems.push({ name: bare, kind: 'baseline', runs: untrained });
    systems.push({ name, kind: 'self-supervised', runs: trained });
  }
  for (const path of options.embeddings) {
    const file = await openEmbeddings(path);
    try {
      const system = await embeddingsSystem(path, file, sets, runtime);
      systems.push({ name: path, kind: 'self-supervised', runs: [{ system }] });
    } finally {
      await file.close();
    }
  }
  for (const path of options.onnx) systems.push(await describedSystem(path, sets, runtime));
  return systems;
}

/** Centred where that is better on the validation species; its session lives as long as the runtime. */
async function describedSystem(path: string, sets: OpenWorldSets, runtime: Runtime): Promise<SystemRuns> {
  const { name, kind, encoder } = await openDescribedEncoder(path, runtime);
  const options = { name, kind };
  const system: System = sets.mayChoose
    ? (await chooseTransform(encoder, sets, runtime, options)).system
    : await encoderSystem(encoder, sets.keys, runtime, options);
  return { name, kind, runs: [{ system }] };
}

interface RunGroup {
  readonly name: string;
  readonly config: BarcodeCheckpoint['config'];
  readonly members: { readonly seed: number; readonly checkpoint: BarcodeCheckpoint }[];
}

/** Runs that differ in their seed alone, corpus included, stand in one row. The same seed twice would be no second seed. */
async function runGroups(folders: readonly string[]): Promise<RunGroup[]> {
  const groups = new Map<string, RunGroup>();
  for (const folder of folders) {
    const { checkpoint } = decodeBarcodeCheckpoint(await nodeStore(folder).read(pretrainingFiles.model));
    const { config, policy, steps } = checkpoint;
    const { seed = 0, ...training } = checkpoint.training ?? {};
    const key = JSON.stringify([config, policy, training]);
    const shape = `${config.vocabulary.k}-${config.layers}-${config.heads} x ${config.width}`;
    const base = `BarcodeBERT ${shape}, ${checkpoint.training?.objective.name ?? 'untrained'}, ${steps} steps`;
    const taken = [...groups.values()].filter(({ name }) => name.startsWith(base)).length;
    const group = groups.get(key) ?? { name: taken === 0 ? base : `${base} (${folder})`, config, members: [] };
    if (group.members.some((member) => member.seed === seed)) {
      throw new BioscanError(
        'bad-input',
        `cli: ${folder}, got seed ${seed} a second time, expected another seed; leave it out`,
        { folder },
      );
    }
    group.members.push({ seed, checkpoint });
    groups.set(key, group);
  }
  return [...groups.values()];
}

function optionWords({ run, embeddings, onnx, linear, robustness, blast, seed }: ProbeOptions): string[] {
  return [
    ...(run.length === 0 ? [] : ['--run', ...run]),
    ...(embeddings.length === 0 ? [] : ['--embeddings', ...embeddings]),
    ...(onnx.length === 0 ? [] : ['--onnx', ...onnx]),
    ...(linear ? [] : ['--no-linear']),
    ...(robustness ? ['--robustness'] : []),
    ...(blast ? ['--blast'] : []),
    '--seed',
    String(seed),
  ];
}
