/** What Kubernetes cannot say of the model, and what stands in its place. Each of these is a difference when read back. */
import { prerequisitesOf } from '../../../model/start-order.ts';
import type { Service } from '../../../model/types.ts';
import type { ContainerService } from '../../container-system.ts';
import type { Loss } from '../../renderer.ts';
import { isLoopback, isRange } from './addresses.ts';
import { doorPolicies, uplinksOf } from './network-policies.ts';
import { isAutoscaled, type Plan, updateOrderOf, updateParallelismOf, workloadKindOf } from './plan.ts';

/** All losses of one system, those of the whole system first. */
export function lossesOf(plan: Plan): Loss[] {
  return [
    ...ofEveryone(plan),
    ...ofNetworks(plan),
    ...plan.services.flatMap((each) => ofService(plan, each)),
  ];
}

function ofEveryone(plan: Plan): Loss[] {
  const { services, system } = plan;
  const servers = services.map(({ service }) => service).filter(({ kind }) => kind !== 'job');
  const lose = (field: string, when: boolean, why: string, substitute: string): Loss[] =>
    when ? [{ service: '*', field, why, substitute }] : [];
  return [
    ...lose(
      'env.ADVERTISED_NETWORK',
      services.some(({ environment }) => 'ADVERTISED_NETWORK' in environment),
      'a pod has one address, on no network of ours',
      'ADVERTISED_ADDRESS is made of the address Kubernetes tells the pod',
    ),
    ...lose(
      'startsAfter',
      services.some(({ service }) => prerequisitesOf(system, service).length > 0),
      'Kubernetes starts everything at once',
      'services try their dependencies again until these answer, and are not ready before',
    ),
    ...lose(
      'restartDelaySeconds',
      services.length > 0,
      'the pause before a restart cannot be set',
      'Kubernetes waits 10 s, and twice as long each time it fails again, up to five minutes',
    ),
    ...lose(
      'update.delaySeconds',
      servers.some(({ update }) => update.delaySeconds !== 0),
      'a rollout has no pause between two steps',
      'minReadySeconds holds each step back until the new pods have been watched',
    ),
    ...lose(
      'update.failureAction',
      servers.some(({ update }) => update.failureAction !== 'pause'),
      'a rollout that fails stops where it is and rolls nothing back',
      'old pods keep serving; the engine runs `rollout undo` to one of five kept revisions',
    ),
    ...lose(
      'scale',
      servers.some(
        (service) =>
          !isAutoscaled(plan, service) &&
          (service.scale.min !== service.replicas || service.scale.max !== service.replicas),
      ),
      plan.autoscaled
        ? 'a range of one number has no autoscaler, and its number of replicas is another'
        : 'only the profile `autoscale` hands the number of replicas to the cluster',
      'the number of replicas is fixed; `kubectl scale` changes it',
    ),
  ];
}

function ofNetworks(plan: Plan): Loss[] {
  const { networks } = plan.system;
  const open = new Set([
    ...uplinksOf(plan.system),
    ...plan.services
      .filter((each) => doorPolicies(plan, each).length > 0)
      .map(({ service }) => service.networks[0]),
  ]);
  const joined = new Set(plan.services.flatMap(({ service }) => service.networks));
  const empty = networks.filter(({ name }) => !joined.has(name));
  const others = networks.filter(({ name }) => joined.has(name));
  return [
    ...empty.map(({ name }) => ({
      service: '*',
      field: `networks.${name}`,
      why: 'a network is a label of pods, and nobody is on this one',
      substitute: 'nothing',
    })),
    ...others.flatMap(({ name, internal }) => ofNetwork(name, internal || open.has(name))),
  ];
}

function ofNetwork(name: string, asDrawn: boolean): Loss[] {
  return [
    {
      service: '*',
      field: `networks.${name}.subnet`,
      why: 'pods have addresses of the cluster and join no network',
      substitute: `the label lucid.network/${name}, which network policies look at`,
    },
    ...(asDrawn
      ? []
      : [
          {
            service: '*',
            field: `networks.${name}.internal`,
            why: 'nothing on it is published beyond the machine, and nobody joins it to get out',
            substitute: 'it is closed, as if it were internal',
          },
        ]),
  ];
}

function ofService(plan: Plan, { service, publishedPorts }: ContainerService): Loss[] {
  const lose = (field: string, when: boolean, why: string, substitute: string): Loss[] =>
    when ? [{ service: service.name, field, why, substitute }] : [];
  const range = publishedPorts.find(isRange);
  const open = publishedPorts.some((port) => !isLoopback(port));
  return [
    ...lose(
      'publishedPorts',
      publishedPorts.some(isLoopback),
      'a pod cannot publish on the loopback address of a machine',
      'a ClusterIP Service, named `…-local`, for `kubectl port-forward`, which forwards TCP alone',
    ),
    ...lose(
      'publishedPorts',
      open && !range,
      'ports of nodes are above 30000, and which one it is the cluster says',
      'a NodePort Service, named `…-public`; a load balancer of your own can stand before it',
    ),
    ...lose(
      'publishedPorts',
      range !== undefined,
      'a Service leads one port to any replica, not a range to one replica each',
      'a NodePort for the first of the range, where a caller always meets the same replica',
    ),
    ...(service.kind === 'job' ? ofJob(service, lose) : ofServer(plan, service, lose)),
  ];
}

type Lose = (field: string, when: boolean, why: string, substitute: string) => Loss[];

function ofJob(service: Service, lose: Lose): Loss[] {
  return [
    ...lose('update', true, 'a Job is not updated', 'its name has its content: a changed one runs anew'),
    ...lose(
      'restart',
      service.restart.condition === 'always',
      'a Job ends',
      'it is tried again when it fails',
    ),
    ...lose(
      'volumes',
      service.volumes.some(({ scope }) => scope === 'instance'),
      'pods of a Job have no volumes of their own',
      'all of them see the same one',
    ),
  ];
}

function ofServer(plan: Plan, service: Service, lose: Lose): Loss[] {
  const stateful = workloadKindOf(service) === 'StatefulSet';
  return [
    ...lose(
      'replicas',
      isAutoscaled(plan, service) && service.replicas !== service.scale.min,
      'the autoscaler owns the number; one in the file would undo its decision whenever it is applied',
      `begins at ${service.scale.min}, the lower bound of its range`,
    ),
    ...lose(
      'update.order',
      updateOrderOf(plan, service) !== service.update.order,
      stateful
        ? 'a StatefulSet stops a pod before it starts the next under the same name'
        : 'a ReadWriteOnce volume cannot be attached by the new pod while the old one has it on another node',
      'stop-first',
    ),
    ...lose(
      'update.parallelism',
      updateParallelismOf(service) !== service.update.parallelism,
      'a StatefulSet replaces one pod at a time',
      'it takes longer',
    ),
    ...lose(
      'restart',
      service.restart.condition !== 'always',
      'servers are restarted whenever they end',
      'always restarted',
    ),
    ...lose(
      'restartAttempts',
      service.restart.maxAttempts !== undefined,
      'a server is never given up',
      'restarted without end',
    ),
  ];
}
