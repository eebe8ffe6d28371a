import { defineConfig } from 'vitest/config';

/** The suite that providers.test.ts runs in a process of its own, with the libraries of a provider on its path. */
export default defineConfig({
  resolve: { conditions: ['@bioscan/source', 'node', 'import', 'default'] },
  ssr: { resolve: { conditions: ['@bioscan/source', 'node', 'import', 'default'] } },
  test: {
    include: ['packages/runtime/test/providers/conformance.suite.ts'],
    testTimeout: 240_000,
    hookTimeout: 60_000,
    pool: 'forks',
  },
});
