import { describe, expect, test } from 'vitest';
import { fileSize } from '../src/checks/file-size.ts';
import { libDoor } from '../src/checks/lib-door.ts';
import { mainSize } from '../src/checks/main-size.ts';
import { mouldComplete } from '../src/checks/mould-complete.ts';
import { packageManifests } from '../src/checks/package-manifests.ts';
import { memoryWorkspace } from '../src/workspace.ts';
import { reasons } from './support/reasons.ts';

const root = 'apps/sessions/session-api';
const readme = [
  '# session-api',
  '',
  'Keeps the list of sessions.',
  '',
  '**Port** 8087. **Calls** nobody.',
  '',
  '**Config** x · **Metrics** y · **Errors** z',
  '',
  '**When it dies** nothing is lost.',
].join('\n');
const complete: Record<string, string> = {
  [`${root}/README.md`]: readme,
  [`${root}/package.json`]: '{ "name": "@lucid/session-api", "private": true, "type": "module" }',
  [`${root}/src/main.ts`]: 'await runService({ config, connect, build: buildApp });\n',
  [`${root}/src/app.ts`]: 'export function buildApp() {}',
  [`${root}/src/config.ts`]: "export const config = defineConfig('lucid-session-api', {});",
  [`${root}/src/routes.ts`]: 'export const routes = () => ({});',
  [`${root}/src/errors.ts`]: 'export const errors = catalogue({});',
  [`${root}/src/metrics.ts`]: 'export const metrics = defineMetrics({});',
  [`${root}/src/health.ts`]: 'export function addHealthChecks() {}',
  [`${root}/src/domain/session.ts`]: 'export {};',
  [`${root}/src/adapters/connect.ts`]: 'export {};',
  [`${root}/test/app.test.ts`]: 'export {};',
};
const without = (file: string): Record<string, string> =>
  Object.fromEntries(Object.entries(complete).filter(([path]) => path !== `${root}/${file}`));
const withText = (file: string, text: string): Record<string, string> => ({
  ...complete,
  [`${root}/${file}`]: text,
});

describe('mould-complete', () => {
  test('accepts a service with everything', async () => {
    expect(await reasons(mouldComplete, memoryWorkspace(complete))).toEqual([]);
  });

  test.each([
    'README.md',
    'src/app.ts',
    'src/config.ts',
    'src/routes.ts',
    'src/errors.ts',
    'src/metrics.ts',
    'src/health.ts',
  ])('misses %s', async (file) => {
    expect(await reasons(mouldComplete, memoryWorkspace(without(file)))).toEqual([
      `${root}/${file}:1 missing: every service has it`,
    ]);
  });

  test.each(['src/domain/session.ts', 'src/adapters/connect.ts', 'test/app.test.ts'])(
    'misses the folder of %s',
    async (file) => {
      expect((await reasons(mouldComplete, memoryWorkspace(without(file))))[0]).toContain('empty or missing');
    },
  );

  test('insists on the names the generated docs and the runner import', async () => {
    const renamed = withText('src/config.ts', "export const settings = defineConfig('x', {});");
    expect(await reasons(mouldComplete, memoryWorkspace(renamed))).toEqual([
      `${root}/src/config.ts:1 does not export \`config\``,
    ]);
  });

  test('wants to read in the README what happens when the service dies', async () => {
    const silent = withText('README.md', readme.replace('**When it dies**', ''));
    expect(await reasons(mouldComplete, memoryWorkspace(silent))).toEqual([
      `${root}/README.md:1 says nothing about **When it dies**`,
    ]);
  });

  test('wants the README to open with the purpose', async () => {
    const abrupt = withText('README.md', readme.replace('Keeps the list of sessions.\n', ''));
    expect((await reasons(mouldComplete, memoryWorkspace(abrupt)))[0]).toContain('purpose');
  });

  test('asks nothing of a folder without a main.ts, and no routes of a store', async () => {
    const begun = { 'apps/sessions/new/package.json': '{}' };
    expect(await reasons(mouldComplete, memoryWorkspace(begun))).toEqual([]);
    const store = Object.fromEntries(
      Object.entries(without('src/routes.ts')).map(([path, text]) => [
        path.replace('apps/sessions', 'apps/data'),
        text,
      ]),
    );
    expect(await reasons(mouldComplete, memoryWorkspace(store))).toEqual([]);
  });
});

describe('main-size and file-size', () => {
  const lines = (count: number): string => 'export {};\n'.repeat(count);

  test('main.ts may have 25 lines and not 26', async () => {
    expect(await reasons(mainSize, memoryWorkspace(withText('src/main.ts', lines(25))))).toEqual([]);
    expect(await reasons(mainSize, memoryWorkspace(withText('src/main.ts', lines(26))))).toEqual([
      `${root}/src/main.ts:26 26 lines, at most 25`,
    ]);
  });

  test('a source may have 300 lines and not 301; tests may be longer', async () => {
    const files = { 'libs/a/src/x.ts': lines(300), 'libs/a/test/x.test.ts': lines(400) };
    expect(await reasons(fileSize, memoryWorkspace(files))).toEqual([]);
    expect(await reasons(fileSize, memoryWorkspace({ 'libs/a/src/x.ts': lines(301) }))).toEqual([
      'libs/a/src/x.ts:301 301 lines, at most 300',
    ]);
  });
});

describe('package-manifests', () => {
  const check = (manifest: object) =>
    reasons(packageManifests, memoryWorkspace({ 'libs/a/package.json': JSON.stringify(manifest) }));
  const good = { name: '@lucid/a', private: true, type: 'module' };

  test('accepts a private module named after its folder', async () => expect(await check(good)).toEqual([]));

  test('refuses another name, a public package, CommonJS and versions of its own', async () => {
    expect(await check({ ...good, name: '@lucid/b' })).toHaveLength(1);
    expect(await check({ ...good, private: false })).toHaveLength(1);
    expect(await check({ name: '@lucid/a', private: true })).toHaveLength(1);
    expect(await check({ ...good, dependencies: { fastify: '5' } })).toHaveLength(1);
  });
});

describe('lib-door', () => {
  const lib = {
    'libs/a/package.json': '{ "exports": "./src/index.ts" }',
    'libs/a/README.md': '# a',
    'libs/a/src/index.ts': 'export {};',
  };

  test('accepts a library with a README and one door', async () => {
    expect(await reasons(libDoor, memoryWorkspace(lib))).toEqual([]);
    const several = '{ "exports": { ".": "./src/index.ts", "./extra": "./src/extra.ts" } }';
    expect(await reasons(libDoor, memoryWorkspace({ ...lib, 'libs/a/package.json': several }))).toEqual([]);
  });

  test('misses the README and the door, and refuses another one', async () => {
    const { 'libs/a/README.md': _readme, ...silent } = lib;
    expect(await reasons(libDoor, memoryWorkspace(silent))).toEqual([
      'libs/a/README.md:1 missing: every library has it',
    ]);
    const { 'libs/a/src/index.ts': _door, ...closed } = { ...lib, 'libs/a/src/tree.ts': '' };
    expect(await reasons(libDoor, memoryWorkspace(closed))).toHaveLength(1);
    const other = { ...lib, 'libs/a/package.json': '{ "exports": "./src/tree.ts" }' };
    expect(await reasons(libDoor, memoryWorkspace(other))).toHaveLength(1);
  });
});
