// Fits the weights that packages/qc/src/triage/fitted-suspicion.ts holds: npx tsx bench/fit-triage.ts
import { checkedWorld, fitOn, type CheckedWorld, type WorldChoice } from './triage-worlds.js';
import { simulatorVersion } from '@bioscan/sim';

/** Worlds for fitting; evaluation uses other seeds. */
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

const checked: CheckedWorld[] = [];
for (const choice of choices) {
  checked.push(await checkedWorld(choice));
  process.stderr.write(`${choice.name} ${choice.seed}\n`);
}
console.log(
  JSON.stringify(fitOn(checked, `SIMULATED: ${choices.length} worlds of generator ${simulatorVersion}`), undefined, 2),
);
