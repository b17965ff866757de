import { describe, expect, test } from 'vitest';
import { dependencyRules } from '../src/checks/dependency-rules.ts';
import { memoryWorkspace } from '../src/workspace.ts';
import { reasons } from './support/reasons.ts';

const projects = Object.fromEntries(
  [
    'apps/sessions/session-api',
    'apps/sessions/session-pipeline',
    'apps/chain/blockchain-engine',
    'apps/tron/tron-client',
    'libs/merkle',
    'libs/ledger',
    'libs/money',
    'libs/tron-address',
    'tools/cli',
    'deploy',
  ].map((root) => [`${root}/package.json`, JSON.stringify({ name: `@lucid/${root.split('/').at(-1)}` })]),
);
const check = (files: Record<string, string>) =>
  reasons(dependencyRules, memoryWorkspace({ ...projects, ...files }));

describe('kinds', () => {
  test('apps, libs and tools may import libs; tools may import anything', async () => {
    const found = await check({
      'apps/sessions/session-api/src/app.ts': "import { a } from '@lucid/merkle';",
      'libs/ledger/src/index.ts': "import { a } from '@lucid/merkle';",
      'tools/cli/src/main.ts': "import { a } from '@lucid/session-api';\nimport { b } from '@lucid/deploy';",
    });
    expect(found).toEqual([]);
  });

  test('an app imports no app, not even in a test or for its types', async () => {
    const found = await check({
      'apps/sessions/session-api/src/app.ts': "\nimport { b } from '@lucid/session-pipeline';",
      'apps/sessions/session-api/test/app.test.ts': "import type { B } from '@lucid/session-pipeline/x';",
    });
    expect(found).toEqual([
      'apps/sessions/session-api/src/app.ts:2 app apps/sessions/session-api imports app apps/sessions/session-pipeline',
      'apps/sessions/session-api/test/app.test.ts:1 app apps/sessions/session-api imports app apps/sessions/session-pipeline',
    ]);
  });

  test('a lib imports no app, tool or deploy code', async () => {
    for (const name of ['session-api', 'cli', 'deploy'])
      expect(await check({ 'libs/merkle/src/index.ts': `export * from '@lucid/${name}';` })).toHaveLength(1);
  });

  test('nobody reaches into another project by path', async () => {
    const found = await check({
      'libs/ledger/src/index.ts': "import { a } from '../../merkle/src/tree.ts';",
    });
    expect(found).toEqual([
      'libs/ledger/src/index.ts:1 reaches into libs/merkle by path (../../merkle/src/tree.ts): import its package name',
    ]);
  });
});

describe('planes', () => {
  test('neutral libraries serve all planes', async () => {
    const found = await check({
      'apps/tron/tron-client/src/app.ts':
        "import { a } from '@lucid/money';\nimport { b } from '@lucid/tron-address';",
      'apps/chain/blockchain-engine/src/app.ts':
        "import { a } from '@lucid/money';\nimport { b } from '@lucid/ledger';",
      'apps/sessions/session-api/src/app.ts': "import { a } from '@lucid/ledger';",
    });
    expect(found).toEqual([]);
  });

  test('an ops or chain service reaches no wallet code', async () => {
    for (const app of ['apps/sessions/session-api', 'apps/chain/blockchain-engine'])
      expect(await check({ [`${app}/src/app.ts`]: "import { a } from '@lucid/tron-address';" })).toHaveLength(
        1,
      );
  });

  test('not even through a library in between', async () => {
    const found = await check({
      'apps/sessions/session-api/src/app.ts': "import { a } from '@lucid/money';",
      'libs/money/src/index.ts': "import { b } from '@lucid/tron-address';",
    });
    expect(found).toEqual([
      'apps/sessions/session-api/src/app.ts:1 plane:ops reaches plane:wallet: apps/sessions/session-api → libs/money → libs/tron-address',
    ]);
  });

  test('the wallet plane reaches no block code', async () => {
    const found = await check({ 'apps/tron/tron-client/src/app.ts': "import { a } from '@lucid/ledger';" });
    expect(found).toHaveLength(1);
    expect(found[0]).toContain('plane:wallet reaches plane:chain');
  });

  test('tronweb stays in the wallet plane', async () => {
    const text = "import { TronWeb } from 'tronweb';";
    expect(await check({ 'apps/tron/tron-client/src/adapters/node.ts': text })).toEqual([]);
    expect(await check({ 'apps/sessions/session-api/src/adapters/node.ts': text })).toHaveLength(1);
    expect(await check({ 'libs/money/src/node.ts': text })).toHaveLength(1);
  });
});
