import { readFileSync, readdirSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { seams, type Seam } from '../build/seams.js';

interface Manifest {
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly publishConfig: { readonly exports: Readonly<Record<string, unknown>> };
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly sideEffects: boolean;
}

function manifest(name: string): Manifest {
  return JSON.parse(readFileSync(`packages/${name}/package.json`, 'utf8')) as Manifest;
}

const packages: [string, Seam][] = Object.entries(seams);

describe('manifests', () => {
  it('lists every package and no other', () => {
    expect(readdirSync('packages').sort()).toEqual(Object.keys(seams).sort());
  });

  it.each(packages)('%s depends only on the workspace packages of its seam', (name, seam) => {
    const workspace = Object.keys(manifest(name).dependencies ?? {}).filter((key) => key.startsWith('@bioscan/'));
    for (const dependency of workspace) expect(seam.workspace).toContain(dependency.replace('@bioscan/', ''));
  });

  it.each(packages)('%s publishes the same entries without the source condition', (name) => {
    const { exports, publishConfig, sideEffects } = manifest(name);
    expect(Object.keys(publishConfig.exports)).toEqual(Object.keys(exports));
    expect(JSON.stringify(publishConfig)).not.toContain('@bioscan/source');
    expect(sideEffects).toBe(false);
  });
});

const entries = packages.flatMap(([name, seam]) =>
  Object.entries(seam.budgets).map(([entry, budget]) => ({ name, entry, budget })),
);

describe('neutral entries in a browser', () => {
  it.each(entries)('$name $entry bundles without node: and within $budget kB', async ({ name, entry, budget }) => {
    const target = manifest(name).exports[entry];
    const source = typeof target === 'object' ? target['@bioscan/source'] : undefined;
    expect(source, `packages/${name}/package.json has no entry ${entry}`).toBeDefined();
    const result = await build({
      stdin: { contents: `export * from './${source ?? ''}';`, resolveDir: `packages/${name}` },
      bundle: true,
      write: false,
      minify: true,
      metafile: true,
      format: 'esm',
      platform: 'browser',
      conditions: ['@bioscan/source'],
      logLevel: 'silent',
    });
    const imported = Object.values(result.metafile.outputs).flatMap((output) => output.imports.map(({ path }) => path));
    expect(imported.filter((path) => path.startsWith('node:') || builtinModules.includes(path))).toEqual([]);
    expect((result.outputFiles[0]?.contents.length ?? Infinity) / 1000).toBeLessThan(budget);
  });
});
