import { rename, writeFile } from 'node:fs/promises';
import { rng } from '@bioscan/core';
import { openEmbeddings } from '@bioscan/data/embeddings';
import { decodeBarcodeCheckpoint, pretrainingFiles } from '@bioscan/dna';
import { reportPage, reportText } from '@bioscan/report';
import { nodeStore, openRuntime } from '@bioscan/runtime/node';
import {
  alignmentSystem,
  checkpointSystem,
  embeddingsSystem,
  kmerSystem,
  sintaxSystem,
  untrainedSystem,
} from '../open-world/systems.js';
import { openWorldReport, type SystemRuns } from '../open-world/open-world-report.js';
import { robustnessCases } from '../open-world/robustness.js';
import { openWorldSets, type OpenWorldSets } from '../open-world/sets.js';
import { assignmentOf } from '../open-world/split-column.js';
import { wholeNumber, type AddCommand } from '../program.js';
import { readRecords } from '../read-records.js';
import { version } from '../version.js';
import type { Runtime } from '@bioscan/core';

interface ProbeOptions {
  readonly run: string[];
  readonly embeddings: string[];
  readonly report?: string;
  readonly linear: boolean;
  readonly robustness: boolean;
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
      'embedding files of any encoder that hold the train, test and test_unseen records',
      [],
    )
    .option('--report <file>', 'write an HTML report')
    .option('--no-linear', 'skip the linear probe')
    .option('--robustness', 'also with frame offsets, truncation, short windows, an indel and Ns', false)
    .option('--seed <n>', 'bootstrap, chance and probe', wholeNumber(0), 0)
    .addHelpText(
      'after',
      '\nk-mer vectors, alignment, SINTAX-like votes and an untrained encoder are always in the table.',
    )
    .action(async (file: string, options: ProbeOptions, command) => {
      const context = contextOf(command);
      const table = await readRecords(file, context);
      const sets = openWorldSets(table, assignmentOf(table, file));
      const runtime = openRuntime();
      try {
        const systems = await systemsOf(sets, options, runtime);
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
              command: `bioscan probe ${file}`,
              seeds: [options.seed],
              dataHash: table.source.sha256,
              versions: { bioscan: version, node: process.versions.node },
            },
          },
          onProgress: (what) => {
            context.console.say(what);
          },
        });
        if (options.report !== undefined) {
          await writeFile(`${options.report}.part`, await reportPage(report));
          await rename(`${options.report}.part`, options.report);
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

async function systemsOf(sets: OpenWorldSets, options: ProbeOptions, runtime: Runtime): Promise<SystemRuns[]> {
  const systems: SystemRuns[] = [
    { name: '6-mers', kind: 'baseline', runs: [{ system: await kmerSystem(6, sets, runtime) }] },
    { name: 'alignment', kind: 'baseline', runs: [{ system: alignmentSystem(sets.keys) }] },
    { name: 'SINTAX-like votes', kind: 'baseline', runs: [{ system: sintaxSystem(sets, rng(options.seed)) }] },
  ];
  const groups = new Map<
    string,
    { seed: number; checkpoint: ReturnType<typeof decodeBarcodeCheckpoint>['checkpoint'] }[]
  >();
  for (const folder of options.run) {
    const { checkpoint } = decodeBarcodeCheckpoint(await nodeStore(folder).read(pretrainingFiles.model));
    const { layers, heads, vocabulary, width } = checkpoint.config;
    const name = `BarcodeBERT ${vocabulary.k}-${layers}-${heads} x ${width}, ${checkpoint.training?.objective.name ?? ''}, ${checkpoint.steps} steps`;
    groups.set(name, [...(groups.get(name) ?? []), { seed: checkpoint.training?.seed ?? 0, checkpoint }]);
  }
  const [first] = [...groups.values()].flat();
  if (first !== undefined) {
    systems.push({
      name: 'untrained BarcodeBERT',
      kind: 'baseline',
      runs: [await untrainedSystem(first.checkpoint.config, first.seed, sets, runtime)],
    });
  }
  for (const [name, members] of groups) {
    const runs = [];
    for (const { seed, checkpoint } of members)
      runs.push(await checkpointSystem(checkpoint, seed, name, sets, runtime));
    systems.push({ name, kind: 'self-supervised', runs });
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
  return systems;
}
