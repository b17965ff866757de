// What docker says of a Swarm of nodes on which the tiny system runs.
import type { Answer } from './fake-clients.ts';

export const SERVICES = ['lucid-tiny-store', 'lucid-tiny-left', 'lucid-tiny-right', 'lucid-tiny-door'];

export interface SwarmSaid {
  /** Replicas of services that have not one. */
  readonly counts?: Readonly<Record<string, number>>;
  /** Nodes that carry the label. */
  readonly labelled?: readonly string[];
  /** Where the tasks run; the client speaks to the first. */
  readonly nodeOf?: (service: string, slot: number) => string;
  /** Answers that go before the usual ones. */
  readonly more?: readonly Answer[];
}

const NODES = ['n1', 'n2', 'n3'];

const node = (name: string, at: number, labelled: readonly string[]) => ({
  ID: name,
  Spec: { Availability: 'active', Labels: labelled.includes(name) ? { 'lucid.data': 'true' } : {} },
  Description: { Hostname: `host-${name}` },
  Status: { State: 'ready', Addr: `10.0.0.${at + 1}` },
  ...(at === 0 ? { ManagerStatus: { Leader: true } } : {}),
});

const task = (service: string, slot: number, nodeId: string) => ({
  ID: `task-${service}-${slot}`,
  ServiceID: `id-${service}`,
  Slot: slot,
  NodeID: nodeId,
  DesiredState: 'running',
  CreatedAt: '2026-01-01T00:00:00Z',
  Status: {
    State: 'running',
    Timestamp: '2026-01-01T00:00:05Z',
    ContainerStatus: { ContainerID: `container-${service}-${slot}`, PID: 100 + slot },
  },
  NetworksAttachments: [{ Addresses: [`172.30.0.${slot}/16`] }],
});

/** What an update looks at. @param status how the last update went */
export function updated(replicas: number, status: object | null, image = 'registry.test/before:1'): string {
  const Spec = {
    Mode: { Replicated: { Replicas: replicas } },
    TaskTemplate: { ContainerSpec: { Image: image } },
  };
  return JSON.stringify([{ Spec, UpdateStatus: status }]);
}

export function swarm({
  counts = {},
  labelled = ['n1'],
  nodeOf = () => 'n1',
  more = [],
}: SwarmSaid = {}): Answer[] {
  const services = SERVICES.map((name) => ({ ID: `id-${name}`, Spec: { Name: `tiny_${name}`, Labels: {} } }));
  const tasks = SERVICES.flatMap((name) =>
    Array.from({ length: counts[name] ?? 1 }, (_, at) => task(name, at + 1, nodeOf(name, at + 1))),
  );
  return [
    ...more,
    [`'version '*`, '20.10.24'],
    [`*ControlAvailable*`, 'active true'],
    [`'info --format {{.Swarm.NodeID}}'`, 'n1'],
    [`'node ls --quiet'`, NODES.join('\n')],
    [`'node inspect --format {{.Status.Addr}}'*`, '10.0.0.1'],
    ...NODES.map(
      (name): Answer => [`'node inspect --format {{.Description.Hostname}} ${name}'`, `host-${name}`],
    ),
    [`'node inspect '*`, JSON.stringify(NODES.map((name, at) => node(name, at, labelled)))],
    [`'image inspect '*`, 'sha256:1'],
    [`'secret ls '*`, ''],
    [`'secret create '*`, 'created'],
    [`'service ls '*`, SERVICES.map((name) => `id-${name}`).join('\n')],
    [`'service inspect id-'*`, JSON.stringify(services)],
    ...SERVICES.map((name): Answer => [`'service inspect tiny_${name}'`, updated(counts[name] ?? 1, null)]),
    [`'stack ps '*`, tasks.map(({ ID }) => ID).join('\n')],
    [`'inspect --type task '*`, JSON.stringify(tasks)],
    [`'stack deploy '*`, ''],
  ];
}
