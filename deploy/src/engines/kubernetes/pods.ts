/** The pods of a system, in the words every engine uses. */
import type { Service, System } from '../../model/types.ts';
import { NAME_LABEL } from '../../render/kubernetes/names.ts';
import type { InstanceState, InstanceStatus } from '../engine.ts';
import type { Kubectl } from './kubectl.ts';

interface Pod {
  readonly metadata: {
    readonly name: string;
    readonly creationTimestamp: string;
    readonly deletionTimestamp?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly spec: { readonly nodeName?: string };
  readonly status: {
    readonly phase: string;
    readonly podIP?: string;
    readonly startTime?: string;
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly message?: string;
    }[];
    readonly containerStatuses?: readonly {
      readonly restartCount: number;
      readonly state: { readonly waiting?: { readonly reason: string; readonly message?: string } };
      readonly lastState: { readonly terminated?: { readonly exitCode: number; readonly reason: string } };
    }[];
  };
}

export interface PodInstance {
  readonly pod: string;
  readonly status: InstanceStatus;
  /** What Kubernetes says is in the way; undefined when nothing is. */
  readonly problem: string | undefined;
}

/** Replicas of a StatefulSet keep their number; those of a Deployment are numbered by age. */
export async function podInstances(
  kubectl: Kubectl,
  system: System,
  namespace: string,
): Promise<PodInstance[]> {
  const selector = ['--namespace', namespace, '--selector', 'app.kubernetes.io/part-of=lucid'];
  const { items } = JSON.parse(await kubectl.run(['get', 'pods', ...selector, '--output=json'])) as {
    readonly items: readonly Pod[];
  };
  const byService = Map.groupBy(
    items.filter(({ metadata }) => metadata.deletionTimestamp === undefined),
    ({ metadata }) => metadata.labels?.[NAME_LABEL] ?? '',
  );
  return system.services.flatMap((service) =>
    numbered(service.name, counted(service, byService.get(service.name) ?? []), system),
  );
}

/**
 * A server's pod that failed as a whole, as an evicted one, never comes back: it stays for people to read, and another
 * has its place. A job's may be its last one: it counts where there is no other.
 */
function counted({ kind }: Service, pods: readonly Pod[]): readonly Pod[] {
  const alive = pods.filter(({ status }) => status.phase !== 'Failed');
  return kind === 'job' && alive.length === 0 ? pods : alive;
}

function numbered(service: string, pods: readonly Pod[], system: System): PodInstance[] {
  const byAge = pods.toSorted((a, b) => (ageKey(a) < ageKey(b) ? -1 : 1));
  return byAge
    .map((pod, at) => {
      const [, ordinal] = new RegExp(`^${service}-(\\d+)$`).exec(pod.metadata.name) ?? [];
      return instanceOf(pod, service, ordinal === undefined ? at + 1 : Number(ordinal) + 1, system);
    })
    .sort((a, b) => a.status.replica - b.status.replica);
}

const ageKey = ({ metadata }: Pod) => `${metadata.creationTimestamp} ${metadata.name}`;

function instanceOf(pod: Pod, service: string, replica: number, system: System): PodInstance {
  const { status } = pod;
  const [container] = status.containerStatuses ?? [];
  const scheme = system.stores.find(({ members }) => members.includes(service))?.scheme ?? 'http';
  const port = system.services.find(({ name }) => name === service)?.port ?? 0;
  const address = status.podIP ? `${status.podIP}:${port}` : '–';
  const unscheduled = status.conditions?.find(
    ({ type, status: met }) => type === 'PodScheduled' && met === 'False',
  );
  return {
    pod: pod.metadata.name,
    problem: container?.state.waiting?.message ?? container?.state.waiting?.reason ?? unscheduled?.message,
    status: {
      id: `${service}-${replica}`,
      service,
      replica,
      state: stateOf(pod),
      address,
      url: status.podIP ? `${scheme}://${address}` : '–',
      pid: undefined,
      rssBytes: undefined, // a cluster need not have metrics; unknown is not 0
      restarts: container?.restartCount ?? 0,
      startedAt: status.startTime,
    },
  };
}

/** Phases and conditions of a pod, and what they mean here. */
function stateOf({ status }: Pod): InstanceState {
  if (status.phase === 'Succeeded') return 'stopped';
  if (status.phase === 'Failed') return 'failed';
  const waiting = status.containerStatuses?.[0]?.state.waiting?.reason ?? '';
  if (/BackOff|Err/.test(waiting)) return 'backoff';
  if (status.phase === 'Pending') return 'planned';
  const ready = status.conditions?.some(({ type, status: met }) => type === 'Ready' && met === 'True');
  return ready ? 'ready' : 'starting';
}
