import { findService, findStore } from '../model/edges.ts';
import { scratchFolders } from '../model/images.ts';
import type { Probe } from '../model/probe.ts';
import { prerequisitesOf } from '../model/start-order.ts';
import type { PublishedPort, ScaleRange, Service, System } from '../model/types.ts';
import type { CanonicalGraph, CanonicalProbe, CanonicalService } from './canonical.ts';
import { type ContainerService, containerSystem, SECRETS_DIR } from './container-system.ts';

/** What the composed model means: the yardstick every target's files are compared with. */
export function canonicalOf(system: System): CanonicalGraph {
  const lowered = containerSystem(system);
  return {
    services: lowered.services.map((each) => canonicalService(system, each)).sort(byName),
    networks: system.networks.map(({ name, subnet, internal }) => ({ name, subnet, internal })).sort(byName),
    edges: edgesOf(system),
  };
}

const byName = (a: { readonly name: string }, b: { readonly name: string }) => (a.name < b.name ? -1 : 1);

function canonicalService(system: System, lowered: ContainerService): CanonicalService {
  const { service, environment, secrets, ports, publishedPorts } = lowered;
  return {
    name: service.name,
    kind: service.kind === 'job' ? 'job' : 'server',
    status: service.status,
    image: service.image.reference,
    command: service.command,
    replicas: service.replicas,
    ports: ports.map(({ port, protocol }) => `${port}/${protocol}`).sort(),
    publishedPorts: publishedPorts.map(canonicalPublished).sort(),
    networks: [...service.networks].sort(),
    aliases: [...service.aliases].sort(),
    env: sortedRecord(environment),
    secrets: secrets.map((name) => `${name} -> ${SECRETS_DIR}/${name}`).sort(),
    configs: service.configs.map(({ name, mountPath }) => `${name} -> ${mountPath}`).sort(),
    volumes: service.volumes.map(({ name, mountPath, scope }) => `${name} -> ${mountPath} (${scope})`).sort(),
    volumeSizes: service.volumes.map(({ name, sizeGiB }) => `${name}: ${sizeGiB}Gi`).sort(),
    hostMounts: service.hostMounts.map(({ hostPath, mountPath }) => `${hostPath} -> ${mountPath}`).sort(),
    probe: service.probe && canonicalProbe(service.probe),
    limits: { ...service.resources.limits },
    reservations: { ...service.resources.reservations },
    update: { ...service.update },
    restart: service.restart.condition,
    restartDelaySeconds: service.restart.delaySeconds,
    restartAttempts: service.restart.maxAttempts,
    stopGraceSeconds: service.stopGraceSeconds,
    placement: service.placement,
    user: service.image.user,
    readOnlyRoot: service.image.readOnlyRoot,
    writable: scratchFolders(service.image),
    startsAfter: prerequisitesOf(system, service).filter(sameStatus(system, service)).sort(),
    scale: canonicalScale(service.scale),
  };
}

/** What is never scaled aims at nothing. */
function canonicalScale({ min, max, cpuPercent, memoryPercent }: ScaleRange): CanonicalService['scale'] {
  return max > min ? { min, max, cpuPercent, memoryPercent } : { min, max };
}

/** What is built does not wait for what is not. */
function sameStatus(system: System, service: Service) {
  return (name: string) => service.status === 'planned' || findService(system, name)?.status === 'built';
}

/** `0.0.0.0:443->443/tcp`, a range as `0.0.0.0:13389-14389->13389/tcp`. */
export function canonicalPublished({ host, port, lastPort, target, protocol }: PublishedPort): string {
  const range = lastPort === port ? `${port}` : `${port}-${lastPort}`;
  return `${host}:${range}->${target}/${protocol}`;
}

/** `GET :8080/health/ready`, `TCP :6379`, `EXEC redis-cli ping`. */
export function canonicalProbe(probe: Probe): CanonicalProbe {
  const { check, intervalSeconds, timeoutSeconds, retries, startPeriodSeconds } = probe;
  const said =
    check.kind === 'http'
      ? `GET :${check.port}${check.path}`
      : check.kind === 'tcp'
        ? `TCP :${check.port}`
        : `EXEC ${check.command.join(' ')}`;
  return { check: said, intervalSeconds, timeoutSeconds, retries, startPeriodSeconds };
}

/**
 * Every `caller -> callee` the system needs: calls, what is reached without an address, the members of a used store,
 * the members of a store among each other, and the job that makes them one.
 */
export function edgesOf(system: System): string[] {
  const edges = system.services.flatMap((service) => {
    const members = service.uses.flatMap((use) => findStore(system, use.store)?.members ?? []);
    return [...service.calls, ...service.reaches, ...members].map((target) => `${service.name} -> ${target}`);
  });
  const within = system.stores.flatMap(({ members, initialisedBy }) =>
    [...members, ...initialisedBy].flatMap((from) =>
      members.filter((to) => to !== from).map((to) => `${from} -> ${to}`),
    ),
  );
  return [...new Set([...edges, ...within])].sort();
}

function sortedRecord(record: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}
