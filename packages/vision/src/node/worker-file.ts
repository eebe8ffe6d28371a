import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { BioscanError } from '@bioscan/core';

/**
 * The built worker of the loader: beside this module in `dist`. Run from sources (tests), it is `dist/worker.js` all the same,
 * since Node cannot start a TypeScript worker, and it must have been built from these very sources.
 * @throws BioscanError `not-found` or `mismatch` with the command that builds it.
 */
export function workerFile(module: string = import.meta.url): URL {
  if (!module.endsWith('.ts')) return new URL('./worker.js', module);
  const file = new URL('../../dist/worker.js', module);
  if (!existsSync(file)) throw stale('not-found', 'is not built');
  if (stampOf(readFileSync(file, 'utf8')) !== sourceStamp(new URL('../', module))) {
    throw stale('mismatch', 'was built from other sources');
  }
  return file;
}

/** Content hash of everything that the worker is built from; the build writes it into the worker. */
export function sourceStamp(src: URL): string {
  const hash = createHash('sha256');
  for (const part of ['worker.ts', 'worker', 'pixels', 'augmentation', 'generated']) {
    for (const name of sourcesIn(src, part)) hash.update(`${name}\n`).update(readFileSync(new URL(name, src)));
  }
  return hash.digest('hex').slice(0, 16);
}

function sourcesIn(src: URL, part: string): string[] {
  const path = fileURLToPath(new URL(part, src));
  if (!statSync(path).isDirectory()) return [part];
  return readdirSync(path)
    .filter((name) => name.endsWith('.ts'))
    .sort()
    .map((name) => `${part}/${name}`);
}

function stampOf(text: string): string | undefined {
  return /^\/\/ sources ([0-9a-f]{16})$/m.exec(text)?.[1];
}

function stale(code: 'not-found' | 'mismatch', what: string): BioscanError {
  return new BioscanError(code, `vision: the loader's worker packages/vision/dist/worker.js ${what}; run 'pnpm build'`);
}
