/** `training-memory.ts <case>`: takes six steps of a training case and prints the peak resident memory of this process in bytes. */
import { trainingCases } from './training-cases.js';
import { openOurs } from './training-step.js';

const name = process.argv[2] ?? '';
const training = trainingCases[name];
if (training === undefined)
  throw new Error(`bench: no training case '${name}', expected one of ${Object.keys(trainingCases).join(', ')}`);
const ours = await openOurs(training);
for (let step = 0; step < 6; step++) await ours.step();
await ours.close();
console.log(process.resourceUsage().maxRSS * 1024);
