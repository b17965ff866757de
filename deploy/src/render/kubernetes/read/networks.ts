import type { CanonicalNetwork } from '../../canonical.ts';
import type { NetworkPolicy } from '../manifest/network-policy.ts';
import type { PodTemplate } from '../manifest/pod.ts';
import { NAME_LABEL, NETWORK_PREFIX, networkLabel } from '../names.ts';
import { type Labels, reachOf } from './reach.ts';

/** The names after a prefix among the labels, sorted. */
export function labelled(labels: Labels, prefix: string): string[] {
  return Object.keys(labels)
    .filter((key) => key.startsWith(prefix))
    .map((key) => key.slice(prefix.length))
    .sort();
}

/** Networks are the labels pods bear. One is internal when no policy for its members opens them to the outside. */
export function networksIn(
  pods: readonly PodTemplate[],
  policies: readonly NetworkPolicy[],
): CanonicalNetwork[] {
  const names = new Set(pods.flatMap(({ metadata }) => labelled(metadata.labels, NETWORK_PREFIX)));
  return [...names].sort().map((name) => {
    const own = policies.filter(({ spec }) => spec.podSelector.matchLabels?.[networkLabel(name)] === 'true');
    return { name, subnet: '', internal: !own.some(isOpen) };
  });
}

function isOpen({ spec }: NetworkPolicy): boolean {
  const comers = (spec.ingress ?? []).map(({ from }) => from);
  const targets = (spec.egress ?? []).map(({ to }) => to);
  return [...comers, ...targets].some((peers) => peers === undefined || peers.some(({ ipBlock }) => ipBlock));
}

/** Every `caller -> callee` the policies let through, on any port the callee listens on. */
export function edgesIn(pods: readonly PodTemplate[], policies: readonly NetworkPolicy[]): string[] {
  const mayReach = reachOf(policies);
  const listening = policies.flatMap(({ spec }) => (spec.ingress ?? []).flatMap(({ ports }) => ports));
  const everyPort = [...new Map(listening.map((port) => [`${port.port}/${port.protocol}`, port])).values()];
  const edges = pods.flatMap((from) =>
    pods
      .filter((to) => everyPort.some((port) => mayReach(from.metadata.labels, to.metadata.labels, port)))
      .map((to) => `${from.metadata.labels[NAME_LABEL]} -> ${to.metadata.labels[NAME_LABEL]}`),
  );
  return edges.sort();
}
