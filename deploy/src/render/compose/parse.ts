/** Reads Compose files back into what they mean. */
import type { PublishedPort } from '../../model/types.ts';
import type { CanonicalGraph, CanonicalService } from '../canonical.ts';
import { collapsed, type ReadUnit } from '../compose-format/collapsed.ts';
import { documentReader } from '../compose-format/document.ts';
import { requireEnvironmentFile } from '../compose-format/environment-file.ts';
import { formatErrors } from '../compose-format/errors.ts';
import { withoutInstanceId } from '../compose-format/instance-id.ts';
import { merged, readFiles, requireStatus } from '../compose-format/merged-files.ts';
import { reachableEdges } from '../compose-format/reachable.ts';
import { type BodyContext, readBody } from '../compose-format/read-body.ts';
import { readNetworks } from '../compose-format/read-networks.ts';
import { readShare } from '../compose-format/read-share.ts';
import { cpusOf } from '../compose-format/units.ts';
import { FILES } from './files.ts';
import { ComposeDocument, type ComposeService } from './schema.ts';
import { cpuShares } from './service.ts';

/** What Compose does whatever is wished: everything at once, the old before the new. */
const RECREATE = {
  parallelism: 0,
  delaySeconds: 0,
  monitorSeconds: 0,
  failureAction: 'none',
  order: 'stop-first',
} as const;

const readDocument = documentReader(ComposeDocument);

type Context = Omit<BodyContext, 'where'> & { readonly services: Readonly<Record<string, ComposeService>> };

export function parseCompose(files: ReadonlyMap<string, string>): CanonicalGraph {
  const names = { ...FILES, others: [FILES.environment] };
  const { built, planned, texts } = readFiles(files, names, readDocument);
  requireEnvironmentFile(FILES.environment, files.get(FILES.environment), texts);
  const context: Context = {
    services: merged(built.services, planned?.services),
    volumes: merged(built.volumes, planned?.volumes),
    secrets: new Set(Object.keys(merged(built.secrets, planned?.secrets))),
    configs: new Set(Object.keys(merged(built.configs, planned?.configs))),
    scopeOf: (scope) => scope,
  };
  const units = Object.keys(context.services).map((name) =>
    readService(name, planned !== undefined && Object.hasOwn(planned.services, name), context),
  );
  const services = collapsed(units);
  return {
    services,
    networks: readNetworks(merged(built.networks, planned?.networks)),
    edges: reachableEdges(services),
  };
}

function readService(unit: string, inPlannedFile: boolean, context: Context): ReadUnit {
  const service = context.services[unit];
  if (!service) throw formatErrors.notUnderstood(unit, 'is not there');
  const { labels, deploy, cpu_shares, restart, expose = [], ports = [], depends_on = {} } = service;
  const name = labels['lucid.service'];
  const body = readBody(service, { ...context, where: unit });
  const { limits, reservations } = deploy.resources;
  if (cpu_shares !== cpuShares(cpusOf(reservations.cpus)))
    throw formatErrors.notUnderstood(unit, 'cpu_shares and reservations.cpus say different things');
  return {
    unit,
    published: ports.map(readPort),
    service: {
      ...body,
      name,
      ports: [...expose].sort(),
      kind: labels['lucid.kind'] === 'job' ? 'job' : 'server',
      status: requireStatus(unit, labels['lucid.status'], inPlannedFile),
      env: withoutInstanceId(body.env, (id) => id === (unit === name ? `${name}-1` : unit)),
      replicas: deploy.replicas,
      limits: readShare(limits),
      reservations: readShare(reservations),
      update: RECREATE,
      ...readRestart(unit, restart),
      placement: 'spread',
      startsAfter: readDependencies(Object.keys(depends_on), context),
    },
  };
}

function readPort(port: NonNullable<ComposeService['ports']>[number]): PublishedPort {
  const text =
    typeof port === 'string'
      ? port
      : `${port.host_ip}:${port.published}-${port.published}:${port.target}-${port.target}/${port.protocol}`;
  const [, host, first, last, target, lastTarget, protocol] =
    /^([\d.]+):(\d+)-(\d+):(\d+)-(\d+)\/(tcp|udp)$/.exec(text) ?? [];
  if (host === undefined || (protocol !== 'tcp' && protocol !== 'udp'))
    throw formatErrors.notUnderstood(text, 'is no published port');
  const read = {
    host,
    port: Number(first),
    lastPort: Number(last),
    target: Number(target),
    protocol,
  } as const;
  if (Number(lastTarget) - read.target !== read.lastPort - read.port)
    throw formatErrors.notUnderstood(text, 'has ranges of different length');
  return read;
}

function readRestart(unit: string, text: string): Pick<CanonicalService, 'restart' | 'restartAttempts'> {
  const [, restart, attempts] = /^(always|on-failure)(?::(\d+))?$/.exec(text) ?? [];
  if (restart !== 'always' && restart !== 'on-failure')
    throw formatErrors.notUnderstood(unit, `restart: ${text}`);
  return { restart, restartAttempts: attempts === undefined ? undefined : Number(attempts) };
}

/** Names of the model; replicas that are written apart are waited for all. */
function readDependencies(units: readonly string[], { services }: Context): string[] {
  const names = units.map((unit) => {
    const name = services[unit]?.labels['lucid.service'];
    if (name === undefined) throw formatErrors.notUnderstood(unit, 'is waited for, but not there');
    return name;
  });
  return [...new Set(names)].sort();
}
