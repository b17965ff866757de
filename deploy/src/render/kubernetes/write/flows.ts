import { findStore } from '../../../model/edges.ts';
import type { Service, System } from '../../../model/types.ts';
import type { ContainerService } from '../../container-system.ts';
import type { Port } from '../manifest/network-policy.ts';
import { upper } from './container.ts';
import type { Plan } from './plan.ts';

/** One service may open connections to these ports of another, over a network both are on. */
export interface Flow {
  readonly from: Service;
  readonly to: Service;
  readonly network: string;
  readonly ports: readonly Port[];
}

/**
 * Every connection the system needs: calls go to the callee's own port, uses to the store's; what is reached without
 * an address, and members of a store among each other, may use every port there is.
 */
export function flowsOf({ system, services }: Plan): Flow[] {
  const find = (name: string) => services.find(({ service }) => service.name === name);
  const flows = new Map<string, Flow>();
  const draw = (from: Service, target: string, narrow?: number) => {
    const to = find(target);
    const network = from.networks.find((name) => to?.service.networks.includes(name));
    if (!to || network === undefined) return; // the rules have refused such a model already
    const ports = narrow === undefined ? everyPort(to) : [{ port: narrow, protocol: 'TCP' as const }];
    const key = `${from.name} -> ${target}`;
    const known = flows.get(key)?.ports ?? [];
    flows.set(key, { from, to: to.service, network, ports: union(known, ports) });
  };
  for (const { service } of services) {
    for (const name of service.calls)
      draw(service, name, service.image.ours ? portOf(system, name) : undefined);
    for (const name of service.reaches) draw(service, name);
    for (const use of service.uses) {
      const store = findStore(system, use.store);
      for (const member of store?.members ?? []) draw(service, member, store?.port);
    }
  }
  for (const { members, initialisedBy } of system.stores)
    for (const from of [...members, ...initialisedBy].flatMap((name) => find(name)?.service ?? []))
      for (const member of members) if (member !== from.name) draw(from, member);
  return [...flows.values()];
}

const portOf = (system: System, name: string) =>
  system.services.find((service) => service.name === name)?.port;

function everyPort({ service, ports }: ContainerService): Port[] {
  const listed = ports.map(({ port, protocol }): Port => ({ port, protocol: upper(protocol) }));
  return service.metrics ? union(listed, [{ port: service.metrics.port, protocol: 'TCP' }]) : listed;
}

function union(some: readonly Port[], more: readonly Port[]): Port[] {
  const key = ({ port, protocol }: Port) => `${String(port).padStart(5, '0')}/${protocol}`;
  const all = new Map([...some, ...more].map((port) => [key(port), port]));
  return [...all].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, port]) => port);
}
