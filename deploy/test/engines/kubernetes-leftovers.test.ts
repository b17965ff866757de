import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { KubernetesEngine } from '../../src/engines/kubernetes/kubernetes-engine.ts';
import { root } from '../support/tiny-engine.ts';
import { cluster } from './support/cluster.ts';
import { FakeClients } from './support/fake-clients.ts';
import { modulePath } from './support/systems.ts';

let clients: FakeClients;
let engine: KubernetesEngine;
beforeEach(async () => {
  vi.stubEnv('DOCKER_HOST', undefined);
  clients = new FakeClients();
  clients.answers('kubectl', cluster());
  engine = new KubernetesEngine({ root, home: clients.home, systemModule: modulePath, deadlineMs: 5_000 });
  await engine.up({ profile: 'tiny' });
  clients.asked();
});
afterEach(() => {
  vi.unstubAllEnvs();
  clients.remove();
});

const there = (kind: string, name: string, more: object = {}, manager = 'lucid') => ({
  kind,
  metadata: { name, managedFields: [{ manager: 'kubectl' }, { manager }], ...more },
});
const over = (job: object, type: string) => ({ ...job, status: { conditions: [{ type, status: 'True' }] } });

/** Deletes of a second up on a cluster that has these objects. */
async function deleted(items: readonly object[]): Promise<string[]> {
  const found: [string, string] = [`'get deployments,statefulsets,jobs,'*`, JSON.stringify({ items })];
  clients.answers('kubectl', cluster({}, [found, [`'delete '*`, '']]));
  await engine.up({ profile: 'tiny' });
  return clients.asked().filter((line) => line.startsWith('kubectl delete'));
}

describe('what an earlier up left on Kubernetes', () => {
  it('is deleted where this one has no such object, and nothing else', async () => {
    const lines = await deleted([
      there('Deployment', 'lucid-tiny-left'),
      there('Service', 'lucid-tiny-left'),
      there('StatefulSet', 'lucid-tiny-store'),
      there('Deployment', 'lucid-tiny-gone'),
      there('StatefulSet', 'lucid-tiny-left'),
      there('NetworkPolicy', 'gone-from-left'),
    ]);
    const gone = 'deployment/lucid-tiny-gone statefulset/lucid-tiny-left networkpolicy/gone-from-left';
    const how = '--namespace tiny --ignore-not-found --cascade=foreground --timeout=300s';
    expect(lines).toEqual([`kubectl delete ${gone} ${how}`]);
  });

  it('is a Job of another hash as soon as that is over', async () => {
    const [line] = await deleted([
      there('Job', 'lucid-tiny-init-00000001'),
      over(there('Job', 'lucid-tiny-init-00000002'), 'Complete'),
      over(there('Job', 'lucid-tiny-init-00000003'), 'Failed'),
      over(there('Job', 'lucid-tiny-init-00000004'), 'Suspended'),
    ]);
    expect(line?.match(/job\/\S+/g)).toEqual([
      'job/lucid-tiny-init-00000002',
      'job/lucid-tiny-init-00000003',
    ]);
  });

  it('is not what others applied, what a controller made, or anything that holds data', async () => {
    expect(
      await deleted([
        there('Deployment', 'somebodys', {}, 'kubectl-client-side-apply'),
        there('Job', 'of-a-schedule', { ownerReferences: [{ kind: 'CronJob' }] }),
      ]),
    ).toEqual([]);
    await deleted([]);
    clients.answers('kubectl', cluster());
    clients.asked();
    await engine.up({ profile: 'tiny' });
    const asked = clients
      .asked()
      .filter((line) => line.startsWith('kubectl get deployments,statefulsets,jobs'));
    expect(asked).toHaveLength(1);
    expect(asked[0]).toContain('--namespace tiny --selector app.kubernetes.io/part-of=tiny');
    expect(asked[0]).not.toMatch(/secret|persistentvolume|configmap/);
  });
});
