// What goes wrong around a deployment on containers, and what is said of it.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DockerCommand } from '../../src/engines/containers/docker-command.ts';
import { SwarmEngine } from '../../src/engines/swarm/swarm-engine.ts';
import { root } from '../support/tiny-engine.ts';
import { FakeClients } from './support/fake-clients.ts';
import { type SwarmSaid, swarm } from './support/swarm.ts';
import { modulePath } from './support/systems.ts';

vi.setConfig({ testTimeout: 60_000 });
let clients: FakeClients;
let engine: SwarmEngine;
const says = (said: SwarmSaid = {}) => clients.answers('docker', swarm(said));
beforeEach(() => {
  vi.stubEnv('DOCKER_HOST', undefined);
  clients = new FakeClients();
  says();
  const common = { root, home: clients.home, systemModule: modulePath, build: false, deadlineMs: 5_000 };
  engine = new SwarmEngine(common);
});
afterEach(() => {
  vi.unstubAllEnvs();
  clients.remove();
});

describe('an inspection', () => {
  const docker = new DockerCommand();
  const inspected = (said: string) => {
    clients.answers('docker', [['*', said, 1]]);
    return docker.inspect(['inspect', 'gone']);
  };

  it('that fails is no proof that nothing is there', async () => {
    await expect(inspected('Cannot connect to the Docker daemon')).rejects.toMatchObject({
      code: 'docker-failed',
    });
    says();
    await engine.up({ profile: 'tiny' });
    says({ more: [[`'inspect --type task '*`, 'Cannot connect to the Docker daemon', 1]] });
    await expect(engine.status()).rejects.toMatchObject({ code: 'docker-failed' });
  });

  it('leaves out what has gone since it was listed', async () => {
    clients.script('docker', `echo '[{"Id":"a"}]'; echo 'Error: No such object: b' >&2; exit 1`);
    expect(await docker.inspect(['inspect', 'a', 'b'])).toEqual([{ Id: 'a' }]);
    clients.script('docker', `echo '[]'; echo 'Cannot connect to the Docker daemon' >&2; exit 1`);
    await expect(docker.inspect(['inspect', 'a'])).rejects.toMatchObject({ code: 'docker-failed' });
  });
});

describe('what was deployed', () => {
  it.each([
    ['{"version": 1,', /cannot use .*deployment\.json/],
    ['{"version": 2}', /another version/],
  ])('is not forgotten because %s cannot be read', async (text, said) => {
    mkdirSync(join(clients.home, 'swarm'), { recursive: true });
    writeFileSync(join(clients.home, 'swarm/deployment.json'), text);
    const unusable = { code: 'home-unusable', message: expect.stringMatching(said) };
    await expect(engine.down()).rejects.toMatchObject(unusable);
    expect(() => engine.hasDeployment()).toThrow(expect.objectContaining(unusable));
  });
});

describe('a first start', () => {
  it('that fails tells its own reason first when undoing it fails too', async () => {
    says({
      more: [
        [`'stack deploy '*`, 'no room for it', 1],
        [`'stack rm '*`, 'no manager', 1],
      ],
    });
    await expect(engine.up({ profile: 'tiny' })).rejects.toMatchObject({
      code: 'docker-failed',
      message: expect.stringMatching(/no room for it; stopping it again failed too: .*no manager/),
    });
  });

  it('that is interrupted while images are fetched stops there', async () => {
    const interruption = new AbortController();
    clients.answers('docker', swarm({ more: [[`'image inspect '*`, 'no such image', 1]] }));
    clients.holds('docker', 'pull');
    const starting = engine.up({ profile: 'tiny' }, undefined, interruption.signal);
    const pulled = () => clients.asked().some((line) => line.startsWith('docker pull'));
    await Promise.all([
      expect(starting).rejects.toMatchObject({
        code: 'start-interrupted',
        message: expect.stringContaining('nothing has been changed'),
      }),
      vi.waitUntil(pulled, { interval: 20, timeout: 10_000 }).then(() => interruption.abort()),
    ]);
    expect(clients.asked().join('\n')).not.toMatch(/stack deploy|secret create/);
  });
});

describe('a second start', () => {
  it('that is interrupted says that the first one stays', async () => {
    await engine.up({ profile: 'tiny' });
    const interruption = new AbortController();
    clients.asked();
    const starting = engine.up(
      { profile: 'tiny', scale: { 'lucid-tiny-left': 2 } },
      undefined,
      interruption.signal,
    );
    const deployed = () => clients.asked().some((line) => line.startsWith('docker stack deploy'));
    await Promise.all([
      expect(starting).rejects.toMatchObject({
        code: 'start-interrupted',
        message: expect.stringContaining('stays up'),
      }),
      vi.waitUntil(deployed, { interval: 20, timeout: 10_000 }).then(() => interruption.abort()),
    ]);
  });
});

describe('taking away', () => {
  it('works when what was asked for is no longer understood, or breaks a rule', async () => {
    await engine.up({ profile: 'tiny' });
    const file = join(clients.home, 'swarm/deployment.json');
    const remembered = JSON.parse(readFileSync(file, 'utf8')) as object;
    const choices = {
      'no-such-part.replicas=2': 'no-such-service',
      'lucid-tiny-left.no-such-word=2': 'bad-override',
      'lucid-tiny-left.limits.memory=16M': 'broken-model',
    };
    for (const [set, code] of Object.entries(choices)) {
      writeFileSync(file, JSON.stringify({ ...remembered, set: [set] }));
      says({
        more: [
          [`'stack rm tiny'`, ''],
          [`'stack ps '*'--no-trunc tiny'`, 'task-1'],
          [`'stack ps '*`, ''],
          [`'ps '*|'network ls '*`, ''],
        ],
      });
      await expect(engine.up({ profile: 'tiny' })).rejects.toMatchObject({ code });
      clients.asked();
      expect(await engine.down()).toBe(4);
      expect(clients.asked()).toContain('docker stack rm tiny');
      expect(engine.hasDeployment()).toBe(false);
    }
  });
});

describe('lines of a client', () => {
  it('end at once for whoever has gone already', async () => {
    const lines = new DockerCommand().lines(['logs', 'x'], AbortSignal.abort());
    expect(await lines.next()).toMatchObject({ done: true });
    expect(clients.asked()).toEqual([]);
  });
});
