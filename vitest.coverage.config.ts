import { configDefaults, defineConfig } from 'vitest/config';
import {
  coverageFolder,
  coverageGroups,
  coverageTests,
  minimumPercent,
} from './tools/ci/src/coverage-groups.ts';

/** Of `npm run coverage`: which code is measured, by which tests, and what is too little of it. */
export default defineConfig({
  test: {
    include: [...coverageTests],
    exclude: [
      ...configDefaults.exclude,
      '**/fixtures/**',
      '**/*.{integration,e2e,live}.test.ts',
      'libs/merkle/test/targets.test.ts', // holds bars of CPU time, which counting would cost
    ],
    pool: 'forks',
    maxWorkers: Number(process.env.LUCID_TEST_WORKERS ?? 2),
    testTimeout: 60_000,
    watch: false,
    reporters: ['dot'],
    coverage: {
      enabled: true,
      provider: 'v8',
      include: coverageGroups.map((group) => `${group}/**/*.{ts,mjs}`),
      exclude: ['**/test/**'],
      reporter: ['json-summary', 'html'],
      reportsDirectory: coverageFolder,
      reportOnFailure: true,
      thresholds: Object.fromEntries(coverageGroups.map((group) => [`${group}/**`, minimumPercent])),
    },
  },
});
