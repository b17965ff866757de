import { describe, expect, test } from 'vitest';
import { dependenciesDocumented } from '../src/checks/dependencies-documented.ts';
import { docsLinks } from '../src/checks/docs-links.ts';
import { lockfile } from '../src/checks/lockfile.ts';
import { promisedTests } from '../src/checks/promised-tests.ts';
import { memoryWorkspace } from '../src/workspace.ts';
import { reasons } from './support/reasons.ts';

describe('dependencies-documented', () => {
  const manifest = JSON.stringify({ dependencies: { fastify: '5' }, devDependencies: { vitest: '5' } });
  const page =
    '| package | why |\n| --- | --- |\n| `fastify` | serves HTTP in every service |\n| `vitest` | runs the tests |\n';
  const check = (text: string) =>
    reasons(
      dependenciesDocumented,
      memoryWorkspace({ 'package.json': manifest, 'docs/dependencies.md': text }),
    );

  test('accepts one row per dependency', async () => expect(await check(page)).toEqual([]));

  test('misses a row', async () => {
    expect(await check(page.replace(/\| `vitest`.*\n/, ''))).toEqual([
      'docs/dependencies.md:1 `vitest` has no row with its reason',
    ]);
  });

  test('refuses a stale row, an empty reason, and a second row', async () => {
    expect(await check(`${page}| \`express\` | served HTTP long ago |\n`)).toEqual([
      'docs/dependencies.md:5 `express` is not a dependency',
    ]);
    expect(await check(page.replace('runs the tests', ''))).toEqual([
      'docs/dependencies.md:4 `vitest` has no reason',
    ]);
    expect(await check(`${page}| \`vitest\` | runs the tests again |\n`)).toEqual([
      'docs/dependencies.md:5 `vitest` has two rows',
    ]);
  });

  test('misses the page', async () => {
    expect(await reasons(dependenciesDocumented, memoryWorkspace({ 'package.json': manifest }))).toEqual([
      'docs/dependencies.md:1 missing',
    ]);
  });
});

describe('docs-links', () => {
  const other = '# Other page\n\n## How it *works*, really\n';
  const check = (text: string) =>
    reasons(docsLinks, memoryWorkspace({ 'docs/a.md': text, 'docs/sub/b.md': other, 'src/x.ts': '' }));

  test('accepts files, folders, headings, the web, and what only looks like a link', async () => {
    const text = [
      '# Here',
      '[file](sub/b.md) [code](../src/x.ts) [folder](sub) [root](/src/x.ts)',
      '[heading](sub/b.md#how-it-works-really) [own](#here) [web](https://example.org/x) [mail](mailto:a@example.org)',
      '`[not](a-link.md)`',
      '```',
      '[nor](this.md)',
      '```',
    ].join('\n');
    expect(await check(text)).toEqual([]);
  });

  test('finds a missing file and a missing heading on their lines', async () => {
    expect(await check('\n[gone](sub/c.md)\n![image](x.png) [no heading](sub/b.md#why)')).toEqual([
      'docs/a.md:2 sub/c.md: there is no docs/sub/c.md',
      'docs/a.md:3 x.png: there is no docs/x.png',
      'docs/a.md:3 sub/b.md#why: no such heading',
    ]);
  });
});

describe('promised-tests', () => {
  const files = {
    'libs/a/test/one.test.ts': "test('goes on with %i of them', () => {});\ntest('ends', () => {});",
    'libs/b/test/one.test.ts': "test('begins', () => {});",
    'libs/b/test/two.integration.test.ts': "test('holds', () => {});",
  };
  const check = (...rows: readonly string[]) =>
    reasons(
      promisedTests,
      memoryWorkspace({
        ...files,
        'docs/design/promises.md': [
          '# Promises',
          '',
          '| promise | tests |',
          '| --- | --- |',
          ...rows,
          '',
          '| other | table |',
          '| --- | --- |',
          '| of no | tests |',
        ].join('\n'),
      }),
    );

  test('accepts files by the end of their path, their tests by their words, and words left out', async () => {
    expect(
      await check(
        '| it goes on | `a/test/one.test.ts` "goes on with … of them", "ends"; `two.integration.test.ts` whole |',
        '| it begins | `libs/b/test/one.test.ts` "begins" |',
      ),
    ).toEqual([]);
  });

  test('finds a test that was renamed, one of another file, and words that are in no file', async () => {
    expect(
      await check(
        '| it goes on | `a/test/one.test.ts` "goes on with all … of them", "ends" |',
        '| it begins | `a/test/one.test.ts` "ends", `two.integration.test.ts` "begins" |',
        '| it holds | "holds" in `two.integration.test.ts` |',
      ),
    ).toEqual([
      'docs/design/promises.md:5 "goes on with all … of them" is not in `a/test/one.test.ts`',
      'docs/design/promises.md:6 "begins" is not in `two.integration.test.ts`',
      'docs/design/promises.md:7 "holds" is in no file',
    ]);
  });

  test('finds a file that is gone, one that may be two, and a promise without any', async () => {
    expect(
      await check('| a | `three.test.ts` "x" |', '| b | `one.test.ts` "ends" |', '| c | some day |'),
    ).toEqual([
      'docs/design/promises.md:5 there is no `three.test.ts`',
      'docs/design/promises.md:6 `one.test.ts` may be libs/a/test/one.test.ts or libs/b/test/one.test.ts',
      'docs/design/promises.md:7 names no file of tests',
    ]);
  });

  test('misses the page, and its tables', async () => {
    expect(await reasons(promisedTests, memoryWorkspace(files))).toEqual([
      'docs/design/promises.md:1 missing',
    ]);
    const silent = memoryWorkspace({ ...files, 'docs/design/promises.md': '# Promises\n' });
    expect(await reasons(promisedTests, silent)).toEqual([
      'docs/design/promises.md:1 no table of `promise` and `tests`',
    ]);
  });
});

describe('lockfile', () => {
  const check = (entry: object, path = 'node_modules/a') =>
    reasons(
      lockfile,
      memoryWorkspace({
        'package-lock.json': JSON.stringify({ packages: { '': {}, [path]: entry } }, null, 2),
      }),
    );

  test('accepts a package pinned by hash alone, and a link to a workspace', async () => {
    expect(await check({ version: '1.0.0', integrity: 'sha512-x' })).toEqual([]);
    expect(await check({ resolved: 'libs/a', link: true }, 'node_modules/@lucid/a')).toEqual([]);
  });

  test('refuses a download host and a package without a hash', async () => {
    const bound = await check({ resolved: 'https://registry.example.org/a.tgz', integrity: 'sha512-x' });
    expect(bound[0]).toContain('node_modules/a is bound to registry.example.org');
    expect(await check({ version: '1.0.0' })).toEqual([
      'package-lock.json:4 node_modules/a has no sha512 integrity',
    ]);
  });

  test('accepts a binary for another system without a hash, and nothing else', async () => {
    expect(await check({ version: '1.0.0', optional: true, os: ['darwin'] })).toEqual([]);
    expect(await check({ version: '1.0.0', optional: true })).toHaveLength(1);
  });

  test('misses what npm ci would miss', async () => {
    const found = await check({
      version: '1.0.0',
      integrity: 'sha512-x',
      optionalDependencies: { 'a-darwin': '1.0.0' },
    });
    expect(found).toHaveLength(1);
    expect(found[0]).toContain('node_modules/a may need a-darwin, which has no entry');
  });
});
