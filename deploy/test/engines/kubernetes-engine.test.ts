import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import { KubernetesEngine } from '../../src/engines/kubernetes/kubernetes-engine.ts';
import { root } from '../support/tiny-engine.ts';
import { cluster } from './support/cluster.ts';
import { FakeClients } from './support/fake-clients.ts';
import { modulePath } from './support/systems.ts';

vi.setConfig({ testTimeout: 60_000 });
let clients: FakeClients;
let engine: KubernetesEngine;
beforeEach(() => {
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

  it('keep what one service was updated to, and what it was rolled back to', async () => {
    await engine.up({ profile: 'tiny' });
    await engine.update('tiny-left', '0.2.0');
    clients.answers('kubectl', cluster({ 'lucid-tiny-left': 2 }));
    await engine.scale('tiny-left', 2);
    expect(appliedImage()).toMatch(/:0\.2\.0$/);
    const before = 'registry.test/lucid/tiny-left:0.1.0';
    const image: [string, string] = [`'get deployment.apps/'*jsonpath*`, before];
    clients.answers('kubectl', cluster({ 'lucid-tiny-left': 2 }, [image]));
    await engine.rollback('tiny-left');
    await engine.scale('tiny-left', 2);
    expect(appliedImage()).toBe(before);
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
