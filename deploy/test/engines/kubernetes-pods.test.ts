import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Kubectl } from '../../src/engines/kubernetes/kubectl.ts';
import { podInstances } from '../../src/engines/kubernetes/pods.ts';
import type { System } from '../../src/model/types.ts';
import { pod } from './support/cluster.ts';
import { FakeClients } from './support/fake-clients.ts';
import { system } from './support/systems.ts';

let clients: FakeClients;
beforeEach(() => {
  clients = new FakeClients();
});
afterEach(() => clients.remove());

const withPhase = (phase: string, each: ReturnType<typeof pod>) => ({ ...each, status: { phase } });

async function told(items: readonly object[], of: System = system) {
  clients.answers('kubectl', [[`'get pods '*`, JSON.stringify({ items })]]);
  const found = await podInstances(new Kubectl(), of, of.name);
  return found.map(({ pod: name, status }) => [status.id, name, status.state]);
}

describe('pods that failed as a whole', () => {
  it('are no replicas of a server: the pods in their place have the numbers', async () => {
    const evicted = withPhase('Failed', pod('lucid-tiny-left', 0));
    expect(await told([evicted, pod('lucid-tiny-left', 1), pod('lucid-tiny-left', 2)])).toEqual([
      ['lucid-tiny-left-1', 'lucid-tiny-left-abc-1', 'ready'],
      ['lucid-tiny-left-2', 'lucid-tiny-left-abc-2', 'ready'],
    ]);
    expect(await told([evicted])).toEqual([]);
  });

  it('are those of a job as long as it has no other', async () => {
    const services = system.services.map((each) =>
      each.name === 'lucid-tiny-left' ? { ...each, kind: 'job' as const } : each,
    );
    const withJob = { ...system, services };
    const [first, second] = [pod('lucid-tiny-left', 0), pod('lucid-tiny-left', 1)];
    expect(await told([withPhase('Failed', first)], withJob)).toEqual([
      ['lucid-tiny-left-1', 'lucid-tiny-left-abc-0', 'failed'],
    ]);
    expect(await told([withPhase('Failed', first), withPhase('Succeeded', second)], withJob)).toEqual([
      ['lucid-tiny-left-1', 'lucid-tiny-left-abc-1', 'stopped'],
    ]);
  });
});
