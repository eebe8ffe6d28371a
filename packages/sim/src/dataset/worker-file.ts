import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';

/**
 * The built photo worker: beside this module in `dist`. Run from sources (tests, tsx), it is `dist/worker.js` all the same, since Node cannot start a
 * TypeScript worker, but only where it was built from these very sources; undefined otherwise.
 */
export function workerFile(module: string = import.meta.url): URL | undefined {
  if (!module.endsWith('.ts')) return new URL('./worker.js', module);
  const file = new URL('../../dist/worker.js', module);
  if (!existsSync(file)) return undefined;
  const stamp = /^\/\/ sources ([0-9a-f]{16})$/m.exec(readFileSync(file, 'utf8'))?.[1];
  return stamp === sourceStamp(new URL('../', module)) ? file : undefined;
}

/** Content hash of what the worker is built from; the build writes it into the worker. */
export function sourceStamp(src: URL): string {
  const hash = createHash('sha256').update(readFileSync(new URL('worker.ts', src)));
  for (const folder of ['dataset/', 'morphology/', 'render/']) {
    const names = readdirSync(new URL(folder, src)).filter((name) => name.endsWith('.ts'));
    for (const name of names.sort()) hash.update(name).update(readFileSync(new URL(folder + name, src)));
  }
  return hash.digest('hex').slice(0, 16);
}
