import { configDefaults, defineConfig } from 'vitest/config';

/**
 * `test` (default): unit and integration tests. `e2e`: the files that start the whole system, one after the other.
 * `live`: the files that want container engines (see tools/ci/src/live-tests.ts). `store`: tests and e2e, one after the
 * other, for the files that are named on the command line.
 */
const kind = process.env.LUCID_TEST_KIND ?? 'test';
const wholeSystem = '**/test/**/*.e2e.test.ts';
const onContainers = '**/test/**/*.live.test.ts';
const own: Readonly<Record<string, string>> = { e2e: wholeSystem, live: onContainers };
const alone = kind !== 'test';

export default defineConfig({
  test: {
    include: [own[kind] ?? '**/test/**/*.test.ts'],
    exclude: [
      ...configDefaults.exclude,
      '**/fixtures/**',
      ...(kind === 'test' ? [wholeSystem] : []),
      ...(kind === 'live' ? [] : [onContainers]),
    ],
    pool: 'forks',
    fileParallelism: !alone,
    maxWorkers: alone ? 1 : Number(process.env.LUCID_TEST_WORKERS ?? 2),
    testTimeout: alone ? 300_000 : 30_000,
    hookTimeout: alone ? 300_000 : 60_000,
    watch: false,
  },
});
