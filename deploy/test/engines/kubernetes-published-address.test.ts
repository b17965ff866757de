import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Kubectl } from '../../src/engines/kubernetes/kubectl.ts';
import { KubernetesEngine } from '../../src/engines/kubernetes/kubernetes-engine.ts';
import { publishedAddress } from '../../src/engines/kubernetes/published-address.ts';
import type { System } from '../../src/model/types.ts';
import { root } from '../support/tiny-engine.ts';
import { cluster } from './support/cluster.ts';
import { FakeClients } from './support/fake-clients.ts';
import { modulePath, system } from './support/systems.ts';

let clients: FakeClients;
beforeEach(() => {
  vi.stubEnv('DOCKER_HOST', undefined);
  clients = new FakeClients();
});
afterEach(() => {
  vi.unstubAllEnvs();
  clients.remove();
});

const DOOR = 'lucid-tiny-door';
const onEveryAddress: System = {
  ...system,
  services: system.services.map((service) =>
    service.publishes ? { ...service, publishes: { ...service.publishes, host: '0.0.0.0' } } : service,
  ),
};
const door = (type: string, ports: readonly object[]) => ({
  metadata: { name: `${DOOR}-public` },
  spec: { type, selector: { 'app.kubernetes.io/name': DOOR }, ports },
});
const pod = (hostIP: string | undefined, ready: boolean, name = DOOR) => ({
  metadata: { labels: { 'app.kubernetes.io/name': name } },
  status: { hostIP, conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
});
const PORTS = [
  { port: 443, nodePort: 30_443 },
  { port: 80, nodePort: 30_080 },
  { port: 8080, nodePort: 31_808 },
];

function found(services: readonly object[], pods: readonly object[], of = onEveryAddress) {
  clients.answers('kubectl', [
    [`'get services '*`, JSON.stringify({ items: services })],
    [`'get pods '*`, JSON.stringify({ items: pods })],
  ]);
  return publishedAddress(new Kubectl(), of);
}

describe('the public address of a system on Kubernetes', () => {
  it('is the number the cluster chose for the plain door, on a node with a ready pod behind it', async () => {
    const pods = [pod('10.1.0.3', true, 'another'), pod('10.1.0.4', false), pod('10.1.0.5', true)];
    expect(await found([door('NodePort', PORTS)], pods)).toBe('http://10.1.0.5:31808');
    expect(await found([door('NodePort', PORTS.slice(0, 2))], pods)).toBe('http://10.1.0.5:30080');
    expect(await found([door('NodePort', PORTS)], [pod('fd00::5', true)])).toBe('http://[fd00::5]:31808');
  });

  it('is none where there is no such port, or nobody behind it', async () => {
    const ready = [pod('10.1.0.5', true)];
    expect(await found([], ready)).toBeUndefined();
    expect(await found([door('ClusterIP', [{ port: 8080 }])], ready)).toBeUndefined();
    expect(await found([door('NodePort', PORTS.slice(0, 1))], ready)).toBeUndefined();
    expect(await found([door('NodePort', PORTS)], [pod('10.1.0.4', false)])).toBeUndefined();
  });

  it('is none, and asked for nowhere, where all doors are for one machine', async () => {
    expect(await found([door('NodePort', PORTS)], [pod('10.1.0.5', true)], system)).toBeUndefined();
    expect(clients.asked()).toEqual([]);
  });

  it('is what the status says', async () => {
    clients.answers('kubectl', cluster());
    const engine = new KubernetesEngine({
      root,
      home: clients.home,
      systemModule: modulePath,
      deadlineMs: 5_000,
    });
    await engine.up({ profile: 'tiny' });
    expect((await engine.status())?.publicUrl).toBeUndefined();
  });
});
