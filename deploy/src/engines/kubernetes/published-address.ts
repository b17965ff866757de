/** Where the cluster really lets strangers in: the ports of nodes have numbers of the cluster's choice. */
import type { System } from '../../model/types.ts';
import { containerSystem } from '../../render/container-system.ts';
import { CLUSTER_LABEL, NAME_LABEL, PART_OF_LABEL } from '../../render/kubernetes/names.ts';
import { isLoopback } from '../../render/kubernetes/write/addresses.ts';
import { DOOR_PORT } from '../containers/container-choice.ts';
import type { Kubectl } from './kubectl.ts';

const HTTPS = 443;

interface Door {
  readonly spec: {
    readonly type?: string;
    readonly selector?: Readonly<Record<string, string>>;
    readonly ports?: readonly { readonly port: number; readonly nodePort?: number }[];
  };
}

interface Pod {
  readonly metadata: { readonly labels?: Readonly<Record<string, string>> };
  readonly status: {
    readonly hostIP?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}

/**
 * The edge's plain port, or the gateway's where there is no edge, on a node that has such a pod: others do not answer.
 * The address is the one the cluster knows the node by, which need not be reachable from everywhere.
 * @returns undefined when the profile opens nothing, or there is no such port or no ready pod yet
 */
export async function publishedAddress(kubectl: Kubectl, system: System): Promise<string | undefined> {
  if (!opensSomething(system)) return undefined;
  const labels = `${PART_OF_LABEL}=${system.name},${CLUSTER_LABEL}=gateway`;
  const of = ['--namespace', system.name, '--selector', labels, '--output=json'];
  const doors = await itemsOf<Door>(kubectl, ['get', 'services', ...of]);
  const ports = doors
    .filter(({ spec }) => spec.type === 'NodePort')
    .flatMap(({ spec }) => (spec.ports ?? []).map((port) => ({ ...port, of: spec.selector?.[NAME_LABEL] })))
    .filter(({ nodePort, port }) => nodePort !== undefined && port !== HTTPS);
  const door = ports.find(({ port }) => port === DOOR_PORT) ?? ports[0];
  if (!door) return undefined;
  const pods = await itemsOf<Pod>(kubectl, ['get', 'pods', ...of]);
  const behind = pods.filter(({ metadata }) => metadata.labels?.[NAME_LABEL] === door.of);
  const host = behind.find(isReady)?.status.hostIP;
  return host && `http://${host.includes(':') ? `[${host}]` : host}:${door.nodePort}`;
}

const opensSomething = (system: System) =>
  containerSystem(system).services.some(
    ({ service, publishedPorts }) =>
      service.cluster === 'gateway' &&
      service.status === 'built' &&
      publishedPorts.some((port) => !isLoopback(port)),
  );

const isReady = ({ status }: Pod) =>
  status.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True');

async function itemsOf<Item>(kubectl: Kubectl, args: readonly string[]): Promise<readonly Item[]> {
  return (JSON.parse(await kubectl.run(args)) as { readonly items: readonly Item[] }).items;
}
