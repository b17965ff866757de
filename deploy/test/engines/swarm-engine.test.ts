import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import { SwarmEngine } from '../../src/engines/swarm/swarm-engine.ts';
import { root } from '../support/tiny-engine.ts';
import { FakeClients } from './support/fake-clients.ts';
import { SERVICES, type SwarmSaid, swarm, updated } from './support/swarm.ts';
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

/** Service to the image it was deployed with last. */
function deployedImages(): Record<string, string> {
  const file = join(clients.home, 'swarm/rendered/stack.phase.yaml');
  const { services } = parse(readFileSync(file, 'utf8')) as { services: Record<string, { image: string }> };
  return Object.fromEntries(Object.entries(services).map(([name, { image }]) => [name, image]));
}

const accepted: [string, string] = [`'service update '*`, ''];

/** A rolling update that Swarm says is over as soon as it has begun. */
async function completed(update: () => Promise<unknown>): Promise<string> {
  const statusOf = (status: object | null): [string, string] => [
    `'service inspect tiny_'*`,
    updated(1, status),
  ];
  says({ more: [statusOf(null), accepted] });
  clients.asked();
  const updating = update();
  const begun = (line: string) => line.startsWith('docker service update');
  const lines = await vi.waitUntil(() => clients.asked().find(begun), { interval: 50, timeout: 10_000 });
  says({ more: [statusOf({ State: 'completed', StartedAt: new Date().toISOString() }), accepted] });
  await updating;
  return lines;
}

describe('the images of a deployment on a Swarm', () => {
  it('are those of the environment of its up, whatever the shell of a later command says', async () => {
    vi.stubEnv('LUCID_REGISTRY', 'registry.test/lucid');
    vi.stubEnv('LUCID_VERSION', '0.1.0');
    vi.stubEnv('MONGO_IMAGE', 'registry.test/mongo:7');
    await engine.up({ profile: 'tiny' });
    const first = deployedImages();
    expect(first).toEqual({
      'lucid-tiny-store': 'registry.test/mongo:7',
      'lucid-tiny-left': 'registry.test/lucid/tiny-left:0.1.0',
      'lucid-tiny-right': 'registry.test/lucid/tiny-right:0.1.0',
      'lucid-tiny-door': 'registry.test/lucid/tiny-door:0.1.0',
    });
    for (const name of ['LUCID_REGISTRY', 'LUCID_VERSION', 'MONGO_IMAGE']) vi.stubEnv(name, undefined);
    says({ counts: { 'lucid-tiny-left': 2 } });
    await engine.scale('tiny-left', 2);
    expect(deployedImages()).toEqual(first);
    await engine.up({ profile: 'tiny' });
    expect(deployedImages()).toEqual(first);
  });

  it('keep what one service was updated to, until all are to have another version', async () => {
    await engine.up({ profile: 'tiny' });
    await completed(() => engine.update('tiny-left', '0.2.0'));
    says({ counts: { 'lucid-tiny-right': 2 } });
    await engine.scale('tiny-right', 2);
    expect(deployedImages()).toMatchObject({
      'lucid-tiny-left': 'ghcr.io/hamigames/lucid/tiny-left:0.2.0',
      'lucid-tiny-right': 'ghcr.io/hamigames/lucid/tiny-right:latest',
    });
    vi.stubEnv('LUCID_VERSION', '0.3.0');
    await engine.up({ profile: 'tiny' });
    expect(deployedImages()).toMatchObject({ 'lucid-tiny-left': 'ghcr.io/hamigames/lucid/tiny-left:0.3.0' });
  });

  it('are put back to those before the last update, whatever was deployed in between', async () => {
    vi.stubEnv('LUCID_VERSION', '0.1.0');
    await engine.up({ profile: 'tiny' });
    await completed(() => engine.update('tiny-left', '0.2.0'));
    says({ counts: { 'lucid-tiny-right': 2 } });
    await engine.scale('tiny-right', 2);
    const asked = await completed(() => engine.rollback('tiny-left'));
    expect(asked).toContain('--image ghcr.io/hamigames/lucid/tiny-left:0.1.0');
    says({ counts: { 'lucid-tiny-right': 2 } });
    await engine.scale('tiny-right', 2);
    expect(deployedImages()).toMatchObject({ 'lucid-tiny-left': 'ghcr.io/hamigames/lucid/tiny-left:0.1.0' });
  });

  it("of other people's have no version of ours", async () => {
    await engine.up({ profile: 'tiny' });
    await expect(engine.update('tiny-store', '8')).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('set MONGO_IMAGE and run up'),
    });
  });

  it('are fetched by the nodes with the login of whoever deploys', async () => {
    await engine.up({ profile: 'tiny' });
    const deploys = clients.asked().filter((line) => line.startsWith('docker stack deploy'));
    expect(deploys.length).toBeGreaterThan(0);
    for (const line of deploys) expect(line).toContain(' --with-registry-auth ');
  });
});

describe('an update that replaces nothing', () => {
  it('is over at once when the service has that version already', async () => {
    await engine.up({ profile: 'tiny' });
    const runs = updated(1, null, 'ghcr.io/hamigames/lucid/tiny-left:0.2.0');
    says({ more: [[`'service inspect tiny_'*`, runs]] });
    clients.asked();
    await engine.update('tiny-left', '0.2.0');
    expect(clients.asked().join('\n')).not.toContain('service update');
  });

  it('is over at once when the service has no replicas', async () => {
    await engine.up({ profile: 'tiny' });
    says({ counts: { 'lucid-tiny-left': 0 }, more: [accepted] });
    clients.asked();
    await engine.update('tiny-left', '0.2.0');
    expect(clients.asked().join('\n')).toContain('tiny-left:0.2.0');
  });
});

describe('a part that is no longer of the system', () => {
  it('goes with the last deployment, which alone is the whole', async () => {
    await engine.up({ profile: 'tiny' });
    const deploys = clients.asked().filter((line) => line.startsWith('docker stack deploy'));
    expect(deploys.map((line) => line.includes(' --prune '))).toEqual([
      ...deploys.slice(1).map(() => false),
      true,
    ]);
  });
});

describe('the node that holds the data', () => {
  it('is asked for before anything is handed over, with the command that names one', async () => {
    says({ labelled: [] });
    await expect(engine.up({ profile: 'tiny' })).rejects.toMatchObject({
      code: 'no-data-node',
      message: expect.stringContaining('`docker node update --label-add lucid.data=true host-n1`'),
    });
    expect(clients.asked().join('\n')).not.toMatch(/secret create|stack deploy|image inspect/);
    says({ labelled: ['n3'] });
    expect(await engine.up({ profile: 'tiny' })).toMatchObject({ started: true });
  });
});

describe('the logs of a Swarm', () => {
  it('are followed for all services at once, and end with the reader', async () => {
    await engine.up({ profile: 'tiny' });
    const said = (name: string) => `2026-01-01T00:00:00.0Z tiny_${name}.1.abc@host-n1    | said\n`;
    const logs = SERVICES.map((name): [string, string] => [
      `'service logs '*'--follow tiny_${name}'`,
      said(name),
    ]);
    says({ more: logs });
    const seen: string[] = [];
    for await (const line of engine.logs({ follow: true })) seen.push(`${line.instance} ${line.text}`);
    expect(seen.toSorted()).toEqual(SERVICES.map((name) => `${name}-1 said`).toSorted());
  });
});

describe('what Docker itself says of the logs', () => {
  it('is shown with them, for they are not all then', async () => {
    await engine.up({ profile: 'tiny' });
    clients.script('docker', `case "$*" in *tiny-left) echo 'warning: incomplete log stream' >&2;; esac`);
    const seen: string[] = [];
    for await (const line of engine.logs({ of: ['tiny-left-1'] })) seen.push(`${line.instance} ${line.text}`);
    expect(seen).toEqual(['lucid-tiny-left warning: incomplete log stream']);
  });
});

describe('an instance on another node', () => {
  const inContainer: [string, string] = [`'exec container-lucid-tiny-left-1 '*`, 'hello'];

  it('is asked through the engine of its node, where that is named', async () => {
    await engine.up({ profile: 'tiny' });
    says({ nodeOf: () => 'n2', more: [inContainer] });
    await expect(engine.capture('tiny-left-1', ['hi'])).rejects.toMatchObject({
      code: 'elsewhere',
      node: 'host-n2',
      message: expect.stringContaining('LUCID_NODE_HOSTS'),
    });
    vi.stubEnv('LUCID_NODE_HOSTS', 'host-n3=ssh://c,host-n2=ssh://admin@b');
    clients.asked();
    expect(await engine.capture('tiny-left-1', ['hi'])).toMatchObject({ exitCode: 0, stdout: 'hello' });
    expect(clients.asked()).toContain('ssh://admin@b docker exec container-lucid-tiny-left-1 hi');
    says({ more: [inContainer] });
    await engine.capture('tiny-left-1', ['hi']);
    expect(clients.asked()).toContain('docker exec container-lucid-tiny-left-1 hi');
  });

  it('is not asked through what cannot be understood', async () => {
    await engine.up({ profile: 'tiny' });
    says({ nodeOf: () => 'n2' });
    vi.stubEnv('LUCID_NODE_HOSTS', 'host-n2');
    await expect(engine.capture('tiny-left-1', ['hi'])).rejects.toMatchObject({ code: 'usage' });
  });
});

describe('the door of a Swarm', () => {
  it('is at the address of the node that runs it, whatever address of a machine is asked for', async () => {
    const { status } = await engine.up({ profile: 'tiny' });
    expect(status.publicUrl).toBe('http://10.0.0.1:18080');
  });
});
