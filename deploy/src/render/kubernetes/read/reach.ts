import type { NetworkPolicy, Peer, PodSelector, Port } from '../manifest/network-policy.ts';

export type Labels = Readonly<Record<string, string>>;
/** Whoever is not a pod of this cluster. */
export const OUTSIDE = 'outside';
export type Endpoint = Labels | typeof OUTSIDE;

/** May the first open a connection to this port of the second? */
export type Reach = (from: Endpoint, to: Endpoint, port: Port) => boolean;

/**
 * What a network plugin makes of a set of policies, all of one namespace. A pod that no policy selects for a direction
 * is open in it; one that some select may do what any of them allows. A connection needs both ends. Address ranges are
 * taken to mean others than pods, which the exceptions written here see to.
 */
export function reachOf(policies: readonly NetworkPolicy[]): Reach {
  const selecting = new WeakMap<Labels, readonly NetworkPolicy[]>();
  const policiesOf = (pod: Labels): readonly NetworkPolicy[] => {
    const known = selecting.get(pod) ?? policies.filter(({ spec }) => selects(spec.podSelector, pod));
    selecting.set(pod, known);
    return known;
  };
  const mayLeave = (from: Endpoint, to: Endpoint, port: Port): boolean => {
    if (from === OUTSIDE) return true;
    const those = policiesOf(from).filter(({ spec }) => spec.policyTypes.includes('Egress'));
    const allows = (policy: NetworkPolicy) =>
      (policy.spec.egress ?? []).some(
        ({ to: peers, ports }) => hasPort(ports, port) && isAmong(policy, peers, to),
      );
    return those.length === 0 || those.some(allows);
  };
  const mayEnter = (from: Endpoint, to: Endpoint, port: Port): boolean => {
    if (to === OUTSIDE) return true;
    const those = policiesOf(to).filter(({ spec }) => spec.policyTypes.includes('Ingress'));
    const allows = (policy: NetworkPolicy) =>
      (policy.spec.ingress ?? []).some(
        ({ from: peers, ports }) => hasPort(ports, port) && isAmong(policy, peers, from),
      );
    return those.length === 0 || those.some(allows);
  };
  return (from, to, port) => mayLeave(from, to, port) && mayEnter(from, to, port);
}

const hasPort = (ports: readonly Port[], wanted: Port) =>
  ports.some(({ port, protocol }) => port === wanted.port && protocol === wanted.protocol);

/** No list is everybody. */
function isAmong(policy: NetworkPolicy, peers: readonly Peer[] | undefined, endpoint: Endpoint): boolean {
  return peers === undefined || peers.some((peer) => isPeer(policy, peer, endpoint));
}

function isPeer(policy: NetworkPolicy, peer: Peer, endpoint: Endpoint): boolean {
  if (endpoint === OUTSIDE) return peer.ipBlock !== undefined;
  if (peer.ipBlock) return false;
  const { namespaceSelector, podSelector } = peer;
  const here = { 'kubernetes.io/metadata.name': policy.metadata.namespace ?? '' };
  if (namespaceSelector && !selects(namespaceSelector, here)) return false;
  return podSelector === undefined || selects(podSelector, endpoint);
}

function selects({ matchLabels = {}, matchExpressions = [] }: PodSelector, labels: Labels): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, values }) => values.includes(labels[key] ?? ''))
  );
}
