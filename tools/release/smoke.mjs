// Runs in the consumer's project; `entries` is written above this line by the rehearsal.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';

for (const entry of entries) {
  const module = await import(entry);
  if (Object.keys(module).length === 0) throw new Error(`${entry} exports nothing`);
}

// ESM only, and still usable from CommonJS on current Node: no top-level await anywhere.
const require = createRequire(import.meta.url);
for (const entry of entries) require(entry);

const { rng } = await import('@bioscan/core');
if (rng(1).uniform() !== rng(1).uniform()) throw new Error('core: the same seed gave other numbers');

const { openRuntime } = await import('@bioscan/runtime/node');
const runtime = openRuntime({ threads: 1 });
await runtime.close();

const help = spawnSync('npx', ['bioscan', '--help'], { encoding: 'utf8' });
if (help.status !== 0 || !help.stdout.includes('pretrain'))
  throw new Error(`bioscan --help failed: ${help.stdout}${help.stderr}`);
console.log('smoke: ok');
