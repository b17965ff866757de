// What the real clients say to the files of every profile.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { composeSystem } from '../../src/profiles/compose-system.ts';
import { profiles } from '../../src/profiles/index.ts';
import { compose } from '../../src/render/compose/index.ts';
import type { Target } from '../../src/render/renderer.ts';
import { swarm } from '../../src/render/swarm/index.ts';
import { system } from '../../src/system.ts';
import { fixture } from './compose-fixture.ts';

const systems = [
  ['the sample', fixture, 'dev'] as const,
  ...Object.values(profiles).map(
    (profile) => [profile.name, composeSystem(system, profile), profile.name] as const,
  ),
];
const folder = mkdtempSync(join(tmpdir(), 'lucid-compose-client-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const docker = (args: readonly string[], cwd = folder) =>
  execa('docker', args, { cwd, reject: false, timeout: 20_000 });
const has = async (...args: string[]) => !(await docker(args)).failed;
const withCompose = await has('compose', 'version');
const withStacks = await has('stack', 'config', '--help');
const suite = (name: string, command: string, there: boolean) =>
  there ? name : `${name} (skipped: \`docker ${command}\` is not there)`;

function written(target: Target, of: (typeof systems)[number]): string {
  const [name, composed, profile] = of;
  const dir = join(folder, target.name, name.replace(' ', '-'));
  for (const [path, text] of target.render(composed, { profile }).files) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), text);
  }
  return dir;
}

const both = (flag: string, built: string, planned: string) => [
  [flag, built],
  [flag, built, flag, planned],
];

describe.skipIf(!withCompose)(suite('Docker Compose', 'compose', withCompose), () => {
  it.each(systems)('takes the files of %s, without and with what is planned', async (...of) => {
    const dir = written(compose, of);
    for (const files of both('-f', 'compose.yaml', 'compose.planned.yaml')) {
      const { exitCode, stderr } = await docker(['compose', ...files, 'config', '--quiet'], dir);
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    }
  });

  it('reads values as they are meant', async () => {
    const dir = written(compose, ['the sample', fixture, 'dev']);
    const { stdout } = await docker(['compose', '-f', 'compose.yaml', 'config', '--format', 'json'], dir);
    const { services } = JSON.parse(stdout);
    // It prints what could be read again, with `$` escaped once more.
    expect(services['sample-worker-1'].environment).toMatchObject({
      PATTERN: '^a$$|{{name}}|$$' + '{b}',
      FLAG: 'off',
      EMPTY: '',
      COUNT: '007',
      LINES: 'one\ntwo',
    });
    expect(services['sample-worker-1'].deploy.resources.limits).toEqual({
      cpus: 1,
      memory: String(768 * 1024 ** 2),
    });
    expect(services['sample-store'].entrypoint[2]).toContain('--price=$$5');
    expect(services['sample-worker-1'].image).toBe('ghcr.io/hamigames/lucid/sample-worker:latest');
  });
});

describe.skipIf(!withStacks)(suite('docker stack', 'stack config', withStacks), () => {
  it.each(systems)('takes the files of %s, without and with what is planned', async (...of) => {
    const dir = written(swarm, of);
    for (const files of both('-c', 'stack.yaml', 'stack.planned.yaml')) {
      const { exitCode, stderr, stdout } = await docker(['stack', 'config', ...files], dir);
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
      expect(Object.keys(parse(stdout).services).length).toBeGreaterThan(0);
    }
  });

  it('reads values as they are meant', async () => {
    const dir = written(swarm, ['the sample', fixture, 'dev']);
    const { stdout } = await docker(['stack', 'config', '-c', 'stack.yaml'], dir);
    const { services, secrets } = parse(stdout);
    expect(services['sample-worker'].environment.FLAG).toBe('off');
    expect(services['sample-store'].entrypoint[2]).toContain('--price=$');
    expect(secrets['store-password'].name).toBe('sample_store-password');
  });
});
