import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, writeFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

/** The first ```ts block of a README, which its reader will paste. */
function exampleOf(name: string): string | undefined {
  const file = join('packages', name, 'README.md');
  return existsSync(file) ? /```ts\n([\s\S]*?)```/.exec(readFileSync(file, 'utf8'))?.[1] : undefined;
}

describe('README examples run as they stand', () => {
  it.each(readdirSync('packages'))('%s', (name) => {
    const example = exampleOf(name);
    expect(example, `packages/${name}/README.md has no ts example`).toBeDefined();
    // Inside the package folder, so that its own name and its dependencies resolve as for an importer.
    const folder = join('packages', name, 'out');
    mkdirSync(folder, { recursive: true });
    const file = join(folder, 'readme-example.ts');
    writeFileSync(file, example ?? '');
    const result = spawnSync(process.execPath, ['--import', 'tsx', file], { encoding: 'utf8', timeout: 50_000 });
    expect(result.stderr).not.toMatch(/Error/);
    expect(result.status).toBe(0);
    expect(result.stdout.trim(), 'the example prints something').not.toBe('');
  });
});
