/** One service of a Compose file. */
import type { Share } from '../../model/policies.ts';
import { prerequisitesOf } from '../../model/start-order.ts';
import type { PublishedPort, Service, System } from '../../model/types.ts';
import { bodyOf } from '../compose-format/body.ts';
import { formatErrors } from '../compose-format/errors.ts';
import { healthTest } from '../compose-format/health-test.ts';
import { withInstanceId } from '../compose-format/instance-id.ts';
import { labelsOf } from '../compose-format/labels.ts';
import { isRange } from '../compose-format/published-ports.ts';
import { hasInstanceVolume, type ServiceUnit } from '../compose-format/service-units.ts';
import { inMebibytes } from '../compose-format/units.ts';
import type { ComposeService } from './schema.ts';

export interface ComposeContext {
  readonly system: System;
  readonly profile: string;
  /** Every unit of the system, those of the other file too. */
  readonly units: readonly ServiceUnit[];
}

export function composeService(unit: ServiceUnit, context: ComposeContext): ComposeService {
  const { service, ports } = unit.lowered;
  const { image, resources } = service;
  requireOwnPorts(unit);
  const waitsFor = dependencies(service, context);
  const { stop_grace_period, ...body } = bodyOf(unit, withInstanceId(unit, instanceId(unit)));
  return {
    ...body,
    ...(image.ours && { security_opt: ['no-new-privileges:true' as const] }),
    ...(ports.length > 0 && { expose: ports.map(({ port, protocol }) => `${port}/${protocol}`) }),
    ...(unit.publishedPorts.length > 0 && { ports: unit.publishedPorts.map(published) }),
    ...(Object.keys(waitsFor).length > 0 && { depends_on: waitsFor }),
    cpu_shares: cpuShares(resources.reservations.cpus),
    deploy: {
      replicas: unit.replicas,
      resources: { limits: share(resources.limits), reservations: share(resources.reservations) },
    },
    restart: restartOf(service),
    stop_grace_period,
    labels: labelsOf(service, context.profile),
  };
}

/**
 * What a reservation is on one machine: the weight with which processors are shared out when all want them.
 * 1024 is one processor, as Kubernetes counts. Compose itself does nothing with `reservations.cpus`.
 */
export function cpuShares(cpus: number): number {
  return Math.max(2, Math.round(cpus * 1024));
}

/** Stable for who has a volume of its own; the others take the name of their container. */
function instanceId({ name, replica, lowered: { service } }: ServiceUnit): string | undefined {
  if (!hasInstanceVolume(service) && replica === undefined) return undefined;
  return replica === undefined ? `${name}-1` : name;
}

function published(port: PublishedPort): NonNullable<ComposeService['ports']>[number] {
  const { host, port: first, lastPort, target, protocol } = port;
  if (!isRange(port)) return { target, published: String(first), host_ip: host, protocol };
  return `${host}:${first}-${lastPort}:${target}-${target + lastPort - first}/${protocol}`;
}

function dependencies(
  service: Service,
  { system, units }: ComposeContext,
): NonNullable<ComposeService['depends_on']> {
  const known = prerequisitesOf(system, service).flatMap((name) =>
    units.filter(({ lowered }) => lowered.service.name === name),
  );
  const awaited = known.filter(
    ({ lowered }) => service.status === 'planned' || lowered.service.status === 'built',
  );
  return Object.fromEntries(awaited.map((unit) => [unit.name, { condition: conditionOf(unit) }]));
}

function conditionOf({ lowered }: ServiceUnit) {
  if (lowered.service.kind === 'job') return 'service_completed_successfully' as const;
  return healthTest(lowered) ? ('service_healthy' as const) : ('service_started' as const);
}

function restartOf({ restart }: Service): string {
  const { condition, maxAttempts } = restart;
  return condition === 'on-failure' && maxAttempts !== undefined ? `on-failure:${maxAttempts}` : condition;
}

const share = ({ cpus, memoryMiB }: Share) => ({ cpus: String(cpus), memory: inMebibytes(memoryMiB) });

/** A port of the one host belongs to one container. */
function requireOwnPorts({ lowered: { service, publishedPorts } }: ServiceUnit): void {
  const single = publishedPorts.find((port) => !isRange(port));
  if (service.replicas > 1 && single)
    throw formatErrors.cannotRender(
      service.name,
      `${service.replicas} replicas cannot share port ${single.port} of one host: put an edge before them`,
    );
}
