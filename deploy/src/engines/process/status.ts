import type { System } from '../../model/types.ts';
import type { InstanceStatus, SystemStatus } from '../engine.ts';
import { type AddressPlan, dnsEndpoint } from './address-plan.ts';
import type { Home } from './home.ts';
import type { Instance } from './instance.ts';
import { residentBytes } from './process-identity.ts';
import type { Supervisor } from './supervisor.ts';

export interface StatusSources {
  readonly system: System;
  readonly supervisor: Supervisor;
  readonly home: Home;
  readonly plan: AddressPlan;
  readonly publish: string | undefined;
  readonly profile: string;
  readonly startedAt: string;
}

/** The picture of this moment, as `status` prints it. */
export function statusOf(sources: StatusSources): SystemStatus {
  const dns = dnsEndpoint(sources.plan);
  const schemes = new Map(
    sources.system.stores.flatMap(({ scheme, members }) => members.map((name) => [name, scheme] as const)),
  );
  const place = (instance: Instance) =>
    sources.system.services.findIndex((service) => service.name === instance.spec.service);
  return {
    engine: 'process',
    system: sources.system.name,
    profile: sources.profile,
    phase: sources.supervisor.phase,
    startedAt: sources.startedAt,
    publicUrl: sources.publish ? `http://${sources.publish}` : undefined,
    home: sources.home.dir,
    dns: `${dns.host}:${dns.port}`,
    supervisorPid: process.pid,
    instances: sources.supervisor.instances
      .toSorted((a, b) => place(a) - place(b) || a.spec.replica - b.spec.replica)
      .map((instance) => instanceStatus(instance, schemes.get(instance.spec.service) ?? 'http')),
  };
}

function instanceStatus(instance: Instance, scheme: string): InstanceStatus {
  const { spec, identity } = instance;
  const address = `${spec.host}:${spec.port}`;
  return {
    id: spec.id,
    service: spec.service,
    replica: spec.replica,
    state: instance.state,
    address,
    url: `${scheme}://${address}`,
    pid: identity?.pid,
    rssBytes: identity ? residentBytes(identity.pid) : undefined,
    restarts: instance.restarts,
    startedAt: instance.startedAt,
  };
}
