/** What `npm run coverage` measures, and how much of it has to be run by its tests, as docs/design/promises.md says. */

/** Every file below is measured, whether a test reaches it or not; each group is judged by itself. From the root. */
export const coverageGroups: readonly string[] = [
  'libs/consensus/src',
  'libs/poot/src',
  'libs/merkle/src',
  'libs/ledger/src',
  'libs/chunk-codec/src',
  'libs/proof/src',
  'libs/manifest/src',
  'apps/chain/blockchain-engine/src/domain',
  'apps/chain/session-anchoring/src/domain',
  'apps/sessions/chunk-processor/src/domain',
  'apps/sessions/session-api/src/domain',
  'apps/sessions/session-keys/src/domain',
  'apps/sessions/session-pipeline/src/domain',
  'apps/sessions/session-recorder/src/domain',
  'apps/sessions/session-storage/src/domain',
  'tools/verifier',
];

/** Percent of each group. Fewer branches, because every `??` whose other side no input can reach is one. */
export const minimumPercent = { lines: 95, functions: 95, branches: 85 } as const;

/** Unit tests of the projects above: pure, and quick. What they leave out has to be reached by them, not by a whole system. */
export const coverageTests: readonly string[] = [
  ...new Set(coverageGroups.map((group) => `${group.replace(/\/src(\/domain)?$/, '')}/test/**/*.test.ts`)),
];

/** Vitest's and our own reports, from the root. */
export const coverageFolder = 'dist/coverage';
