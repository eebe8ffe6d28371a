/**
 * The alignment study on simulated worlds, by spec and protocol: `tsx -C @bioscan/source bench/alignment-study/study.ts <out> [--phases null,dose,…] [--seeds n] [--tuning n]`.
 * Two runs at a time, one engine thread each. Resumes: a finished run is a file. Writes report.html, report.json and report.md into the folder.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  attribution,
  attributionReport,
  powerText,
  type Curve,
  type JobHost,
  type SubjectSource,
} from '@bioscan/align/controls';
import { fewerRows, openArmLanes, openStudy } from '@bioscan/cli';
import type { Report } from '@bioscan/core';
import { reportPage, reportText } from '@bioscan/report';
import { nodeStore } from '@bioscan/runtime/node';
import { simulatorVersion } from '@bioscan/sim';
import { protocol as full, tinyProtocol, type StudyProtocol } from './protocol.js';
import { extraPhases, type PhaseName } from './phases.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    phases: { type: 'string', default: 'null,dose,noise,data,batch,adverse' },
    lanes: { type: 'string', default: '2' },
    seeds: { type: 'string' },
    tuning: { type: 'string' },
    tiny: { type: 'boolean', default: false },
  },
});
const [out = 'out/alignment-study'] = positionals;
const protocol = shortened(values.tiny ? tinyProtocol : full);
const { budget, grid, mainArms, pretraining, reportedWorlds, seeds, tuningWorlds } = protocol;
const started = performance.now();
const stop = new AbortController();
process.once('SIGINT', () => {
  stop.abort();
});

const cache = nodeStore(join(out, 'cache'));
const lanes = openArmLanes(Number(values.lanes));
const study = await openStudy({
  pretraining,
  runtime: lanes.runtime,
  cache,
  signal: stop.signal,
  onProgress: rendered,
});
const world = (plan: Parameters<typeof study.world>[0]): SubjectSource => lanes.know(study.world(plan));
const host: JobHost = {
  run: lanes.run,
  store: nodeStore(join(out, 'runs')),
  versions: { generator: simulatorVersion },
  concurrency: lanes.count,
  signal: stop.signal,
  onProgress: ({ done, total, job, reused }) => {
    if (!reused) say(`${done}/${total} ${job.stage} ${job.subject}, seed ${job.seed}: ${job.arm.name}`);
  },
};

const result = await attribution(
  { arms: mainArms, grid, tuning: tuningWorlds.map(world), subjects: reportedWorlds.map(world), seeds, budget },
  {
    ...host,
    onPower: (power) => {
      say(powerText(power));
    },
  },
);
const curves: { readonly name: string; readonly curve: Curve }[] = [];
await report();
for (const name of values.phases.split(',').filter((phase) => phase !== '')) {
  const phase = extraPhases[name as PhaseName];
  const made = {
    world,
    fewer: (source: SubjectSource, share: number): SubjectSource => lanes.know(fewerRows(source, share)),
  };
  for (const curve of await phase({ ...made, chosen: result.chosen, protocol, host })) {
    curves.push({ name, curve });
    await report();
  }
}
await lanes.close();

/** The protocol with its first seeds and tuning worlds only, where time is short. Runs are kept: more of them go on from there. */
function shortened(whole: StudyProtocol): StudyProtocol {
  const first = <T>(list: readonly T[], count: string | undefined): readonly T[] =>
    list.slice(0, Number(count ?? list.length));
  return { ...whole, seeds: first(whole.seeds, values.seeds), tuningWorlds: first(whole.tuningWorlds, values.tuning) };
}

async function report(): Promise<void> {
  const value: Report = attributionReport(result, {
    title: 'Is it the DNA? Every control of alignment on simulated worlds',
    limits: [
      'Every name of the simulated worlds is known; arms that read labels read those of all training rows unless the table says otherwise.',
      `Photos are ${study.settings.size} pixels wide crops at the true box; the photo tower (channels ${study.settings.widths.join(', ')}) was pretrained on family names of one further world (${pretraining.steps} steps); all arms start from it.`,
      `Each training photo has ${study.settings.views} augmented views, made once. Barcodes are centred square-root k-mer frequencies (k = ${study.settings.k}) under a head of two layers; the arm of a random DNA tower has a small convolutional network instead.`,
      'Training photos and queries share plates and sites.',
    ],
    tables: curves.map(({ curve }) => curve.table),
    figures: curves.map(({ curve }) => curve.figure),
    command: `bench/alignment-study/study.ts ${process.argv.slice(3).join(' ')}`,
    versions: { generator: simulatorVersion, node: process.versions.node },
  });
  await writeFile(join(out, 'report.json'), JSON.stringify(value));
  await writeFile(join(out, 'report.md'), reportText(value));
  await writeFile(join(out, 'report.html'), await reportPage(value));
  for (const line of value.summary) say(line);
  say(`report: ${join(out, 'report.html')}`);
}

function say(line: string): void {
  console.log(`${((performance.now() - started) / 1000).toFixed(0)} s  ${line}`);
}

function rendered(what: string, { done, total }: { readonly done: number; readonly total?: number }): void {
  if (done % 1000 === 0) say(`${what}: ${done}/${total ?? '?'}`);
}
