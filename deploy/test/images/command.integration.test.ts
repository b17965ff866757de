import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../../..');
const build = (flags: readonly string[], env: Record<string, string> = {}) =>
  execa(process.execPath, ['deploy/images/build.mjs', ...flags], { cwd: root, env, reject: false });

const nowhere = { DOCKER_HOST: 'unix:///nonexistent/docker.sock' };

describe('the command', () => {
  test('says in one line that no engine answers, where it looked, and fails with 3', async () => {
    const { exitCode, stdout, stderr } = await build(['api-gateway'], nowhere);
    expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '' });
    expect(stderr).toMatch(/^failed: no Docker engine answers at .+\)$/);
    expect(stderr.split('\n')).toHaveLength(1);
  });

  test('counts that as skipped where it is told to', async () => {
    const { exitCode, stderr } = await build(['api-gateway', '--if-engine'], nowhere);
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(/^skipped: no Docker engine answers at /);
  });

  test('says the same where there is no Docker client at all', async () => {
    const { exitCode, stderr } = await build(['api-gateway'], { PATH: '/nonexistent' });
    expect(exitCode).toBe(3);
    expect(stderr).toMatch(/^failed: no Docker engine answers at .+ENOENT/);
  });

  test('knows the apps, and what was mistyped', async () => {
    expect(await build(['nobody'])).toMatchObject({
      exitCode: 2,
      stderr: 'failed: nobody is no app: it has no src/main.ts',
    });
    expect(await build(['--nothing'])).toMatchObject({
      exitCode: 2,
      stderr: "error: unknown option '--nothing'",
    });
  });
});
