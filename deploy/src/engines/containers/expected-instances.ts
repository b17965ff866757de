import { startOrder } from '../../model/start-order.ts';
import type { Service, System } from '../../model/types.ts';
import type { InstanceStatus, PlannedInstance } from '../engine.ts';

/** The parts that are run, in the tiers they are started in. */
export function builtTiers(system: System): readonly (readonly Service[])[] {
  const services = system.services.filter(({ status }) => status === 'built');
  const order = startOrder({ ...system, services: services.map(withoutPlanned(services)) });
  if (!order.ok) return [services]; // the rules have refused such a model already
  return order.tiers.map((tier) => services.filter(({ name }) => tier.includes(name)));
}

/** What is planned is waited for by nobody. */
function withoutPlanned(services: readonly Service[]) {
  const names = new Set(services.map(({ name }) => name));
  return (service: Service): Service => ({
    ...service,
    startsAfter: service.startsAfter.filter((name) => names.has(name)),
  });
}

/** `lucid-api-gateway-1`, `-2`, …: what must be there. */
export function instanceIds(services: readonly Service[]): string[] {
  return services.flatMap(({ name, replicas }) =>
    Array.from({ length: replicas }, (_, at) => `${name}-${at + 1}`),
  );
}

/** For progress: every instance and the tier it starts in. */
export function plannedInstances(system: System): PlannedInstance[] {
  return builtTiers(system).flatMap((services, at) =>
    services.flatMap((service) =>
      instanceIds([service]).map((id) => ({ id, tier: at + 1, job: service.kind === 'job' })),
    ),
  );
}

/** Servers must become ready, jobs must end well. */
export function expectedOf(services: readonly Service[]): { servers: string[]; jobs: string[] } {
  return {
    servers: instanceIds(services.filter(({ kind }) => kind !== 'job')),
    jobs: instanceIds(services.filter(({ kind }) => kind === 'job')),
  };
}

/** A job that has ended well is over, and no part of what runs. */
export function withoutFinishedJobs(system: System, instances: readonly InstanceStatus[]): InstanceStatus[] {
  const jobs = new Set(system.services.filter(({ kind }) => kind === 'job').map(({ name }) => name));
  return instances.filter(({ service, state }) => !(jobs.has(service) && state === 'stopped'));
}
