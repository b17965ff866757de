/**
 * Policies only ever allow. So everything is closed first, and then each connection of the model is opened at both
 * ends: at the caller's for going out, at the callee's for coming in.
 */
import type { ContainerService } from '../../container-system.ts';
import type { Egress, NetworkPolicy, Peer, PodSelector, Port } from '../manifest/network-policy.ts';
import { NAME_LABEL, networkLabel } from '../names.ts';
import { isLoopback } from './addresses.ts';
import { upper } from './container.ts';
import { type Flow, flowsOf } from './flows.ts';
import { metadataOf, sharedMetadata } from './labels.ts';
import type { Plan } from './plan.ts';

/** What the way out must not lead to: the cluster's own addresses, its API among them, and cloud metadata. */
const PRIVATE_RANGES = ['10.0.0.0/8', '100.64.0.0/10', '169.254.0.0/16', '172.16.0.0/12', '192.168.0.0/16'];
const HTTPS: Port = { port: 443, protocol: 'TCP' };
/** The namespace label every cluster sets by itself, and the namespace its DNS is in. */
const DNS_NAMESPACE = { 'kubernetes.io/metadata.name': 'kube-system' };

/** For all pods of the system: nothing in, nothing out, but questions to the cluster's DNS. */
export function commonPolicies({ system }: Plan): NetworkPolicy[] {
  const dns: Egress = {
    to: [{ namespaceSelector: { matchLabels: DNS_NAMESPACE } }],
    ports: [
      { port: 53, protocol: 'UDP' },
      { port: 53, protocol: 'TCP' },
    ],
  };
  return [
    policy(sharedMetadata(system, 'default-deny'), {}, { policyTypes: ['Ingress', 'Egress'] }),
    policy(sharedMetadata(system, 'allow-dns'), {}, { policyTypes: ['Egress'], egress: [dns] }),
  ];
}

/**
 * The connections of each service. With `planned` those that begin or end at something planned, in policies of their
 * own, so that what is applied without them opens no door for what is not there.
 */
export function flowPolicies(plan: Plan, planned: boolean): NetworkPolicy[] {
  const flows = flowsOf(plan).filter(
    ({ from, to }) => [from.status, to.status].includes('planned') === planned,
  );
  return plan.services.flatMap(({ service }) => {
    const into = grouped(
      flows.filter(({ to }) => to.name === service.name),
      ({ from }) => from.name,
    );
    const out = grouped(
      flows.filter(({ from }) => from.name === service.name),
      ({ to }) => to.name,
    );
    if (into.length + out.length === 0) return [];
    const name = planned && service.status === 'built' ? `${service.name}-with-planned` : service.name;
    return [
      policy(metadataOf(plan.system, service, name), podsOf(service.name), {
        policyTypes: [
          ...(into.length > 0 ? (['Ingress'] as const) : []),
          ...(out.length > 0 ? (['Egress'] as const) : []),
        ],
        ...(into.length > 0 ? { ingress: into.map(({ peer, ports }) => ({ from: [peer], ports })) } : {}),
        ...(out.length > 0 ? { egress: out.map(({ peer, ports }) => ({ to: [peer], ports })) } : {}),
      }),
    ];
  });
}

/**
 * What is published beyond the machine is open to whoever comes. The pod is chosen by its home network too, which is
 * thereby not internal. Who forwards a port comes by way of the node and needs no policy.
 */
export function doorPolicies(
  { system }: Plan,
  { service, publishedPorts }: ContainerService,
): NetworkPolicy[] {
  const ports = publishedPorts
    .filter((port) => !isLoopback(port))
    .map(({ target, protocol }): Port => ({ port: target, protocol: upper(protocol) }));
  const home = service.networks[0];
  if (ports.length === 0 || home === undefined) return [];
  const pods = { matchLabels: { [NAME_LABEL]: service.name, [networkLabel(home)]: 'true' } };
  return [
    policy(metadataOf(system, service, `${service.name}-public`), pods, {
      policyTypes: ['Ingress'],
      ingress: [{ ports: unique(ports) }],
    }),
  ];
}

const unique = (ports: readonly Port[]): Port[] =>
  ports.filter(
    ({ port, protocol }, at) =>
      at === ports.findIndex((other) => other.port === port && other.protocol === protocol),
  );

/** Networks nobody lives on and that are not internal: they are joined to get out, which is allowed for HTTPS. */
export function uplinkPolicies({ system }: Plan): NetworkPolicy[] {
  return uplinksOf(system).map((network) =>
    policy(
      sharedMetadata(system, network),
      { matchLabels: { [networkLabel(network)]: 'true' } },
      {
        policyTypes: ['Egress'],
        egress: [{ to: [{ ipBlock: { cidr: '0.0.0.0/0', except: PRIVATE_RANGES } }], ports: [HTTPS] }],
      },
    ),
  );
}

/** Names of the networks that lead out of the cluster. */
export function uplinksOf({ networks, services }: Plan['system']): string[] {
  return networks
    .filter(({ internal }) => !internal)
    .map(({ name }) => name)
    .filter(
      (name) =>
        services.some((service) => service.networks.includes(name)) &&
        services.every((service) => service.networks[0] !== name),
    );
}

interface Group {
  readonly peer: Peer;
  readonly ports: Port[];
}

/** One rule for all who come by the same network to the same ports. */
function grouped(flows: readonly Flow[], other: (flow: Flow) => string): Group[] {
  const groups = new Map<string, { network: string; ports: readonly Port[]; names: string[] }>();
  for (const flow of flows) {
    const key = JSON.stringify([flow.network, flow.ports]);
    const group = groups.get(key) ?? { network: flow.network, ports: flow.ports, names: [] };
    group.names.push(other(flow));
    groups.set(key, group);
  }
  return [...groups.values()].map(({ network, ports, names }) => ({
    peer: {
      podSelector: {
        matchLabels: { [networkLabel(network)]: 'true' },
        matchExpressions: [{ key: NAME_LABEL, operator: 'In', values: names.sort() }],
      },
    },
    ports: ports.map((port) => ({ ...port })),
  }));
}

const podsOf = (name: string): PodSelector => ({ matchLabels: { [NAME_LABEL]: name } });

function policy(
  metadata: NetworkPolicy['metadata'],
  podSelector: PodSelector,
  rules: Omit<NetworkPolicy['spec'], 'podSelector'>,
): NetworkPolicy {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata,
    spec: { podSelector, ...rules },
  };
}
