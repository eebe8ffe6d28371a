import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';

describe('what a deployer installs', () => {
  it('bundles for a browser without anything of training, evaluation or Node', async () => {
    const result = await build({
      stdin: { contents: "export { openIdentifier } from './src/index.ts';", resolveDir: 'packages/identify' },
      bundle: true,
      write: false,
      minify: true,
      metafile: true,
      format: 'esm',
      platform: 'browser',
      conditions: ['@bioscan/source'],
      logLevel: 'silent',
    });
    const [output] = Object.values(result.metafile.outputs);
    const used = Object.entries(output?.inputs ?? {}).flatMap(([path, { bytesInOutput }]) =>
      bytesInOutput > 0 ? [path] : [],
    );
    const packages = new Set(used.map((path) => /packages\/(\w+)\//u.exec(path)?.[1] ?? path));
    packages.delete('<stdin>');
    expect([...packages].sort()).toEqual(['core', 'identify', 'vision']);
    expect((result.outputFiles[0]?.contents.length ?? Infinity) / 1000).toBeLessThan(40);
  });
});
