/**
 * Planted errors by the protocol of the evaluation: npx tsx -C @bioscan/source bench/triage.ts [out] [--specimens n] [--worlds n] [--lanes n] [--tiny]
 * A world is a file: a stopped run goes on. Writes report.json, report.md and report.html into the folder. Everything in it is SIMULATED.
 * Remove the folder `worlds` after a change to a check: its code is not part of the key.
 */
import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { reportPage, reportText } from '@bioscan/report';
import { nodeStore, openRuntime } from '@bioscan/runtime/node';
import { simulatorVersion } from '@bioscan/sim';
import { scoreWorld, type WorldScore } from './triage-jobs.js';
import { triageFile } from './triage-file.js';
import { planTriage, type TriageJob } from './triage-plan.js';
import { triageReport } from './triage-report.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    specimens: { type: 'string', default: '4000' },
    worlds: { type: 'string', default: '5' },
    lanes: { type: 'string', default: '2' },
    lane: { type: 'string' },
    tiny: { type: 'boolean', default: false },
  },
});
const [out = 'out/triage'] = positionals;
const jobs = planTriage(
  values.tiny
    ? { specimens: 400, worlds: 1, thresholdWorlds: 1, rates: [0.02] }
    : { specimens: Number(values.specimens), worlds: Number(values.worlds) },
);
/** Of the small aligned model; undefined: the protocol's. */
const steps = values.tiny ? 10 : undefined;
const store = nodeStore(out);
const started = performance.now();
if (values.lane === undefined) await conduct(Number(values.lanes));
else await work(Number(values.lane), Number(values.lanes));

async function conduct(lanes: number): Promise<void> {
  const script = fileURLToPath(import.meta.url);
  const codes = await Promise.all(
    Array.from({ length: lanes }, (_, lane) => {
      const words = [...process.execArgv, script, ...process.argv.slice(2), '--lane', `${lane}`];
      const child = spawn(process.execPath, words, { stdio: 'inherit' });
      return new Promise<number>((resolve) => child.once('exit', (code) => { resolve(code ?? 1); })); // prettier-ignore
    }),
  );
  if (codes.some((code) => code !== 0))
    throw new Error(`bench: lanes ended with ${codes.join(', ')}; run it again to go on`);
  const scores = new Map<string, WorldScore>();
  for (const job of jobs) scores.set(job.name, await stored(job));
  const report = triageReport(jobs, scores, {
    command: `bench/triage.ts ${process.argv.slice(2).join(' ')}`,
    versions: { generator: simulatorVersion, node: process.versions.node },
  });
  await writeFile(join(out, 'report.json'), JSON.stringify(report));
  await writeFile(join(out, 'report.md'), reportText(report));
  await writeFile(join(out, 'report.html'), await reportPage(report));
  console.log(reportText(report));
  console.log(`${seconds()} s; report: ${join(out, 'report.html')}`);
}

/** Every so many-th seed of the plan: worlds of one seed share their photos, so that one process renders them. */
async function work(lane: number, lanes: number): Promise<void> {
  const runtime = openRuntime({ threads: 1 });
  const seeds = [...new Set(jobs.map(({ choice }) => choice.seed))];
  const own = jobs.filter(({ choice }) => seeds.indexOf(choice.seed) % lanes === lane);
  for (const [i, job] of own.entries()) {
    if ((await store.list(fileOf(job))).length > 0) continue;
    const photos = job.photos ? { photos: nodeStore(join(out, 'photos')) } : {};
    const score = await scoreWorld(job.choice, { runtime, ...photos, ...(steps === undefined ? {} : { steps }) });
    await store.write(fileOf(job), new TextEncoder().encode(JSON.stringify(score)));
    console.log(`${seconds()} s  lane ${lane + 1}: ${i + 1}/${own.length} ${job.name}`);
  }
  await runtime.close();
}

async function stored(job: TriageJob): Promise<WorldScore> {
  return JSON.parse(new TextDecoder().decode(await store.read(fileOf(job)))) as WorldScore;
}

function fileOf(job: TriageJob): string {
  return triageFile(job, steps);
}

function seconds(): string {
  return ((performance.now() - started) / 1000).toFixed(0);
}
