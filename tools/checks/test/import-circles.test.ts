import { expect, test } from 'vitest';
import { importCircles } from '../src/checks/import-circles.ts';
import { memoryWorkspace } from '../src/workspace.ts';
import { reasons } from './support/reasons.ts';

const root = 'apps/sessions/session-api';
const check = (files: Record<string, string>) =>
  reasons(
    importCircles,
    memoryWorkspace(
      Object.fromEntries(Object.entries(files).map(([file, text]) => [`${root}/${file}`, text])),
    ),
  );

test('files may import each other in one direction, over several ways', async () => {
  const found = await check({
    'src/adapters/connect.ts': "import { sweep } from './sweep.ts';\nimport type { Deps } from './deps.ts';",
    'src/adapters/sweep.ts': "import type { Deps } from './deps.ts';",
    'src/adapters/deps.ts': "import type { Session } from '@lucid/session-api';",
    'test/sweep.test.ts': "import { sweep } from '../src/adapters/sweep.ts';",
  });
  expect(found).toEqual([]);
});

test('a circle is named once, with all its files and the line that begins it, types or not', async () => {
  const found = await check({
    'src/adapters/connect.ts': "\nimport { sweep } from './sweep.ts';",
    'src/adapters/sweep.ts': "import { stop } from '../stop.ts';",
    'src/stop.ts': "import type { Deps } from './adapters/connect.ts';",
  });
  const [connect, sweep, stop] = ['adapters/connect', 'adapters/sweep', 'stop'].map(
    (name) => `${root}/src/${name}.ts`,
  );
  expect(found).toEqual([`${connect}:2 a circle of imports: ${connect} → ${sweep} → ${stop} → ${connect}`]);
});

test.each([
  "import { b } from './b.ts';",
  "import './b.ts';",
  "export * from './b.ts';",
  "export const b = () => import('./b.ts');",
  "export type B = import('./b.ts').B;",
])('%s closes one', async (text) => {
  expect(await check({ 'src/a.ts': text, 'src/b.ts': "import type { A } from './a.ts';" })).toHaveLength(1);
});

test('one import that ties many files is one finding: the shortest circle', async () => {
  const found = await check({
    'src/a.ts': "import './b.ts';",
    'src/b.ts': "import './c.ts';\nimport './d.ts';\nimport './a.ts';",
    'src/c.ts': "import './a.ts';",
    'src/d.ts': "import './c.ts';",
  });
  expect(found).toEqual([
    `${root}/src/a.ts:1 a circle of imports: ${root}/src/a.ts → ${root}/src/b.ts → ${root}/src/a.ts`,
  ]);
});

test('two circles are two findings, also in tests, and a file that imports itself is one', async () => {
  const found = await check({
    'src/a.ts': "import './b.ts';",
    'src/b.ts': "import './a.ts';",
    'test/support/c.ts': "import './c.ts';",
  });
  expect(found).toHaveLength(2);
});
