import { describe, expect, test } from 'vitest';
import { dependenciesDocumented } from '../src/checks/dependencies-documented.ts';
import { docsLinks } from '../src/checks/docs-links.ts';
import { lockfile } from '../src/checks/lockfile.ts';
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
