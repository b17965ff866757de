import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import { KubernetesEngine } from '../../src/engines/kubernetes/kubernetes-engine.ts';
import { root } from '../support/tiny-engine.ts';
import { cluster, SERVICES } from './support/cluster.ts';
import { type Answer, FakeClients } from './support/fake-clients.ts';
import { modulePath } from './support/systems.ts';

vi.setConfig({ testTimeout: 60_000 });
let clients: FakeClients;
let engine: KubernetesEngine;
beforeEach(() => {
  vi.stubEnv('DOCKER_HOST', undefined); // written down with every call, and set where a lab has the engine
  clients = new FakeClients();
  clients.answers('kubectl', cluster());
  engine = new KubernetesEngine({ root, home: clients.home, systemModule: modulePath, deadlineMs: 5_000 });
});
afterEach(() => {
  vi.unstubAllEnvs();
  clients.remove();
});

/** The image of one service, as the last `apply` had it. */
function appliedImage(): string | undefined {
  const text = readFileSync(join(clients.home, 'kubernetes/rendered/kustomization.yaml'), 'utf8');
  const { images } = parse(text) as { images: { name: string; newName: string; newTag: string }[] };
  const ours = images.find(({ name }) => name.endsWith('/tiny-left'));
  return ours && `${ours.newName}:${ours.newTag}`;
}

describe('the images of a deployment on Kubernetes', () => {
  it('are those of the environment of its up, whatever the shell of a later command says', async () => {
    vi.stubEnv('LUCID_REGISTRY', 'registry.test/lucid');
    vi.stubEnv('LUCID_VERSION', '0.1.0');
    await engine.up({ profile: 'tiny' });
    const first = appliedImage();
    expect(first).toMatch(/^registry\.test\/lucid\/tiny-left:0\.1\.0$/);
    vi.stubEnv('LUCID_REGISTRY', '');
    vi.stubEnv('LUCID_VERSION', '9.9.9');
    clients.answers('kubectl', cluster({ 'lucid-tiny-left': 2 }));
    await engine.scale('tiny-left', 2);
    expect(appliedImage()).toBe(first);
    vi.stubEnv('LUCID_VERSION', '');
    await engine.up({ profile: 'tiny' });
    expect(appliedImage()).toBe(first);
    vi.stubEnv('LUCID_VERSION', '0.2.0');
    await engine.up({ profile: 'tiny' });
    expect(appliedImage()).toMatch(/^registry\.test\/lucid\/tiny-left:0\.2\.0$/);
  });

  it('keep what one service was updated to', async () => {
    await engine.up({ profile: 'tiny' });
    await engine.update('tiny-left', '0.2.0');
    clients.answers('kubectl', cluster({ 'lucid-tiny-left': 2 }));
    await engine.scale('tiny-left', 2);
    expect(appliedImage()).toMatch(/:0\.2\.0$/);
  });
});

describe('a rollback on Kubernetes', () => {
  const ours = (version: string) => `registry.test/lucid/tiny-left:${version}`;
  const has = (version: string, more: Answer[] = []) =>
    clients.answers('kubectl', cluster({}, [...more, [`'get deployment.apps/'*jsonpath*`, ours(version)]]));
  const changes = () =>
    clients.asked().filter((line) => /^kubectl (set image|rollout (undo|restart))/.test(line));
  beforeEach(async () => {
    vi.stubEnv('LUCID_REGISTRY', 'registry.test/lucid');
    vi.stubEnv('LUCID_VERSION', '0.1.0');
    await engine.up({ profile: 'tiny' });
  });
  const set = (version: string) =>
    `kubectl set image deployment.apps/lucid-tiny-left lucid-tiny-left=${ours(version)} --namespace tiny`;

  it('goes back to what ran before the update, whatever was restarted since', async () => {
    await engine.update('tiny-left', '0.2.0');
    await engine.restart('tiny-left');
    has('0.2.0');
    changes();
    await engine.rollback('tiny-left');
    expect(changes()).toEqual([set('0.1.0')]);
    await engine.up({ profile: 'tiny' });
    expect(appliedImage()).toBe(ours('0.1.0'));
  });

  it('goes back from an update that did not go through to the one that did', async () => {
    await engine.update('tiny-left', '0.2.0');
    has('0.3.0', [[`'rollout status '*`, 'timed out', 1]]);
    await expect(engine.update('tiny-left', '0.3.0')).rejects.toMatchObject({ code: 'kubectl-failed' });
    has('0.3.0');
    changes();
    await engine.rollback('tiny-left');
    expect(changes()).toEqual([set('0.2.0')]);
    has('0.2.0');
    await engine.rollback('tiny-left');
    expect(changes()).toEqual([set('0.1.0')]);
  });

  it('takes the revision of the cluster where nothing is remembered', async () => {
    has('0.1.0');
    changes();
    await engine.rollback('tiny-left');
    expect(changes()).toEqual(['kubectl rollout undo deployment.apps/lucid-tiny-left --namespace tiny']);
  });
});

describe('a rollout on Kubernetes', () => {
  it('is given the time that its replicas need one after the other', async () => {
    await engine.up({ profile: 'tiny' });
    clients.answers('kubectl', cluster({ 'lucid-tiny-left': 3 }));
    await engine.scale('tiny-left', 3);
    clients.asked();
    for (const roll of [() => engine.restart('tiny-left'), () => engine.update('tiny-left', '0.2.0')]) {
      await roll();
      const watched = clients.asked().find((line) => line.startsWith('kubectl rollout status'));
      const seconds = Number(/--timeout=(\d+)s$/.exec(watched ?? '')?.[1]);
      const system = await engine.wanted();
      const left = system.services.find(({ name }) => name === 'lucid-tiny-left');
      if (!left?.probe) throw new Error('the fixture has no such service');
      const { monitorSeconds } = left.update;
      expect(seconds).toBeGreaterThan(3 * (monitorSeconds + left.probe.startPeriodSeconds));
    }
  });
});

describe('services with an autoscaler of the cluster', () => {
  const counts = { 'lucid-tiny-left': 1 };

  it('are waited for at their lower bound, and judged by what the autoscaler asks for', async () => {
    const items = [{ metadata: { name: 'lucid-tiny-left' }, spec: { replicas: 3 } }];
    const asked: [string, string] = [
      `'get deployments,statefulsets '*output=json`,
      JSON.stringify({ items }),
    ];
    clients.answers('kubectl', cluster(counts, [asked]));
    const planned: string[] = [];
    const report = await engine.up({ profile: 'autoscale' }, (event) => {
      if (event.type === 'plan') planned.push(...event.instances.map(({ id }) => id));
    });
    expect(report.status.phase).toBe('running');
    expect(planned.filter((id) => id.startsWith('lucid-tiny-left'))).toEqual(['lucid-tiny-left-1']);
    const wanted = await engine.wanted();
    expect(wanted.services.map(({ name, replicas }) => [name, replicas])).toContainEqual([
      'lucid-tiny-left',
      3,
    ]);
  });

  it('are waited for in the number of the profile where there is no autoscaler', async () => {
    const hurried = { root, home: clients.home, systemModule: modulePath, deadlineMs: 100 };
    const starting = new KubernetesEngine(hurried).up({ profile: 'tiny', scale: { 'tiny-left': 4 } });
    clients.answers('kubectl', cluster(counts, [[`'delete '*`, '']]));
    await expect(starting).rejects.toMatchObject({
      code: 'not-ready',
      message: expect.stringContaining('lucid-tiny-left-2, lucid-tiny-left-3, lucid-tiny-left-4'),
    });
  });

  it('are not scaled by hand', async () => {
    clients.answers('kubectl', cluster(counts));
    await engine.up({ profile: 'autoscale' });
    const refusal = {
      code: 'autoscaled',
      exitCode: 2,
      message: expect.stringContaining('its autoscaler moves it from 1 to 5'),
    };
    await expect(engine.scale('tiny-left', 2)).rejects.toMatchObject(refusal);
    await expect(engine.up({ profile: 'autoscale', scale: { 'tiny-left': 2 } })).rejects.toMatchObject(
      refusal,
    );
  });
});

describe('a second up', () => {
  const left = async () => {
    const { services } = await engine.wanted();
    const { env, resources } = services.find(({ name }) => name === 'lucid-tiny-left') ?? {};
    return { level: env?.LOG_LEVEL, memoryMiB: resources?.limits.memoryMiB };
  };

  it('keeps the settings it does not name, and replaces those it does', async () => {
    const set = ['tiny-left.limits.memory=300M'];
    await engine.up({ profile: 'tiny', set, env: ['tiny-left:LOG_LEVEL=debug'] });
    expect(await left()).toEqual({ level: 'debug', memoryMiB: 300 });
    await engine.up({ profile: 'tiny' });
    expect(await left()).toEqual({ level: 'debug', memoryMiB: 300 });
    await engine.up({ profile: 'tiny', set: ['tiny-left.limits.memory=400M'] });
    expect(await left()).toEqual({ level: 'debug', memoryMiB: 400 });
    await engine.up({ profile: 'tiny', env: ['tiny-right:LOG_LEVEL=debug'] });
    expect(await left()).toEqual({ level: 'info', memoryMiB: 400 });
  });
});

describe('the logs of pods', () => {
  it('are followed all at once', async () => {
    await engine.up({ profile: 'tiny' });
    clients.answers('kubectl', cluster({}, [[`'logs '*`, '2026-01-01T00:00:00Z said\n']]));
    clients.asked();
    const seen: string[] = [];
    for await (const line of engine.logs({ follow: true })) seen.push(`${line.instance} ${line.text}`);
    expect(seen.toSorted()).toEqual(SERVICES.map((name) => `${name}-1 said`).toSorted());
    const followed = clients.asked().filter((line) => line.endsWith('--follow'));
    expect(followed).toHaveLength(SERVICES.length);
  });
});
