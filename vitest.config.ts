import { configDefaults, defineConfig } from 'vitest/config';

/** `test` runs unit and integration tests; `e2e` runs the files that start the whole system, one after the other. */
const e2e = process.env.LUCID_TEST_KIND === 'e2e';

export default defineConfig({
  test: {
    include: [e2e ? '**/test/**/*.e2e.test.ts' : '**/test/**/*.test.ts'],
    exclude: [...configDefaults.exclude, '**/fixtures/**', ...(e2e ? [] : ['**/*.e2e.test.ts'])],
    environment: 'node',
    pool: 'forks',
    fileParallelism: !e2e,
    maxWorkers: e2e ? 1 : 2,
    testTimeout: e2e ? 300_000 : 30_000,
    hookTimeout: e2e ? 300_000 : 60_000,
    expect: { requireAssertions: false },
    watch: false,
  },
});
