/**
 * Fits the weights of packages/qc/src/triage/fitted-suspicion.ts and writes them there: npx tsx -C @bioscan/source bench/fit-triage.ts [folder of photos]
 * Worlds with every name have photos, so that tier 4 is weighed too. Evaluation uses other seeds.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { nodeStore, openRuntime } from '@bioscan/runtime/node';
import { simulatorVersion } from '@bioscan/sim';
import { checkedWorld, fitOn, type CheckedWorld, type WorldChoice } from './triage-worlds.js';

const choices: readonly WorldChoice[] = [
  { name: 'complete', seed: 101, rate: 0.01, specimens: 3000 },
  { name: 'complete', seed: 102, rate: 0.005, specimens: 3000, without: 'bin' },
  { name: 'complete', seed: 103, rate: 0.01, specimens: 3000, without: 'sampleId' },
  { name: 'standard', seed: 104, rate: 0.01, specimens: 3000 },
  { name: 'standard', seed: 105, rate: 0.01, specimens: 3000, without: 'bin' },
  { name: 'sharedHaplotypes', seed: 106, rate: 0.01, specimens: 3000 },
  { name: 'sympatry', seed: 107, rate: 0.02, specimens: 3000 },
  { name: 'complete', seed: 108, rate: 0.01, specimens: 3000, without: 'bin' },
];

const runtime = openRuntime();
const photos = nodeStore(process.argv[2] ?? 'out/triage/photos');
const checked: CheckedWorld[] = [];
for (const choice of choices) {
  checked.push(await checkedWorld(choice, { runtime, ...(choice.name === 'complete' ? { photos } : {}) }));
  process.stderr.write(`${checked.length}/${choices.length} ${choice.name} ${choice.seed}\n`);
}
await runtime.close();
const seeds = choices.map(({ seed }) => seed);
const source = `SIMULATED: ${choices.length} worlds of generator ${simulatorVersion}, seeds ${Math.min(...seeds)}-${Math.max(...seeds)}`;
const model = fitOn(checked, source);
console.log(JSON.stringify(model, undefined, 2));

const file = new URL('../packages/qc/src/triage/fitted-suspicion.ts', import.meta.url);
const text = await readFile(file, 'utf8');
const declaration = 'export const fittedSuspicion: SuspicionModel = {\n';
const checks = Object.entries(model.checks).map(
  ([check, { fires, score }]) => `    '${check}': { fires: ${fires}, score: ${score} },\n`,
);
await writeFile(
  file,
  `${text.slice(0, text.indexOf(declaration))}${declaration}  source: '${source}',\n  intercept: ${model.intercept},\n  prevalence: ${model.prevalence},\n  checks: {\n    ...assumed,\n${checks.join('')}  },\n};\n`,
);
