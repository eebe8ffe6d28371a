/** Runs a command in every package folder and fails if it fails in one: `node tools/gates/each-package.mjs publint --strict`. */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const words = process.argv.slice(2);
const failed = [];
for (const name of readdirSync('packages')) {
  const result = spawnSync('pnpm', ['exec', ...words], { cwd: join('packages', name), encoding: 'utf8' });
  if (result.status === 0) {
    console.log(`ok      ${name}`);
  } else {
    failed.push(name);
    console.log(`FAILED  ${name}\n${result.stdout}${result.stderr}`);
  }
}
process.exit(failed.length === 0 ? 0 : 1);
