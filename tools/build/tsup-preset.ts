import type { Options } from 'tsup';

/** One build for every package: ESM for Node 20.19 and current browsers; declarations come from tsc. */
export function packageBuild(entries: Record<string, string>, overrides: Options = {}): Options {
  return {
    entry: entries,
    format: 'esm',
    target: 'es2022',
    dts: false,
    clean: true,
    splitting: true,
    sourcemap: true,
    treeshake: true,
    ...overrides,
  };
}
