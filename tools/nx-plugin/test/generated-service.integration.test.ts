import { createServer } from 'node:net';
import { join } from 'node:path';
import { allChecks, openWorkspace } from '@lucid/checks';
import { eventually, type TemporaryFolder, TestIdentities, temporaryFolder } from '@lucid/testing';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { generateInto } from './support/generated-workspace.ts';

const plugin = join(import.meta.dirname, '..');

describe.each(['none', 'mongo'] as const)('a generated service with store %s', (store) => {
  const root = 'apps/sessions/session-replay';
  let folder: TemporaryFolder;
  let written: string[];
  const run = (script: string, ...args: string[]) =>
    execa(process.execPath, [script, ...args], { cwd: folder.path, reject: false, all: true });

  beforeAll(() => {
    folder = temporaryFolder('generated');
    written = generateInto(folder.path, { name: 'session-replay', cluster: 'sessions', port: 8099, store });
  });
  afterAll(() => folder.remove());

  test('type-checks, with the contract beside the others', async () => {
    for (const project of [root, 'libs/contracts'])
      expect((await run(join(plugin, 'src/tasks/typecheck.ts'), project)).all).toBe('');
  });

  test('is formatted and free of lint', async () => {
    const result = await execa(
      'biome',
      ['check', '--vcs-enabled=false', '--error-on-warnings', ...written.filter((it) => it.endsWith('.ts'))],
      {
        cwd: folder.path,
        preferLocal: true,
        localDir: plugin,
        reject: false,
        all: true,
      },
    );
    expect(result.exitCode, result.all).toBe(0);
  });

  test('keeps every rule of the tree', async () => {
    const aboutTheWholeTree = ['lockfile', 'dependencies-documented', 'generated-docs', 'docs-links'];
    const workspace = openWorkspace(folder.path);
    for (const check of allChecks.filter(({ name }) => !aboutTheWholeTree.includes(name)))
      expect(
        (await check.run(workspace)).filter(({ file }) => written.includes(file)),
        check.name,
      ).toEqual([]);
  });

  test('has passing tests', async () => {
    const { all, exitCode } = await run(
      'node_modules/vitest/vitest.mjs',
      'run',
      '--config=vitest.config.ts',
      `${root}/test/`,
    );
    expect(exitCode, all).toBe(0);
  });
});

describe('a generated service', () => {
  test('starts, answers /health and its own route, and drains on SIGTERM', async () => {
    using folder = temporaryFolder('generated');
    using identities = new TestIdentities();
    generateInto(folder.path, { name: 'session-replay', cluster: 'sessions', port: 8099 });
    const port = await freePort();
    const child = execa(process.execPath, ['apps/sessions/session-replay/src/main.ts'], {
      cwd: folder.path,
      reject: false,
      all: true,
      env: {
        ...identities.environment('lucid-session-replay', []),
        HOST: '127.0.0.1',
        PORT: String(port),
        DRAIN_DELAY_MS: '0',
      },
    });
    try {
      const base = `http://127.0.0.1:${port}`;
      await eventually('the service is ready', async () => (await fetch(`${base}/health/ready`)).ok);
      expect(await (await fetch(`${base}/health`)).json()).toMatchObject({
        status: 'healthy',
        service: 'lucid-session-replay',
      });
      expect(await (await fetch(`${base}/api/v1/session-replay/status`)).json()).toEqual({ status: 'ready' });
    } finally {
      child.kill('SIGTERM');
    }
    const { exitCode, all } = await child;
    expect(exitCode, all).toBe(0);
  });
});

/** A port that was free a moment ago; the service cannot tell us one it chose itself. */
function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer();
    server.once('error', fail);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => done(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
