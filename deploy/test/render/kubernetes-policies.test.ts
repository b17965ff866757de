import { describe, expect, it } from 'vitest';
import type { System } from '../../src/model/types.ts';
import { composeSystem } from '../../src/profiles/compose-system.ts';
import { profiles } from '../../src/profiles/index.ts';
import { edgesOf } from '../../src/render/canonical-of.ts';
import { kubernetes } from '../../src/render/kubernetes/index.ts';
import { NAME_LABEL, PLANE_LABEL } from '../../src/render/kubernetes/names.ts';
import { readManifests } from '../../src/render/kubernetes/read/objects.ts';
import { type Endpoint, type Labels, OUTSIDE, reachOf } from '../../src/render/kubernetes/read/reach.ts';
import { system } from '../../src/system.ts';
import { fixture } from './kubernetes-fixture.ts';

const tcp = (port: number) => ({ port, protocol: 'TCP' as const });

/** What the policies in the files let through, asked by the names of the pods. */
function network(of: System, profile: string, only: (path: string) => boolean = () => true) {
  const files = [...kubernetes.render(of, { profile }).files].filter(([path]) => only(path));
  const { workloads, policies } = readManifests(new Map(files));
  const reach = reachOf(policies);
  const pods = workloads.map(({ spec }): Labels => spec.template.metadata.labels);
  const listening = workloads.flatMap(({ spec }) => spec.template.spec.containers[0].ports ?? []);
  const allowed = policies.flatMap(({ spec }) => (spec.ingress ?? []).flatMap((rule) => rule.ports));
  const everyPort = [
    ...listening.map(({ containerPort }) => containerPort),
    ...allowed.map(({ port }) => port),
    22,
  ];
  const ports = [...new Set(everyPort)];
  const find = (name: string): Labels => {
    const found = pods.find((labels) => labels[NAME_LABEL] === name);
    if (!found) throw new Error(`no pod ${name}`);
    return found;
  };
  const end = (name: string): Endpoint => (name === OUTSIDE ? OUTSIDE : find(name));
  const mayReach = (from: string, to: string, port: number) => reach(end(from), end(to), tcp(port));
  const onAnyPort = (from: Endpoint, to: Endpoint) => ports.some((port) => reach(from, to, tcp(port)));
  return { pods, policies, reach, mayReach, onAnyPort, find };
}

const ofPlane = (pods: readonly Labels[], plane: string) => pods.filter((pod) => pod[PLANE_LABEL] === plane);
const names = (pods: readonly Labels[]) => pods.map((pod) => pod[NAME_LABEL]).toSorted();

describe.each(Object.values(profiles))('the policies of $name', (profile) => {
  const composed = composeSystem(system, profile);
  const { pods, onAnyPort, mayReach, find, reach } = network(composed, profile.name);
  const wallet = ofPlane(pods, 'wallet');
  const others = pods.filter((pod) => !wallet.includes(pod));

  it('let through every edge of the model, and not one connection more', () => {
    const edges = pods.flatMap((from) =>
      pods.filter((to) => onAnyPort(from, to)).map((to) => `${from[NAME_LABEL]} -> ${to[NAME_LABEL]}`),
    );
    expect(edges.toSorted()).toEqual(edgesOf(composed));
  });

  it('let every call through to the port that is called', () => {
    for (const service of composed.services)
      for (const callee of service.calls) {
        const port = composed.services.find(({ name }) => name === callee)?.port ?? 0;
        expect(mayReach(service.name, callee, port), `${service.name} -> ${callee}`).toBe(true);
      }
  });

  it('leave one way into the wallet plane', () => {
    expect(others.length).toBeGreaterThan(10);
    expect(wallet.length).toBeGreaterThan(6);
    const reachable = wallet.filter((to) => others.some((from) => onAnyPort(from, to)));
    expect(names(reachable)).toEqual(['lucid-payment-gateway']);
    expect(wallet.filter((from) => others.some((to) => onAnyPort(from, to)))).toEqual([]);
    expect(wallet.filter((to) => onAnyPort(OUTSIDE, to))).toEqual([]);
  });

  it('leave one way out of it, for HTTPS, and none out of anything else', () => {
    const leaving = pods.filter((from) =>
      [80, 443, 3128, 8333].some((port) => reach(from, OUTSIDE, tcp(port))),
    );
    expect(names(leaving)).toEqual(['lucid-tron-egress-proxy']);
    expect(reach(find('lucid-tron-egress-proxy'), OUTSIDE, tcp(80))).toBe(false);
    const toProxy = pods.filter((from) => onAnyPort(from, find('lucid-tron-egress-proxy')));
    expect(names(toProxy)).toEqual(['lucid-tron-client']);
  });

  it('are open to strangers where the model publishes beyond the machine, and nowhere else', () => {
    const wanted = composed.services.filter(({ publishedPorts }) =>
      publishedPorts.some(({ host }) => host === '0.0.0.0'),
    );
    const open = pods.filter((to) => onAnyPort(OUTSIDE, to));
    expect(names(open)).toEqual(wanted.map(({ name }) => name).toSorted());
  });

  it('let Prometheus in where there are metrics', () => {
    const prometheus = composed.services.find(({ name }) => name === 'lucid-prometheus');
    expect(prometheus === undefined).toBe(!profile.tiers?.monitoring);
    const watched = composed.services.filter(({ name }) => prometheus?.reaches.includes(name));
    for (const { name, metrics, port } of watched)
      expect(mayReach('lucid-prometheus', name, metrics?.port ?? port), name).toBe(true);
  });
});

describe('the policies of what is built alone', () => {
  it('open nothing for what is planned', () => {
    const { policies, pods } = network(
      composeSystem(
        system,
        profiles.production ?? {
          name: '',
          description: '',
          environment: { name: 'production', env: {}, services: {} },
        },
      ),
      'production',
      (path) => !path.startsWith('planned/'),
    );
    const planned = system.services.filter(({ status }) => status === 'planned').map(({ name }) => name);
    expect(names(pods).filter((name) => planned.includes(name ?? ''))).toEqual([]);
    const text = JSON.stringify(policies);
    expect(planned.filter((name) => text.includes(`"${name}"`))).toEqual([]);
  });
});

describe('the rules of network policies', () => {
  const { policies, find, mayReach } = network(fixture, 'dev');
  const bare = { [NAME_LABEL]: 'stranger' };

  it('close a pod as soon as one policy selects it, and leave others open', () => {
    expect(reachOf([])(bare, find('sample-safe'), tcp(8087))).toBe(true);
    expect(reachOf(policies)(bare, find('sample-safe'), tcp(8087))).toBe(false);
    const ingressOnly = policies.filter(({ spec }) => !spec.policyTypes.includes('Ingress'));
    expect(reachOf(ingressOnly)(OUTSIDE, find('sample-safe'), tcp(8087))).toBe(true);
  });

  it('ask for both ends, the port and the protocol', () => {
    expect(mayReach('sample-door', 'sample-keeper', 8084)).toBe(true);
    expect(mayReach('sample-keeper', 'sample-door', 8080)).toBe(false);
    expect(mayReach('sample-door', 'sample-keeper', 8085)).toBe(false);
    const udp = { port: 8084, protocol: 'UDP' as const };
    expect(reachOf(policies)(find('sample-door'), find('sample-keeper'), udp)).toBe(false);
    const oneEnd = policies.filter(({ metadata }) => metadata.name !== 'sample-door');
    expect(reachOf(oneEnd)(find('sample-door'), find('sample-keeper'), tcp(8084))).toBe(false);
  });

  it('do not let in who bears a name but is not on the network', () => {
    const impostor = { ...find('sample-door'), 'lucid.network/sample-network': 'false' };
    expect(reachOf(policies)(impostor, find('sample-keeper'), tcp(8084))).toBe(false);
  });

  it('give members of a store every port, and its users the one of the store', () => {
    expect(mayReach('sample-store-1', 'sample-store-2', 16_379)).toBe(true);
    expect(mayReach('sample-store-init', 'sample-store-2', 16_379)).toBe(true);
    expect(mayReach('sample-keeper', 'sample-store-2', 6379)).toBe(true);
    expect(mayReach('sample-keeper', 'sample-store-2', 16_379)).toBe(false);
  });
});
