import { configDefaults, defineConfig } from 'vitest/config';

/**
 * `test` (default): unit and integration tests. `e2e`: the files that start the whole system, one after the other.
 * `store`: both kinds, one after the other, for the files that are named on the command line (see tools/ci).
 */
const kind = process.env.LUCID_TEST_KIND ?? 'test';
const wholeSystem = '**/test/**/*.e2e.test.ts';
const alone = kind !== 'test';

export default defineConfig({
  test: {
    include: [kind === 'e2e' ? wholeSystem : '**/test/**/*.test.ts'],
    exclude: [...configDefaults.exclude, '**/fixtures/**', ...(kind === 'test' ? [wholeSystem] : [])],
    pool: 'forks',
    fileParallelism: !alone,
    maxWorkers: alone ? 1 : Number(process.env.LUCID_TEST_WORKERS ?? 2),
    testTimeout: alone ? 300_000 : 30_000,
    hookTimeout: alone ? 300_000 : 60_000,
    watch: false,
  },
});
