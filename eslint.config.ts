import eslint from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';
import { seams, type Seam } from './tools/build/seams.js';

const restricted = Object.entries(seams).flatMap(([name, seam]) => seamRules(name, seam));

export default defineConfig(
  globalIgnores([
    '**/dist/**',
    '**/generated/**',
    '**/assembly/**',
    '**/*.mjs',
    '**/out/**',
    'packages/*/bin/**',
    'fixtures/**',
  ]),
  eslint.configs.recommended,
  tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      // `array[i] as number` in kernels is the house way under noUncheckedIndexedAccess.
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: true }],
      '@typescript-eslint/unified-signatures': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: 'Randomness is an argument: take an Rng from @bioscan/core.' },
      ],
      'no-restricted-exports': ['error', { restrictDefaultExports: { direct: true } }],
      'func-style': ['error', 'declaration', { allowArrowFunctions: true }],
      // Barcodes and names of codons are ASCII.
      '@typescript-eslint/no-misused-spread': 'off',
    },
  },
  {
    files: ['*.config.ts', 'packages/*/tsup.config.ts', 'packages/*/test/**/*.config.ts'],
    rules: { 'no-restricted-exports': 'off' },
  },
  {
    files: ['**/test/**', 'tools/**', 'examples/**', 'bench/**'],
    rules: { '@typescript-eslint/no-non-null-assertion': 'off', '@typescript-eslint/no-unsafe-assignment': 'off' },
  },
  ...restricted,
);

/** Which package may import what, and no `node:` where the code must run in a browser too. */
function seamRules(name: string, seam: Seam): ReturnType<typeof defineConfig> {
  const workspace = Object.keys(seams).filter((other) => other !== name && !seam.workspace.includes(other));
  const foreign = ['onnxruntime-node', 'onnxruntime-web', 'apache-arrow', '@duckdb/node-api', 'sharp', 'usearch'];
  const patterns = [
    ...workspace.map((other) => ({
      group: [`@bioscan/${other}`, `@bioscan/${other}/*`],
      message: `${name} does not import ${other} (docs/dataflow.md).`,
    })),
    ...foreign
      .filter((library) => !seam.libraries.includes(library))
      .map((library) => ({ group: [library], message: `${library} stays behind its own package (docs/dataflow.md).` })),
  ];
  const node = {
    group: ['node:*'],
    message: 'Neutral entries run in browsers: files, threads and sessions are injected.',
  };
  return defineConfig(
    {
      files: [`packages/${name}/src/**/*.ts`],
      ignores: [...seam.platform.map((path) => `packages/${name}/src/${path}`)],
      rules: { 'no-restricted-imports': ['error', { patterns: seam.neutral ? [...patterns, node] : patterns }] },
    },
    {
      files: seam.platform.map((path) => `packages/${name}/src/${path}`).concat(`packages/${name}/src/no-such-file.ts`),
      rules: { 'no-restricted-imports': ['error', { patterns }] },
    },
  );
}
