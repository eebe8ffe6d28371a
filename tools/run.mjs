/**
 * The two commands of a newcomer, on a machine with only Node: `npm run demo` and `npm test`.
 * Fetches the pinned pnpm through npx, installs, builds, then does the job.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { packageManager, engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const jobs = {
  demo: [
    ['exec', 'tsx', 'examples/12-attribute.ts'],
    ['exec', 'tsx', 'examples/01-open-world-barcodes.ts', '--steps', '120'],
  ],
  test: [['run', 'vitest']],
};

const name = process.argv[2];
const job = jobs[name];
if (job === undefined) fail(`usage: node tools/run.mjs ${Object.keys(jobs).join('|')}`);
checkNode();
step('Installing packages', ['install', '--frozen-lockfile', '--prefer-offline']);
step('Building packages', ['run', 'build', '--output-logs=errors-only']);
for (const [i, words] of job.entries()) {
  // What is given on the command line is for the last of them.
  const given = i === job.length - 1 ? process.argv.slice(3) : [];
  step(`Running ${words.join(' ')}`, [...words, ...given]);
}

function checkNode() {
  const wanted = engines.node.replace('>=', '').split('.').map(Number);
  const found = process.versions.node.split('.').map(Number);
  const older = found[0] < wanted[0] || (found[0] === wanted[0] && found[1] < wanted[1]);
  if (older) fail(`Node ${engines.node} is needed, this is ${process.versions.node}`);
}

function step(title, words) {
  console.log(`\n== ${title}`);
  const env = { ...process.env, TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1', npm_config_loglevel: 'error' };
  const result = spawnSync('npx', ['--yes', packageManager, ...words], {
    cwd: root,
    env,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (result.status !== 0) process.exit(result.status ?? 1);
}

function fail(message) {
  console.error(message);
  process.exit(2);
}
