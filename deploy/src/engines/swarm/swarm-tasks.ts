/** The tasks of a stack, in the words every engine uses. A task is one life of one replica; a slot outlives it. */
import type { System } from '../../model/types.ts';
import type { DockerCommand } from '../containers/docker-command.ts';
import type { InstanceState, InstanceStatus } from '../engine.ts';

interface Task {
  readonly ID: string;
  readonly ServiceID: string;
  readonly Slot?: number;
  readonly NodeID?: string;
  readonly DesiredState: string;
  readonly CreatedAt: string;
  readonly Status: {
    readonly State: string;
    readonly Err?: string;
    readonly Timestamp: string;
    readonly ContainerStatus?: {
      readonly ContainerID?: string;
      readonly PID?: number;
      readonly ExitCode?: number;
    };
  };
  readonly NetworksAttachments?: readonly {
    readonly Addresses?: readonly string[];
  }[];
}

interface StackService {
  readonly ID: string;
  readonly Spec: { readonly Name: string; readonly Labels: Readonly<Record<string, string>> };
}

export interface SwarmInstance {
  readonly status: InstanceStatus;
  readonly taskId: string;
  readonly nodeId: string | undefined;
  readonly containerId: string | undefined;
  /** What Swarm says went wrong with this task, or with the last one of the slot that failed. */
  readonly problem: string | undefined;
}

/** Swarm's states, and what they mean here. `running` is told only once the health check has passed. */
const STATES: Readonly<Record<string, InstanceState>> = {
  new: 'planned',
  allocated: 'planned',
  pending: 'planned',
  assigned: 'planned',
  accepted: 'starting',
  preparing: 'starting',
  ready: 'starting',
  starting: 'starting',
  running: 'ready',
  complete: 'stopped',
  shutdown: 'stopping',
  failed: 'backoff',
  rejected: 'backoff',
  orphaned: 'stopping',
  remove: 'stopping',
};

/** One entry per slot: the task that counts now. */
export async function swarmInstances(
  docker: DockerCommand,
  system: System,
  stack: string,
): Promise<SwarmInstance[]> {
  const services = await stackServices(docker, stack);
  if (services.size === 0) return [];
  const ids = await docker.run(['stack', 'ps', '--quiet', '--no-trunc', stack]);
  const wanted = ids.split('\n').filter((id) => id !== '');
  if (wanted.length === 0) return [];
  const tasks = await docker.inspect<Task>(['inspect', '--type', 'task', ...wanted]);
  const slots = Map.groupBy(tasks, (task) => `${task.ServiceID}.${task.Slot ?? task.NodeID}`);
  return [...slots.values()]
    .flatMap((history) => instanceOf(history, system, services) ?? [])
    .sort(inOrder(system));
}

async function stackServices(docker: DockerCommand, stack: string): Promise<Map<string, string>> {
  const filter = ['--filter', `label=com.docker.stack.namespace=${stack}`];
  const ids = (await docker.run(['service', 'ls', '--quiet', ...filter]))
    .split('\n')
    .filter((id) => id !== '');
  if (ids.length === 0) return new Map();
  const services = await docker.inspect<StackService>(['service', 'inspect', ...ids]);
  const prefix = `${stack}_`;
  return new Map(
    services.map(({ ID, Spec }) => [ID, Spec.Labels['lucid.service'] ?? Spec.Name.slice(prefix.length)]),
  );
}

function instanceOf(
  history: readonly Task[],
  system: System,
  services: ReadonlyMap<string, string>,
): SwarmInstance | undefined {
  const newestFirst = history.toSorted((a, b) => (a.CreatedAt < b.CreatedAt ? 1 : -1));
  const wanted = newestFirst.find(
    ({ DesiredState }) => DesiredState === 'running' || DesiredState === 'ready',
  );
  const finished = newestFirst.find(({ Status }) => Status.State === 'complete');
  const task = wanted ?? finished ?? newestFirst.find(({ Status }) => Status.State === 'failed');
  const name = task && services.get(task.ServiceID);
  if (!task || !name) return undefined;
  const failures = history.filter(({ Status }) => Status.State === 'failed' || Status.State === 'rejected');
  const last = failures.toSorted((a, b) => (a.CreatedAt < b.CreatedAt ? 1 : -1))[0];
  return {
    status: statusOf(task, name, failures.length, system),
    taskId: task.ID,
    nodeId: task.NodeID,
    containerId: task.Status.ContainerStatus?.ContainerID,
    problem: task.Status.Err ?? last?.Status.Err,
  };
}

function statusOf(task: Task, name: string, restarts: number, system: System): InstanceStatus {
  const service = system.services.find((each) => each.name === name);
  const scheme = system.stores.find(({ members }) => members.includes(name))?.scheme ?? 'http';
  const ip = task.NetworksAttachments?.[0]?.Addresses?.[0]?.split('/')[0];
  const address = ip ? `${ip}:${service?.port ?? 0}` : '–';
  const told = STATES[task.Status.State] ?? 'starting';
  const state = told === 'ready' && service?.kind === 'job' ? 'starting' : told; // a job has no health, it ends
  const replica = task.Slot ?? 1;
  return {
    id: `${name}-${replica}`,
    service: name,
    replica,
    state,
    address,
    url: ip ? `${scheme}://${address}` : '–',
    pid: task.Status.ContainerStatus?.PID || undefined,
    rssBytes: undefined, // another node's memory cannot be asked for from here
    restarts,
    startedAt: state === 'ready' ? task.Status.Timestamp : undefined,
  };
}

function inOrder(system: System) {
  const place = ({ status }: SwarmInstance) =>
    system.services.findIndex((service) => service.name === status.service);
  return (a: SwarmInstance, b: SwarmInstance) => place(a) - place(b) || a.status.replica - b.status.replica;
}
